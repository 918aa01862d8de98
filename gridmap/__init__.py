"""gridmap: a map that knows whose ground every place is."""

__version__ = "0.1.0"
