"""People and their duties, and who is short of whom."""

from gridmap.intake.duties.importing import DutiesReport, import_duties

__all__ = ["DutiesReport", "import_duties"]
