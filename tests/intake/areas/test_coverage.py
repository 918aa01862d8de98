"""Gaps, overlaps and slivers: each is found once, with its place, its size and its units."""

from __future__ import annotations

import time

import numpy as np
import pytest
import shapely
from support.files import STEP, WEST, square

from gridmap.datum import Metric
from gridmap.intake.areas.coverage import check_coverage
from gridmap.intake.findings import Finding

CELL_M2 = 85_400 * STEP * 111_030 * STEP  # of a square of the raster


def check(*shapes: shapely.Geometry, tiled: bool = True) -> list[Finding]:
    codes = [f"u{number}" for number in range(len(shapes))]
    return check_coverage(np.array(shapes, dtype=object), codes, tiled=tiled)


def raster(columns: int, rows: int) -> list[shapely.Polygon]:
    return [square(column, row) for column in range(columns) for row in range(rows)]


def test_nothing_is_wrong_with_a_raster() -> None:
    assert check(*raster(4, 4)) == []
    assert check_coverage(np.empty(0, dtype=object), []) == []
    assert check(square(0, 0)) == []


def test_corners_on_long_edges_are_no_fault() -> None:
    """The edges are straight in degrees, 8.5 km long, and have corners of neighbours on them."""
    long = square(0, 0, 100, 1)
    above = [square(column * 10, 1, 10) for column in range(10)]
    assert [f for f in check(long, *above) if f.severity != "note"] == []


def test_overlap() -> None:
    (finding,) = check(square(0, 0, 1.25), square(1, 0))
    assert finding.kind == "overlap"
    assert finding.units == ("u0", "u1")
    assert finding.area_m2 == pytest.approx(CELL_M2 / 4, rel=1e-3)
    assert finding.lon is not None
    assert WEST + STEP < finding.lon < WEST + 1.25 * STEP
    assert "Units u0 and u1 overlap: 2,37" in finding.message


def test_overlap_of_many_pairs_is_told_for_each() -> None:
    findings = check(square(0, 0, 3, 3), square(1, 1), square(1, 0, 0.5, 0.5))
    assert sorted(finding.units for finding in findings) == [("u0", "u1"), ("u0", "u2")]


def test_sliver() -> None:
    (finding,) = check(square(0, 0, 1.005), square(1, 0))
    assert finding.kind == "sliver (overlap)"
    assert finding.area_m2 == pytest.approx(CELL_M2 * 0.005, rel=1e-2)
    assert finding.message.endswith("0.43 m wide in the mean (a sliver).")


def test_same_shape() -> None:
    (finding,) = check(square(0, 0), square(1, 0), square(0, 0))
    assert finding.kind == "same shape"
    assert finding.units == ("u0", "u2")


def test_gap_between_units_is_a_hole_of_the_union() -> None:
    shapes = [shape for shape in raster(3, 3) if not shape.equals(square(1, 1))]
    (finding,) = check(*shapes)
    assert finding.kind == "gap"
    assert len(finding.units) == 8
    assert finding.area_m2 == pytest.approx(CELL_M2, rel=1e-3)
    assert square(1, 1).contains(shapely.Point(finding.lon, finding.lat))


def test_hole_of_one_unit_and_an_island_in_it() -> None:
    ring = square(0, 0, 5, 5).difference(square(1, 1, 3, 3))
    (alone,) = check(ring)
    assert "Unit u0 has a hole that no unit fills, a gap" in alone.message
    assert alone.area_m2 == pytest.approx(9 * CELL_M2, rel=1e-3)
    (around,) = check(ring, square(2, 2))
    assert around.area_m2 == pytest.approx(8 * CELL_M2, rel=1e-3)
    assert check(ring, square(1, 1, 3, 3)) == []


def test_narrow_channel_open_to_the_outside_is_a_gap() -> None:
    (finding,) = check(square(0, 0, 0.97), square(1, 0))  # 2.6 m wide
    assert finding.kind == "gap"
    assert set(finding.units) == {"u0", "u1"}
    assert finding.area_m2 == pytest.approx(CELL_M2 * 0.03, rel=0.01)


def test_wide_street_between_units_is_no_gap() -> None:
    assert check(square(0, 0, 0.9), square(1, 0)) == []  # 8.5 m wide, open to the outside


def test_corners_and_inlets_of_the_outline_are_no_gaps() -> None:
    inlet = square(0, 0, 4, 4).difference(square(2, 2, 0.02, 2))
    notched = shapely.Polygon([(117, 40), (117.004, 40), (117.004, 40.004), (117.0039, 40.001)])
    assert check(inlet) == []
    assert [f for f in check(notched, square(4, 0)) if f.kind == "gap"] == []


def test_rounding_is_counted_only() -> None:
    (finding,) = check(square(0, 0, 1.0001), square(1, 0))  # 8 mm
    assert finding.severity == "note"
    assert finding.kind == "rounding"


def test_buildings_need_not_fill_the_ground() -> None:
    apart = [square(0, 0, 0.97), square(1, 0), square(2.5, 0)]
    assert check(*apart, tiled=False) == []
    assert [f.kind for f in check(*apart, square(2, 0), tiled=False)] == ["overlap"]


def test_areas_agree_with_the_metric_projection() -> None:
    (finding,) = check(square(0, 0, 1.5), square(1, 0))
    metric = Metric.around([117.0], [40.0])
    expected = metric.project_geometry(square(1, 0, 0.5)).area
    assert finding.area_m2 == pytest.approx(expected, rel=1e-6)


def test_a_city_is_checked_in_seconds() -> None:
    side = np.linspace(0, 1, 16)[:-1]
    rim = np.vstack(
        [
            np.column_stack([side, 0 * side]),
            np.column_stack([0 * side + 1, side]),
            np.column_stack([1 - side, 0 * side + 1]),
            np.column_stack([0 * side, 1 - side]),
        ]
    )
    corners = np.array([(x, y) for x in range(50) for y in range(40)])
    shapes = shapely.polygons((corners[:, None, :] + rim) * STEP + [117.0, 40.0])
    shapes[777] = shapely.buffer(shapes[777], STEP / 10)
    began = time.perf_counter()
    findings = check_coverage(shapes, [str(number) for number in range(len(shapes))])
    assert time.perf_counter() - began < 30
    assert len({f.units for f in findings if f.kind == "overlap"}) == 8
