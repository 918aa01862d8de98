"""Areas of any file: placed in the store's datum, repaired, checked against each other."""
