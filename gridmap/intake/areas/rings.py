"""Rings: every shape that comes in leaves as a valid multipolygon, or is refused with a reason."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gridmap.datum import Metric
from gridmap.intake.areas.placing import NO_NUMBER, describe_misplaced
from gridmap.intake.findings import Finding

Shapes = NDArray[np.object_]

_POLYGON, _MULTIPOLYGON, _COLLECTION = 3, 6, 7
_PLACE = re.compile(r"(.+)\[(\S+) (\S+)\]$")


def repair(
    shapes: Shapes, codes: Sequence[str], closed: NDArray[np.int64]
) -> tuple[Shapes, list[Finding]]:
    """
    Make valid multipolygons of what a file holds.

    Self-crossing rings are repaired by `shapely.make_valid` (each ring made valid, then outer
    rings united and holes taken away), of which the polygons are kept: lines and points that a
    spike leaves are dropped. Holes stay holes.

    Parameters
    ----------
    shapes
        Geometries in degrees, shape (n,); None where a row has none.
    codes
        What the rows are called in messages, n.
    closed
        Indices of rows whose rings were open in the file.

    Returns
    -------
    shapes
        Valid MULTIPOLYGONs, shape (n,); None where a row is refused.
    findings
        An error for every row that is refused, a warning for every one that was repaired.
    """
    findings = _refusals(shapes, codes)
    sound = np.ones(len(shapes), dtype=bool)
    sound[[index for index, _ in findings]] = False
    mended = shapes.copy()
    mended[~sound] = None
    remarks = [finding for _, finding in findings]
    crossing = np.flatnonzero(sound & ~shapely.is_valid(mended))
    mended[crossing] = _valid(mended[crossing])
    mixed = np.flatnonzero(shapely.get_type_id(mended) == _COLLECTION)
    mended = _multi(_polygons(mended))
    touched = np.unique(np.concatenate([crossing, mixed, closed[sound[closed]]]))
    if len(touched):
        remarks += _repairs(shapes, mended, codes, touched)
    return mended, remarks


def _refusals(shapes: Shapes, codes: Sequence[str]) -> list[tuple[int, Finding]]:
    """Find the rows of which nothing can be made, with their index."""
    kinds = shapely.get_type_id(shapes)
    bounds = shapely.bounds(shapes)
    inside = (np.abs(bounds) <= np.array([180.0, 90.0, 180.0, 90.0])).all(axis=1)
    areal = np.isin(kinds, (_POLYGON, _MULTIPOLYGON)) & inside & bounds.any(axis=1)
    whole = np.zeros(len(shapes), dtype=bool)
    whole[areal] = ~np.isnan(_summed_coordinates(shapes[areal]))
    found = []
    for index in np.flatnonzero(~whole).tolist():
        problem = _problem(shapes[index], int(kinds[index]), bounds[index])
        if problem is not None:
            message = f"Unit {codes[index]} is refused: {problem}."
            found.append((index, Finding("shape", message, "error", (codes[index],))))
    return found


def _summed_coordinates(shapes: Shapes) -> NDArray[np.float64]:
    """Sum up what each shape is made of, so that one NaN shows; shape (n,)."""
    vertices, owner = shapely.get_coordinates(shapes, return_index=True)
    sums = np.bincount(owner, weights=vertices.sum(axis=1), minlength=len(shapes))
    return np.asarray(sums, np.float64)


def _problem(shape: BaseGeometry | None, kind: int, bounds: NDArray[np.float64]) -> str | None:
    if shape is None or shape.is_empty:
        return "it has no shape"
    if kind not in (_POLYGON, _MULTIPOLYGON, _COLLECTION):
        return f"a unit is an area, and this is a {shape.geom_type}"
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        return NO_NUMBER
    if kind == _COLLECTION and _polygons(np.array([shape]))[0].is_empty:
        return "a unit is an area, and none is in this collection"
    return describe_misplaced(bounds)


def _repairs(
    before: Shapes, after: Shapes, codes: Sequence[str], touched: NDArray[np.int64]
) -> list[Finding]:
    """Tell what was repaired; what has no area after it is refused and taken out of `after`."""
    west, south, east, north = shapely.total_bounds(before[touched])
    metric = Metric.around([west, east], [south, north])
    found = []
    for index in touched:
        code = codes[index]
        if after[index].is_empty:
            after[index] = None
            message = f"Unit {code} is refused: its rings enclose no area."
            found.append(Finding("shape", message, "error", (code,)))
            continue
        old, new = (metric.project_geometry(shape).area for shape in (before[index], after[index]))
        what, place = _reason(before[index])
        message = (
            f"Unit {code} is repaired: {what}; it had {old:,.0f} m2 and has {new:,.0f} m2 now."
        )
        found.append(Finding("repaired ring", message, "warning", (code,), *place, new - old))
    return found


def _reason(shape: BaseGeometry) -> tuple[str, tuple[float | None, float | None]]:
    """Say what GEOS finds wrong with a shape, and where."""
    said = _PLACE.match(shapely.is_valid_reason(shape))
    if said is not None:
        return said[1].lower(), (float(said[2]), float(said[3]))
    if shape.geom_type == "GeometryCollection":
        return "points or lines beside its areas are left out", (None, None)
    return "a ring was not closed", (None, None)


def _valid(shapes: Shapes) -> Shapes:
    """Repair rings; parts that GEOS leaves side by side (3.14 does so) are united."""
    mended = _polygons(shapely.make_valid(shapes, method="structure", keep_collapsed=False))
    for index in np.flatnonzero(~shapely.is_valid(mended)).tolist():
        mended[index] = shapely.union_all(shapely.get_parts(mended[index]))
    return mended


def _polygons(shapes: Shapes) -> Shapes:
    """Keep the polygons of geometry collections; anything else stays as it is."""
    answer = shapes.copy()
    for index in np.flatnonzero(shapely.get_type_id(shapes) == _COLLECTION):
        parts = shapely.get_parts(shapely.get_parts(shapes[index]))
        areas = parts[shapely.get_type_id(parts) == _POLYGON]
        answer[index] = shapely.union_all(areas)
    return answer


def _multi(shapes: Shapes) -> Shapes:
    answer = shapes.copy()
    single = np.flatnonzero(shapely.get_type_id(shapes) == _POLYGON)
    if len(single):
        parts, groups = shapes[single], np.arange(len(single))
        answer[single] = shapely.multipolygons(parts, indices=groups)
    return answer
