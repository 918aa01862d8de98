"""Geometries as whole micro-degrees: nothing moves by more than half of one."""

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers.coding import coded_area, coded_line, coded_path, label_points

DEGREES = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


def decoded(path):
    """What gridmap.js does: add up the steps."""
    return np.cumsum(np.array(path).reshape(-1, 2), axis=0) / 1e6


@given(st.lists(DEGREES, min_size=2, max_size=40))
def test_path_comes_back(points):
    given_points = np.array(points)
    assert np.abs(decoded(coded_path(given_points)) - given_points).max() <= 0.5000001e-6


def test_long_path_does_not_drift():
    points = np.random.default_rng(1).uniform(116, 117, (20_000, 2))
    assert np.abs(decoded(coded_path(points)) - points).max() <= 0.5000001e-6


def test_area_with_a_hole_and_an_island():
    holed = shapely.box(0, 0, 3, 3).difference(shapely.box(1, 1, 2, 2))
    coded = coded_area(shapely.MultiPolygon([holed, shapely.box(5, 5, 6, 6)]))
    assert [len(polygon) for polygon in coded] == [2, 1]
    assert [len(ring) for polygon in coded for ring in polygon] == [8, 8, 8]
    shell, hole = (shapely.Polygon(decoded(ring)) for ring in coded[0])
    assert shell.area == 9
    assert hole.area == 1


def test_empty_area_is_nothing():
    assert coded_area(shapely.MultiPolygon()) == []


def test_line():
    assert coded_line(shapely.LineString([(1, 2), (1.000001, 2)])) == [1_000_000, 2_000_000, 1, 0]


def test_label_lies_inside():
    crescent = shapely.Point(0, 0).buffer(2).difference(shapely.Point(1, 0).buffer(2))
    ((lat, lon),) = label_points([crescent])
    assert crescent.contains(shapely.Point(lon, lat))
    assert label_points([]) == []
