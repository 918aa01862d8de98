"""Whatever a ring looks like, a valid multipolygon comes out, or a reason."""

from __future__ import annotations

import re

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from support.files import STEP, square

from gridmap.intake.areas.rings import repair
from gridmap.intake.findings import Finding

NOTHING = np.empty(0, np.int64)


def shape(text: str) -> shapely.Geometry:
    """WKT in cells of the raster of `support.files`."""
    with np.errstate(invalid="ignore"):
        return shapely.transform(shapely.from_wkt(text), lambda v: v * STEP + [117.0, 40.0])


def repaired(geometry: object) -> tuple[shapely.MultiPolygon | None, list[Finding]]:
    shapes, findings = repair(np.array([geometry], dtype=object), ["7"], NOTHING)
    return shapes[0], findings


def test_good_shapes_stay_as_they_are() -> None:
    both = np.array(
        [square(0, 0), shapely.MultiPolygon([square(1, 0), square(3, 0)])], dtype=object
    )
    shapes, findings = repair(both, ["1", "2"], NOTHING)
    assert findings == []
    assert [s.geom_type for s in shapes] == ["MultiPolygon"] * 2
    assert shapely.equals(shapes, both).all()


def test_hole_is_kept() -> None:
    holed = square(0, 0, 3, 3).difference(square(1, 1))
    found, findings = repaired(holed)
    assert findings == []
    assert found is not None
    assert len(found.geoms[0].interiors) == 1
    assert not found.contains(square(1, 1).centroid)


def test_bow_tie_keeps_both_wings_and_says_where_it_crosses() -> None:
    found, (finding,) = repaired(shape("POLYGON((0 0,2 2,2 0,0 2,0 0))"))
    assert found is not None
    assert found.is_valid
    assert len(found.geoms) == 2
    assert found.area == pytest.approx(2 * STEP**2)
    assert finding.severity == "warning"
    assert "Unit 7 is repaired: self-intersection; it had 0 m2 and has 18,9" in finding.message
    assert (finding.lon, finding.lat) == pytest.approx((117.001, 40.001))
    assert finding.area_m2 == pytest.approx(found.area * 85_400 * 111_000, rel=0.01)


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("POLYGON((0 0,4 0,4 4,2 4,2 8,2 4,0 4,0 0))", 16),  # a spike without width
        ("POLYGON((0 0,4 0,4 4,0 4,0 0),(3 3,5 3,5 5,3 5,3 3))", 15),  # a hole over the edge
        ("POLYGON((0 0,4 0,4 4,0 4,0 0),(5 5,6 5,6 6,5 6,5 5))", 17),  # a hole outside: an area
        ("MULTIPOLYGON(((0 0,4 0,4 4,0 4,0 0)),((1 1,2 1,2 2,1 2,1 1)))", 16),  # a part in a part
        ("MULTIPOLYGON(((0 0,2 0,2 2,0 2,0 0)),((1 0,3 0,3 2,1 2,1 0)))", 6),  # parts overlap
        ("POLYGON((0 0,4 0,4 4,0 4,0 0,0 0,4 0,4 4,0 4,0 0))", 16),  # drawn twice
    ],
)
def test_invalid_rings_are_repaired(text: str, cells: float) -> None:
    found, (finding,) = repaired(shape(text))
    assert found is not None
    assert found.is_valid
    assert found.geom_type == "MultiPolygon"
    assert found.area == pytest.approx(cells * STEP**2)
    assert finding.kind == "repaired ring"


def test_doubled_vertices_and_thin_spikes_are_valid() -> None:
    doubled = shape("POLYGON((0 0,0 0,4 0,4 4,4 4,4 4,0 4,0 0))")
    spike = shape("POLYGON((0 0,4 0,4 4,2.000001 4,2 8,1.999999 4,0 4,0 0))")
    for geometry in (doubled, spike):
        found, findings = repaired(geometry)
        assert findings == []
        assert found is not None
        assert found.area == pytest.approx(16 * STEP**2, rel=1e-5)


def test_points_and_lines_beside_areas_are_left_out() -> None:
    collection = shapely.GeometryCollection([shapely.Point(117, 40), square(0, 0)])
    found, (finding,) = repaired(collection)
    assert found is not None
    assert found.equals(square(0, 0))
    assert "points or lines beside its areas are left out" in finding.message


def test_closed_ring_is_told() -> None:
    shapes, (finding,) = repair(np.array([square(0, 0)], dtype=object), ["7"], np.array([0]))
    assert shapes[0].equals(square(0, 0))
    assert "a ring was not closed" in finding.message


@pytest.mark.parametrize(
    ("geometry", "why"),
    [
        (None, "it has no shape"),
        (shapely.Polygon(), "it has no shape"),
        (shapely.MultiPolygon(), "it has no shape"),
        (shapely.Point(117, 40), "a unit is an area, and this is a Point"),
        (shapely.LineString([(117, 40), (118, 40)]), "this is a LineString"),
        (shapely.GeometryCollection([shapely.Point(117, 40)]), "none is in this collection"),
        (shapely.Polygon([(117, 40), (118, 40), (117, 40)]), "its rings enclose no area"),
        (shapely.box(40, 117, 40.1, 117.1), r"longitude and latitude are swapped \(40,117\)"),
        (shapely.box(5e5, 4.4e6, 5.1e5, 4.5e6), "are no degrees"),
        (shapely.Polygon([(0, 0), (0, 0), (0, 0)]), "the coordinate is 0,0"),
    ],
)
def test_refusals(geometry: object, why: str) -> None:
    found, (finding,) = repaired(geometry)
    assert found is None
    assert finding.severity == "error"
    assert finding.units == ("7",)
    assert re.search(f"Unit 7 is refused: .*{why}", finding.message)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_no_number_is_refused(bad: float) -> None:
    with np.errstate(invalid="ignore"):
        ring = shapely.Polygon([(117, 40), (118, 40), (118, bad), (117, 40)])
    with np.errstate(invalid="ignore"):
        found, (finding,) = repaired(ring)
    assert found is None
    assert "is no number" in finding.message


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=3, max_size=9))
def test_any_ring_ends_valid_or_refused(corners: list[tuple[int, int]]) -> None:
    ring = shapely.Polygon([(117 + x, 40 + y) for x, y in corners])
    found, findings = repaired(ring)
    if found is None:
        assert [finding.severity for finding in findings] == ["error"]
    else:
        assert found.is_valid
        assert found.geom_type == "MultiPolygon"
        assert found.area > 0
