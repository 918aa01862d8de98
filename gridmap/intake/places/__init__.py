"""Places of an office's lists: estates, buildings, entrances, addresses, and their other names."""

from gridmap.intake.places.aliases import AliasesReport, import_aliases
from gridmap.intake.places.importing import PlacesReport, import_places

__all__ = ["AliasesReport", "PlacesReport", "import_aliases", "import_places"]
