"""Places in a table: columns of longitude and latitude, or one of well-known text."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from gridmap.intake.areas.placing import Shapes, describe_misplaced, place, place_points
from gridmap.intake.findings import Finding

# How columns with coordinates are called; a datum may follow, as in lon_gcj02.
_LON = ("lon", "lng", "long", "longitude", "经度", "x")
_LAT = ("lat", "latitude", "纬度", "y")
_WKT = ("wkt", "geometry", "geom", "the_geom", "wkt_geom", "几何")

Columns = Mapping[str, list[str]]
Floats = NDArray[np.float64]
#: What is wrong with rows, each with its index.
Faults = list[tuple[int, Finding]]


def coordinate_columns(columns: Columns) -> tuple[str, ...]:
    """Name the columns that hold the places: one of well-known text, else two, else none."""
    written = next((name for name in columns if name.casefold() in _WKT), None)
    if written is not None:
        return (written,)
    lon, lat = _one_of(columns, _LON), _one_of(columns, _LAT)
    return () if lon is None or lat is None else (lon, lat)


def read_areas(
    cells: list[str], labels: list[str], datum: str | None, path: Path
) -> tuple[Shapes, Faults]:
    """
    Read a column of well-known text.

    Parameters
    ----------
    cells, labels
        Of n rows; a label such as `line 3` tells a row in what is found wrong with it.
    datum, path
        See `gridmap.intake.areas.placing.place`.

    Returns
    -------
    shapes
        In degrees of the store's datum, shape (n,); None where there is none or it is wrong.
    faults
        What cannot be read.
    """
    texts = np.array([cell or None for cell in cells], dtype=object)
    shapes = np.asarray(shapely.force_2d(shapely.from_wkt(texts, on_invalid="fix")), dtype=object)
    faults = []
    for index, (text, shape) in enumerate(zip(texts, shapes, strict=True)):
        if text is not None and shape is None:
            message = f"The area on {labels[index]} is no well-known text, such as POLYGON ((…))."
            faults.append((index, Finding("shape", message, "error")))
    return place(shapes, None, datum, path), faults


def read_points(
    columns: Columns, names: tuple[str, ...], labels: list[str], datum: str | None, path: Path
) -> tuple[Floats, Floats, Faults]:
    """
    Read the columns of longitude and latitude.

    Parameters
    ----------
    names
        The two columns.
    labels, datum, path
        As in `read_areas`.

    Returns
    -------
    lon, lat
        In degrees of the store's datum, shape (n,); NaN where there is none.
    faults
        Coordinates that are no numbers or cannot be meant.
    """
    faults: Faults = []
    lon, lat = (_numbers(columns[name], labels, name, faults) for name in names)
    for index in np.flatnonzero(~(np.isnan(lon) & np.isnan(lat))).tolist():
        problem = describe_misplaced(np.array([lon[index], lat[index], lon[index], lat[index]]))
        if problem is not None:
            message = f"The point on {labels[index]} is refused: {problem}."
            faults.append((index, Finding("point", message, "error")))
    return *place_points(lon, lat, datum, path), faults


def _one_of(columns: Columns, names: tuple[str, ...]) -> str | None:
    found = [c for c in columns if c.casefold() in names or c.casefold().split("_")[0] in names]
    return found[0] if len(found) == 1 else None


def _numbers(cells: list[str], labels: list[str], name: str, faults: Faults) -> Floats:
    numbers = np.full(len(cells), np.nan)
    for index, cell in enumerate(cells):
        try:
            numbers[index] = float(cell) if cell else np.nan
        except ValueError:
            message = f"{cell!r} in column {name} on {labels[index]} is no number."
            faults.append((index, Finding("point", message, "error")))
    return numbers
