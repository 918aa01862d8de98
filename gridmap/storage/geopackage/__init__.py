"""The embedded store: a SQLAlchemy dialect for GeoPackage files."""
