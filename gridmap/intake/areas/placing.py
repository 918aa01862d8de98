"""Placing: coordinates of a file become degrees of the store's datum, longitude first."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.aoi import AreaOfInterest
from pyproj.transformer import TransformerGroup

from gridmap.datum import parse_datum, to_store, transform_geometry
from gridmap.errors import DatumError, InputError

Shapes = NDArray[np.object_]

# Names under which WGS 84 and CGCS2000 go in EPSG, ESRI and Chinese files. The store takes the
# two as one: they agree to decimetres.
_STORE_DATUMS = (
    "wgs84",
    "wgs1984",
    "worldgeodeticsystem1984",
    "cgcs2000",
    "china2000",
    "chinageodeticcoordinatesystem2000",
)

# A way between datums that is worse than this would put points into the wrong grid.
_ACCURACY_LIMIT_M = 5.0

NO_NUMBER = "a coordinate is no number, or does not fit the CRS of the file"


def place(shapes: Shapes, crs: CRS | None, datum: str | None, path: Path) -> Shapes:
    """
    Bring geometries from the file's CRS or datum to the store's degrees.

    Parameters
    ----------
    shapes
        Geometries as they stand in the file, easting or longitude first; None stays None.
    crs
        What the file tells; None where it tells nothing.
    datum
        What the user tells, see `gridmap.datum.DATUMS`.
    path
        The file, for messages.

    Raises
    ------
    DatumError
        If neither tells, if they contradict each other, or if there is no exact enough way.
    """
    if crs is None and datum is None:
        message = (
            f"{path} does not tell its datum: name it with --datum, such as cgcs2000 or gcj02."
        )
        raise DatumError(message)
    if crs is not None and datum is not None and not _is_degrees_of_the_store(crs):
        message = f"{path} says that it is in {crs.name}: leave --datum {datum} away."
        raise DatumError(message)
    if crs is None or datum is not None or _is_degrees_of_the_store(crs):
        return np.asarray(transform_geometry(shapes, parse_datum(datum or "cgcs2000")))
    transformer = _way_to_degrees(crs, shapes, path)

    def convert(vertices: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transformer.transform(vertices[:, 0], vertices[:, 1]))

    return np.asarray(shapely.transform(shapes, convert), dtype=object)


def place_points(
    lon: NDArray[np.float64], lat: NDArray[np.float64], datum: str | None, path: Path
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Bring the coordinates of a table, shape (n,), to the store's degrees; NaN stays NaN.

    Raises
    ------
    DatumError
        If no datum is named: a table never tells it.
    """
    if datum is None:
        message = f"{path} has coordinates: name their datum with --datum, such as wgs84 or gcj02."
        raise DatumError(message)
    return to_store(lon, lat, datum)


def describe_misplaced(bounds: NDArray[np.float64]) -> str | None:
    """
    Say what is wrong with the place of a shape.

    Parameters
    ----------
    bounds
        West, south, east, north in degrees; NaN where there is no coordinate.

    Returns
    -------
    problem
        None when nothing is wrong; else a clause such as `latitude and longitude are swapped`.
    """
    west, south, east, north = bounds
    if not np.isfinite(bounds).all():
        return NO_NUMBER
    if max(abs(west), abs(east)) <= 180 and max(abs(south), abs(north)) <= 90:
        return "the coordinate is 0,0" if not bounds.any() else None
    if max(abs(west), abs(east)) <= 90 and max(abs(south), abs(north)) <= 180:
        return f"longitude and latitude are swapped ({west:g},{south:g})"
    return f"{west:g},{south:g} are no degrees"


def _is_degrees_of_the_store(crs: CRS) -> bool:
    return bool(crs.is_geographic) and _has_store_datum(crs)


def _has_store_datum(crs: CRS) -> bool:
    geodetic = crs.geodetic_crs
    if geodetic is None:
        return False
    names = {geodetic.name, geodetic.datum.name if geodetic.datum else ""}
    plain = {re.sub(r"^(gcs|d)_|[\W_]", "", name.lower()) for name in names}
    return any(name.startswith(_STORE_DATUMS) for name in plain)


def _way_to_degrees(crs: CRS, shapes: Shapes, path: Path) -> Transformer:
    if crs.geodetic_crs is None:
        message = (
            f"{path} is in {crs.name}, which has no place on Earth: bring it to EPSG:4490 first."
        )
        raise DatumError(message)
    if _has_store_datum(crs):
        return Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)
    area = _area(crs, shapes, path)
    with warnings.catch_warnings():
        # It says that a grid of corrections is not installed; the accuracy below tells what is.
        warnings.simplefilter("ignore", UserWarning)
        group = TransformerGroup(crs, "EPSG:4326", True, area)
    best = group.transformers[0] if group.transformers else None
    if best is None or not 0 <= best.accuracy <= _ACCURACY_LIMIT_M:
        message = (
            f"{path} is in {crs.name}, from which no exact way to CGCS2000 is public: convert it "
            "with your survey office's parameters first."
        )
        raise DatumError(message)
    return best


def _area(crs: CRS, shapes: Shapes, path: Path) -> Any:
    """Where the shapes lie, roughly: which conversion is good depends on the region."""
    west, south, east, north = shapely.total_bounds(shapes)
    rough = Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)
    corners: Any = rough.transform_bounds(west, south, east, north, errcheck=False)
    if not np.isfinite(corners).all():
        message = f"{path} has coordinates that do not fit {crs.name}, which it says they are in."
        raise InputError(message)
    return AreaOfInterest(*corners)
