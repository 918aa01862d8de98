"""Geometries as short lists of whole numbers, for pages that must load fast on old computers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

#: Micro-degrees: the first pair absolute, each following one relative to the one before it.
Path: TypeAlias = list[int]
#: Polygons, each a list of rings, the shell first.
Area: TypeAlias = list[list[Path]]

MICRO_DEGREES = 1e6


def coded_lines(lines: Sequence[BaseGeometry]) -> list[Path]:
    """Code linestrings or rings; a micro-degree is 0.11 m, finer than a screen shows.

    Returns
    -------
    list[Path]
        For a line of n points 2 n whole numbers: longitude and latitude of the first point, then
        differences.
    """
    points, line = shapely.get_coordinates(np.asarray(lines, dtype=object), return_index=True)
    whole = np.rint(points * MICRO_DEGREES).astype(np.int64)
    first = np.flatnonzero(np.diff(line, prepend=-1))
    steps = np.diff(whole, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    steps[first] = whole[first]
    flat = steps.ravel().tolist()
    ends = np.searchsorted(line, np.arange(len(lines) + 1)) * 2
    return [flat[start:end] for start, end in pairwise(ends.tolist())]


def coded_areas(areas: Sequence[BaseGeometry]) -> list[Area]:
    """Code polygons or multipolygons.

    The last coordinate of a ring, which repeats the first, is left out.
    """
    parts, area = shapely.get_parts(np.asarray(areas, dtype=object), return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    coded: list[Area] = [[] for _ in areas]
    polygons: list[list[Path]] = [[] for _ in range(len(parts))]
    for path, number in zip(coded_lines(rings), part.tolist(), strict=True):
        polygons[number].append(path[:-2])
    for polygon, number in zip(polygons, area.tolist(), strict=True):
        if polygon and polygon[0]:
            coded[number].append(polygon)
    return coded


def label_points(areas: Sequence[BaseGeometry]) -> list[list[float]]:
    """Return a point inside each area for its label, as latitude and longitude in degrees."""
    points = shapely.point_on_surface(np.asarray(areas, dtype=object))
    places = np.round(shapely.get_coordinates(points)[:, ::-1], 6)
    listed: list[list[float]] = places.tolist()
    return listed
