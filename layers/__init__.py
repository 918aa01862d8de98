"""Map layers: what each draws from the store, its style, its legend, and local copies of every asset."""
