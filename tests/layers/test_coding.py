"""Geometries as whole micro-degrees: nothing moves by more than half of one."""

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers.coding import coded_areas, coded_lines, label_points

DEGREES = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


def decoded(path):
    """What gridmap.js does: add up the steps."""
    return np.cumsum(np.array(path).reshape(-1, 2), axis=0) / 1e6


@given(st.lists(DEGREES, min_size=2, max_size=40))
def test_path_comes_back(points):
    given_points = np.array(points)
    (path,) = coded_lines([shapely.LineString(given_points)])
    assert np.abs(decoded(path) - given_points).max() <= 0.5000001e-6


def test_long_path_does_not_drift():
    points = np.random.default_rng(1).uniform(116, 117, (20_000, 2))
    (path,) = coded_lines([shapely.LineString(points)])
    assert np.abs(decoded(path) - points).max() <= 0.5000001e-6


def test_area_with_a_hole_and_an_island():
    holed = shapely.box(0, 0, 3, 3).difference(shapely.box(1, 1, 2, 2))
    (coded,) = coded_areas([shapely.MultiPolygon([holed, shapely.box(5, 5, 6, 6)])])
    assert [len(polygon) for polygon in coded] == [2, 1]
    assert [len(ring) for polygon in coded for ring in polygon] == [8, 8, 8]
    shell, hole = (shapely.Polygon(decoded(ring)) for ring in coded[0])
    assert shell.area == 9
    assert hole.area == 1


def test_areas_keep_their_order_and_an_empty_one_its_place():
    square, other = shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1)
    coded = coded_areas([square, shapely.MultiPolygon(), other])
    assert coded[1] == []
    assert shapely.Polygon(decoded(coded[0][0][0])).equals(square)
    assert shapely.Polygon(decoded(coded[2][0][0])).equals(other)
    assert coded_areas([]) == []


def test_lines():
    first, second = [(1, 2), (1.000001, 2)], [(0, 0), (0, 1)]
    coded = coded_lines([shapely.LineString(first), shapely.LineString(second)])
    assert coded == [[1_000_000, 2_000_000, 1, 0], [0, 0, 0, 1_000_000]]
    assert coded_lines([]) == []


def test_label_lies_inside():
    crescent = shapely.Point(0, 0).buffer(2).difference(shapely.Point(1, 0).buffer(2))
    ((lat, lon),) = label_points([crescent])
    assert crescent.contains(shapely.Point(lon, lat))
    assert label_points([]) == []
