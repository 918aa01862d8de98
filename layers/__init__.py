"""Map layers: what each draws from the store, its style and legend, and local copies of assets."""
