"""Geometries as short lists of whole numbers, for pages that must load fast on old computers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

#: Micro-degrees: the first pair absolute, each following one relative to the one before it.
Path: TypeAlias = list[int]

MICRO_DEGREES = 1e6


def coded_path(coordinates: np.ndarray) -> Path:
    """Code a line of coordinates; a micro-degree is 0.11 m, finer than a screen shows.

    Parameters
    ----------
    coordinates
        Longitude and latitude in degrees, shape (n, 2).

    Returns
    -------
    Path
        2 n whole numbers: longitude and latitude of the first point, then differences.
    """
    whole = np.rint(coordinates[:, :2] * MICRO_DEGREES).astype(np.int64)
    steps = np.diff(whole, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    flat: Path = steps.ravel().tolist()
    return flat


def coded_area(area: BaseGeometry) -> list[list[Path]]:
    """Code a polygon or multipolygon: a list of polygons, each a list of rings, shell first.

    The last coordinate of a ring, which repeats the first, is left out.
    """
    return [
        [coded_path(shapely.get_coordinates(ring)[:-1]) for ring in shapely.get_rings(part)]
        for part in shapely.get_parts(area)
        if not part.is_empty
    ]


def coded_line(line: BaseGeometry) -> Path:
    """Code a linestring."""
    return coded_path(shapely.get_coordinates(line))


def label_points(areas: Sequence[BaseGeometry]) -> list[list[float]]:
    """Return a point inside each area for its label, as latitude and longitude in degrees."""
    points = shapely.point_on_surface(np.asarray(areas, dtype=object))
    return [[round(float(p.y), 6), round(float(p.x), 6)] for p in points]
