"""Coverage: gaps, overlaps and slivers between the units of one level, each with place and size.

Grid data are to have "no gap, no overlap" between neighbours (Beijing DB11, division of unit
grids), and the fast way of routing needs it too: what is found here goes the exact way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gridmap.datum import Metric
from gridmap.intake.findings import Finding

Shapes = NDArray[np.object_]

#: A channel between two units that is open to the outside counts as a gap up to this width.
GAP_WIDTH_M = 5.0

#: What is narrower in the mean is called a sliver: traced twice by hand, not meant.
SLIVER_WIDTH_M = 1.0

#: What is narrower in the mean or smaller is the rounding of coordinates, and is counted only.
ROUNDING_WIDTH_M = 0.05
ROUNDING_M2 = 0.1

# A straight line of degrees is a curve in metres, and vertices on it would seem to lie beside it.
# Cut to this length it is off by 1 mm at most (length^2 / 8 R).
_STRAIGHT_DEG = 0.002

# Where neighbours were computed apart, their corners differ in the last digit.
_GRID_M = 0.001


def check_coverage(shapes: Shapes, codes: Sequence[str], *, tiled: bool = True) -> list[Finding]:
    """
    Find what lies in no unit or in two.

    Parameters
    ----------
    shapes
        Valid multipolygons in degrees of the store's datum, shape (n,), none missing.
    codes
        Codes of the units, n.
    tiled
        Whether the units are to fill the ground; of buildings only overlaps are told.

    Returns
    -------
    findings
        Warnings with place, area and units: `overlap` (two units), `gap` (a hole between units or
        within one, or a channel of at most `GAP_WIDTH_M` between units), `same shape`; a `note`
        counts what is narrower than `ROUNDING_WIDTH_M` or smaller than `ROUNDING_M2`.
    """
    if not len(shapes):
        return []
    west, south, east, north = shapely.total_bounds(shapes)
    metric = Metric.around([west, east], [south, north])
    plain = shapely.set_precision(metric.project_geometry(shapes), _GRID_M, mode="pointwise")
    suspects = np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(plain, GAP_WIDTH_M)))
    areas = plain
    if len(suspects):
        areas = metric.project_geometry(shapely.segmentize(shapes, _STRAIGHT_DEG))
    findings, twins = _same_shapes(areas, codes, suspects)
    overlaps, pairs, narrow = _overlaps(areas, suspects, twins)
    for shape, pair in zip(overlaps, pairs, strict=True):
        findings.append(_overlap(shape, [codes[i] for i in pair], metric))
    if not tiled:
        return findings + _rounding(narrow)
    union = _union(areas) if len(suspects) else shapely.coverage_union_all(plain)
    gaps, narrow_gaps = _wide(_holes(union))
    findings += _gap_findings(gaps, areas, codes, metric, at_least=1)
    channels, narrow_channels = _wide(_channels(union) if len(suspects) else gaps[:0])
    findings += _gap_findings(channels, areas, codes, metric, at_least=2)
    return findings + _rounding(narrow + narrow_gaps + narrow_channels)


def _same_shapes(
    areas: Shapes, codes: Sequence[str], suspects: NDArray[np.int64]
) -> tuple[list[Finding], set[tuple[int, int]]]:
    seen: dict[bytes, int] = {}
    findings, pairs = [], set()
    for index, key in zip(
        suspects, shapely.to_wkb(shapely.normalize(areas[suspects])), strict=True
    ):
        first = seen.setdefault(key, int(index))
        if first != index:
            pairs.add((first, int(index)))
            message = f"Units {codes[first]} and {codes[index]} have the same shape."
            findings.append(Finding("same shape", message, units=(codes[first], codes[index])))
    return findings, pairs


def _overlaps(
    areas: Shapes, suspects: NDArray[np.int64], passed_over: set[tuple[int, int]]
) -> tuple[list[BaseGeometry], list[tuple[int, int]], int]:
    """Intersect the suspects with what they touch: what they share, who they are, narrow ones."""
    of, other = shapely.STRtree(areas).query(areas[suspects], predicate="intersects")
    pairs_met = np.sort(np.column_stack([suspects[of], other]), axis=1)
    first, second = np.unique(pairs_met[pairs_met[:, 0] < pairs_met[:, 1]], axis=0).T
    shared = shapely.intersection(areas[first], areas[second])
    wide = _is_wide(shared)
    shapes, pairs = [], []
    for shape, a, b in zip(shared[wide], first[wide].tolist(), second[wide].tolist(), strict=True):
        if (a, b) not in passed_over:
            parts = shapely.get_parts(shape)
            shapes.append(shapely.multipolygons(parts[shapely.get_dimensions(parts) == 2]))
            pairs.append((a, b))
    return shapes, pairs, int((~wide & (shapely.area(shared) >= ROUNDING_M2)).sum())


def _union(areas: Shapes) -> BaseGeometry:
    """Unite on a raster, or a crack of rounding would open a gap to the outside."""
    return shapely.union_all(areas, grid_size=_GRID_M)


def _holes(union: BaseGeometry) -> Shapes:
    """Fill the holes of the union; an island in a hole is no part of it."""
    parts = shapely.get_parts(union)
    rings = shapely.get_num_interior_rings(parts) + 1
    inner = np.ones(rings.sum(), dtype=bool)
    inner[np.cumsum(rings) - rings] = False
    holes = shapely.polygons(shapely.get_rings(parts)[inner])
    hole, island = shapely.STRtree(parts).query(holes, predicate="contains")
    for index in np.unique(hole):
        islands = shapely.union_all(parts[island[hole == index]])
        holes[index] = shapely.difference(holes[index], islands)
    return np.asarray(holes)


def _channels(union: BaseGeometry) -> Shapes:
    """
    Find what closing the union (widening it, then narrowing it again) fills up.

    With mitred corners that is only narrow channels, never the corners of the outline.
    """
    mitred: dict[str, Any] = {"join_style": "mitre", "mitre_limit": 10.0}
    outlines = shapely.polygons(shapely.get_exterior_ring(shapely.get_parts(union)))
    filled = shapely.union_all(outlines)
    wider = shapely.buffer(filled, GAP_WIDTH_M / 2, **mitred)
    closed = shapely.buffer(wider, -GAP_WIDTH_M / 2, **mitred)
    return np.asarray(shapely.get_parts(shapely.difference(closed, filled)))


def _wide(shapes: Shapes) -> tuple[Shapes, int]:
    """Part what is more than rounding from what is not, of which only the number is of use."""
    wide = _is_wide(shapes)
    return shapes[wide], int((~wide & (shapely.area(shapes) >= ROUNDING_M2)).sum())


def _is_wide(shapes: Shapes) -> NDArray[np.bool_]:
    wide = (_width(shapes) >= ROUNDING_WIDTH_M) & (shapely.area(shapes) >= ROUNDING_M2)
    return np.asarray(wide)


def _width(shapes: Shapes) -> NDArray[np.float64]:
    """Mean width in metres: twice the area by the perimeter, as of a long strip; shape (n,)."""
    perimeter = shapely.length(shapes)
    width = np.zeros(len(shapes))
    np.divide(2 * shapely.area(shapes), perimeter, out=width, where=perimeter > 0)
    return width


def _gap_findings(
    gaps: Shapes, areas: Shapes, codes: Sequence[str], metric: Metric, *, at_least: int
) -> list[Finding]:
    """Name the units around each gap, those with the longest edge along it first."""
    rims = shapely.buffer(shapely.boundary(gaps), ROUNDING_WIDTH_M, quad_segs=1)
    gap, near = shapely.STRtree(areas).query(rims, predicate="intersects")
    edge = shapely.length(shapely.intersection(shapely.boundary(areas[near]), rims[gap])).round(2)
    order = np.lexsort((near, -edge, gap))
    around: list[list[str]] = [[] for _ in gaps]
    for of, unit in zip(gap[order].tolist(), near[order].tolist(), strict=True):
        around[of].append(codes[unit])
    return [
        _finding("gap", _describe_gap(names), shape, names, metric)
        for shape, names in zip(gaps, around, strict=True)
        if len(names) >= at_least
    ]


def _describe_gap(codes: list[str]) -> str:
    if len(codes) == 1:
        return f"Unit {codes[0]} has a hole that no unit fills, a gap"
    more = f" and {len(codes) - 2} more" if len(codes) > 2 else ""
    return f"A gap lies between units {codes[0]} and {codes[1]}{more}"


def _overlap(shape: BaseGeometry, codes: list[str], metric: Metric) -> Finding:
    return _finding("overlap", f"Units {codes[0]} and {codes[1]} overlap", shape, codes, metric)


def _finding(
    kind: str, text: str, shape: BaseGeometry, codes: list[str], metric: Metric
) -> Finding:
    place = shape.representative_point()
    lon, lat = metric.unproject([place.x], [place.y])
    width = float(_width(np.array([shape]))[0])
    sliver = width < SLIVER_WIDTH_M
    message = f"{text}: {shape.area:,.1f} m2, {width:.2f} m wide in the mean"
    return Finding(
        f"sliver ({kind})" if sliver else kind,
        f"{message} (a sliver)." if sliver else f"{message}.",
        "warning",
        tuple(codes),
        float(lon[0]),
        float(lat[0]),
        float(shape.area),
    )


def _rounding(narrow: int) -> list[Finding]:
    if not narrow:
        return []
    message = (
        f"{narrow:,} gaps and overlaps by rounding (below {ROUNDING_WIDTH_M:g} m) are passed over."
    )
    return [Finding("rounding", message, "note")]
