"""Random geometries for property tests: on a coarse lattice, so that they touch, or anywhere."""

from __future__ import annotations

import shapely
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

#: Halves of 0 to 4: few enough that equal points, shared edges and nested areas are common.
LATTICE = st.integers(0, 8).map(lambda n: n / 2)
ANYWHERE = st.floats(-90, 90, allow_subnormal=False).map(lambda x: round(x, 9))

EMPTIES = st.sampled_from(
    [
        shapely.from_wkt(f"{kind} EMPTY")
        for kind in (
            "POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTIPOLYGON", "GEOMETRYCOLLECTION",
        )
    ]
)  # fmt: skip

#: A bow-tie, one that folds to no area, a spike, a hole outside, two areas that overlap.
INVALID = st.sampled_from(
    [
        shapely.from_wkt(text)
        for text in (
            "POLYGON((0 0, 2 2, 2 0, 0 2, 0 0))",
            "POLYGON((0 0, 1 1, 2 2, 1 1, 0 0))",
            "POLYGON((0 0, 2 0, 2 2, 2 4, 2 2, 0 2, 0 0))",
            "POLYGON((0 0, 1 0, 1 1, 0 1, 0 0), (3 3, 4 3, 4 4, 3 4, 3 3))",
            "MULTIPOLYGON(((0 0, 2 0, 2 2, 0 2, 0 0)), ((1 1, 3 1, 3 3, 1 3, 1 1)))",
        )
    ]
)


def points(axis: SearchStrategy[float]) -> SearchStrategy[shapely.Point]:
    """Points."""
    return st.builds(shapely.Point, axis, axis)


def lines(axis: SearchStrategy[float]) -> SearchStrategy[shapely.LineString]:
    """Lines of two to five different points that do not cross themselves.

    Where lines cross, versions of GEOS before 3.13 round the crossing and misjudge what is covered.
    """
    pairs = st.lists(st.tuples(axis, axis), min_size=2, max_size=5, unique=True)
    return pairs.map(shapely.LineString).filter(lambda line: line.is_simple)


def boxes(axis: SearchStrategy[float]) -> SearchStrategy[shapely.Polygon]:
    """Boxes, none without area."""
    pair = st.lists(axis, min_size=2, max_size=2, unique=True).map(sorted)
    return st.builds(lambda x, y: shapely.box(x[0], y[0], x[1], y[1]), pair, pair)


def triangles(axis: SearchStrategy[float]) -> SearchStrategy[shapely.Polygon]:
    """Triangles, none without area."""
    corners = st.lists(st.tuples(axis, axis), min_size=3, max_size=3, unique=True)
    return corners.map(shapely.Polygon).filter(lambda area: area.area > 1e-6)


def areas(axis: SearchStrategy[float]) -> SearchStrategy[shapely.Geometry]:
    """Valid areas: boxes, triangles, and boxes put together: with holes and of several parts."""
    box = boxes(axis)
    return (
        box
        | triangles(axis)
        | st.builds(shapely.difference, box, box)
        | st.builds(shapely.union, box, box)
    )


def shapes(axis: SearchStrategy[float]) -> SearchStrategy[shapely.Geometry]:
    """Valid geometries of every kind that a store holds, empty ones among them."""
    several_points = st.lists(points(axis), min_size=1, max_size=3).map(shapely.MultiPoint)
    pairs = st.lists(lines(axis), min_size=1, max_size=3).map(shapely.MultiLineString)
    several_lines = pairs.filter(lambda several: several.is_simple)
    return points(axis) | lines(axis) | areas(axis) | several_points | several_lines | EMPTIES
