"""OpenStreetMap: estates, buildings, services, streets and what lies between, from its files."""

from gridmap.intake.osm.importing import OsmReport, import_osm

__all__ = ["OsmReport", "import_osm"]
