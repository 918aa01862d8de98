"""Units: their tree, their ground, and their versions in time."""

from gridmap.intake.units.importing import UnitsReport, import_units

__all__ = ["UnitsReport", "import_units"]
