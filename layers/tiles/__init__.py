"""Vector tiles of the layers: read from the store, simplified, encoded, and kept exactly."""
