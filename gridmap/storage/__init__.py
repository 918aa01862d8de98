"""Two stores, one set of models: an embedded GeoPackage and PostGIS."""

from gridmap.storage.store import Store, create_store, open_store

__all__ = ["Store", "create_store", "open_store"]
