"""What a site may set, read from the environment; every name begins with GRIDMAP_."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from gridmap.basemaps import DEFAULT_KEYS, OWN, BaseMap, read_base_maps
from gridmap.errors import SettingError

DEFAULT_DATABASE_URL = "geopackage:///gridmap.gpkg"
CGCS2000_SRID = 4490
DEFAULT_TIME_ZONE = "Asia/Shanghai"
DEFAULT_LOCATING_THRESHOLD = 0.8


def data_folder() -> Path:
    """Folder with the catalogues, rules, profiles and the demonstration district.

    In an installed package it lies inside it, in a checkout beside it; a SettingError when it is
    in neither place.
    """
    package = Path(__file__).parent
    for path in (package / "data", package.parent / "data"):
        if path.is_dir():
            return path
    message = f"There is no folder data in {package} or beside it: install gridmap again."
    raise SettingError(message)


@dataclass(frozen=True)
class Settings:
    """The settings of one deployment.

    Attributes
    ----------
    database_url
        Where the store is: `geopackage:///FILE.gpkg`, a path that ends in .gpkg, or the URL of a
        PostgreSQL database.
    rules_file
        The routing rules, a TOML file; a site edits a copy of `data/rules/default.toml`.
    srid
        Geographic CRS of the store's geometries, fixed when the store is created.
    time_zone
        Zone in which a date of a file begins and in which people read times; the store and the
        open interface hold UTC.
    locating_threshold
        A place that was found by text less surely than this, 0 to 1, waits for a person.
    map_source, map_approval_no
        Attribution and map approval number (审图号), shown at the lower left of every map.
    base_maps
        The base maps offered, the first shown at once.
    """

    database_url: str
    rules_file: Path
    srid: int
    time_zone: ZoneInfo
    locating_threshold: float = DEFAULT_LOCATING_THRESHOLD
    map_source: str = ""
    map_approval_no: str = ""
    base_maps: tuple[BaseMap, ...] = (OWN,)

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the settings; a CRS or a time zone that is none raises a SettingError."""
        environ = os.environ if environ is None else environ
        default_rules = data_folder() / "rules" / "default.toml"
        return cls(
            database_url=environ.get("GRIDMAP_DATABASE_URL", DEFAULT_DATABASE_URL),
            rules_file=Path(environ.get("GRIDMAP_RULES", default_rules)),
            srid=_srid(environ.get("GRIDMAP_SRID", str(CGCS2000_SRID))),
            time_zone=_time_zone(environ.get("GRIDMAP_TIME_ZONE", DEFAULT_TIME_ZONE)),
            locating_threshold=_share(environ.get("GRIDMAP_LOCATING_THRESHOLD")),
            map_source=environ.get("GRIDMAP_MAP_SOURCE", ""),
            map_approval_no=environ.get("GRIDMAP_MAP_APPROVAL_NO", ""),
            base_maps=_base_maps(environ),
        )


def _base_maps(environ: Mapping[str, str]) -> tuple[BaseMap, ...]:
    listed = environ.get("GRIDMAP_BASE_MAPS_FILE", data_folder() / "basemaps" / "default.toml")
    named = environ.get("GRIDMAP_BASE_MAPS", ",".join(DEFAULT_KEYS))
    keys = [key.strip() for key in named.split(",") if key.strip()]
    return read_base_maps(Path(listed), keys, environ)


def _srid(text: str) -> int:
    if not _is_geographic(text):
        message = (
            f"GRIDMAP_SRID is {text!r}: give the EPSG number of a geographic CRS, such as 4490."
        )
        raise SettingError(message)
    return int(text)


def _is_geographic(text: str) -> bool:
    if text == str(CGCS2000_SRID):
        return True
    if not text.isascii() or not text.isdecimal():
        return False
    from pyproj import CRS  # looked up only where a site has chosen another CRS
    from pyproj.exceptions import CRSError

    try:
        return bool(CRS.from_epsg(text).is_geographic)
    except CRSError:
        return False


def _share(text: str | None) -> float:
    try:
        share = DEFAULT_LOCATING_THRESHOLD if text is None else float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        message = f"GRIDMAP_LOCATING_THRESHOLD is {text!r}: give a number from 0 to 1, such as 0.8."
        raise SettingError(message)
    return share


def _time_zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (LookupError, OSError, ValueError) as error:  # no such zone, a folder of them, no name
        message = (
            f"GRIDMAP_TIME_ZONE is {name!r}: give the name of a time zone, such as Asia/Shanghai."
        )
        raise SettingError(message) from error
