"""Lengths, areas and the shift of GCJ-02 in the browser, held against pyproj and gridmap.datum."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import Geod

from gridmap.datum import wgs84_to_gcj02
from layers.links import ASSETS

WGS84 = Geod(ellps="WGS84")
SCRIPT = (ASSETS / "gridmap/geodesy.js").read_text(encoding="utf-8")
#: Longitude and latitude of places all over China, and the two ends of its waters.
PLACES = np.array(
    [
        (116.3913, 39.9075),
        (121.4737, 31.2304),
        (87.6177, 43.7928),
        (126.6425, 45.7569),
        (109.5119, 18.2528),
        (91.1409, 29.6456),
        (119.6, 38.9),
        (112.3, 16.8),
        (75.99, 39.47),
        (134.29, 48.36),
    ]
)
RINGS = {
    "block": [(119.6, 38.9), (119.601, 38.9), (119.601, 38.9008), (119.6, 38.9008)],
    "district": [(116.2, 39.8), (116.5, 39.75), (116.55, 40.0), (116.4, 40.1), (116.25, 40.0)],
    "notched": [(113.0, 23.0), (113.02, 23.0), (113.01, 23.005), (113.02, 23.02), (113.0, 23.02)],
    "south": [(-0.01, -0.01), (0.02, -0.01), (0.02, 0.03), (-0.01, 0.03)],
}


@pytest.fixture(scope="module")
def geodesy(chromium):
    """Call a function of geodesy.js."""
    page = chromium.new_page()
    page.add_script_tag(content=f"var gridmap = {{}};\n{SCRIPT}")
    yield lambda name, *given: page.evaluate(
        "([name, given]) => gridmap.geodesy[name](...given)", [name, given]
    )
    page.close()


def test_shift_is_that_of_the_store_within_a_millimetre(geodesy):
    expected = np.column_stack(wgs84_to_gcj02(PLACES[:, 0], PLACES[:, 1]))
    found = np.array([geodesy("toGcj02", place) for place in PLACES.tolist()])
    _, _, apart_m = WGS84.inv(*expected.T, *found.T)
    _, _, shifted_m = WGS84.inv(*PLACES.T, *found.T)
    assert max(apart_m) < 0.001
    assert min(shifted_m) > 100


@pytest.mark.parametrize("place", [[2.35, 48.85], [71.0, 40.0], [120.0, 56.0], [120.0, 0.5]])
def test_nothing_is_shifted_outside_of_its_box(geodesy, place):
    assert geodesy("toGcj02", place) == place


def test_lengths_are_those_of_the_geodesic(geodesy):
    for one in PLACES.tolist():
        for other in [*PLACES.tolist(), (one[0] + 0.001, one[1]), (one[0], one[1] + 0.0001)]:
            _, _, expected_m = WGS84.inv(*one, *other)
            assert geodesy("distance", one, list(other)) == pytest.approx(expected_m, abs=0.001)


def test_length_of_a_way_is_the_sum_of_its_steps(geodesy):
    way = [list(point) for point in RINGS["district"]]
    expected_m = WGS84.line_length(*zip(*way, strict=True))
    assert geodesy("length", way) == pytest.approx(expected_m, abs=0.001)
    assert geodesy("length", way[:1]) == 0


@pytest.mark.parametrize("name", RINGS)
def test_areas_are_those_on_the_ellipsoid(geodesy, name):
    ring = [list(point) for point in RINGS[name]]
    expected_m2, _ = WGS84.polygon_area_perimeter(*zip(*ring, strict=True))
    assert geodesy("area", ring) == pytest.approx(abs(expected_m2), rel=2e-5)
    assert geodesy("area", ring[::-1]) == pytest.approx(abs(expected_m2), rel=2e-5)


def test_a_point_measured_twice_is_no_way(geodesy):
    assert geodesy("distance", [119.6, 38.9], [119.6, 38.9]) == 0
