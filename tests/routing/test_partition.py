import json
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gridmap.datum import Metric
from gridmap.routing import partition
from gridmap.routing.partition import Partition
from gridmap.routing.raster import MOST_CELLS, build_raster

ALWAYS_FEW, NEVER_FEW = 10**9, 0


def both_ways(call):
    """Ask by shapely's trees and by the raster; the answers must be equal to the bit."""
    with patch.object(partition, "FEW", ALWAYS_FEW):
        exact = call()
    with patch.object(partition, "FEW", NEVER_FEW):
        fast = call()
    answers = (exact, fast) if isinstance(exact, tuple) else ((exact,), (fast,))
    for one, other in zip(*answers, strict=True):
        np.testing.assert_array_equal(one, other)
    return exact


def covering_one_by_one(polygons, x, y):
    covers = np.array([shapely.intersects_xy(polygon, x, y) for polygon in polygons])
    return np.where(covers.any(axis=0), covers.argmax(axis=0), -1)


def voronoi(count, seed, *, side=1_000.0):
    """A seamless partition of a square into Voronoi cells."""
    random = np.random.default_rng(seed)
    square = shapely.box(0, 0, side, side)
    sites = shapely.multipoints(random.uniform(0, side, (count, 2)))
    cells = shapely.get_parts(shapely.voronoi_polygons(sites, extend_to=square))
    return shapely.intersection(cells, square)


def telling_points(polygons, seed, count=300):
    """Points anywhere, on vertices, on edges, beside edges, on borders and centres of cells."""
    random = np.random.default_rng(seed)
    shapes = polygons[~(shapely.is_missing(polygons) | shapely.is_empty(polygons))]
    west, south, east, north = shapely.total_bounds(shapes)
    margin = 0.1 * max(east - west, north - south)
    anywhere = random.uniform(
        (west - margin, south - margin), (east + margin, north + margin), (count, 2)
    )
    vertices = random.permutation(shapely.get_coordinates(shapes))[:count]
    rings = random.choice(shapely.get_rings(shapely.get_parts(shapes)), count)
    along = shapely.line_interpolate_point(rings, random.uniform(0, 1, count), normalized=True)
    on_edges = shapely.get_coordinates(along)
    beside = on_edges + random.normal(0, 1e-7, on_edges.shape)
    grid = build_raster(polygons).grid
    steps = np.column_stack(
        [random.integers(0, 2 * grid.columns, count), random.integers(0, 2 * grid.rows, count)]
    )
    on_cells = (grid.west, grid.south) + steps / 2 * grid.side
    whole = np.round(anywhere)
    return np.concatenate([anywhere, vertices, on_edges, beside, on_cells, whole]).T


@st.composite
def whole_number_polygons(draw):
    """Valid polygons on a small lattice: they overlap, touch and have holes and islands."""
    place = st.tuples(st.integers(0, 12), st.integers(0, 12))
    polygons = []
    for vertices in draw(st.lists(st.lists(place, min_size=3, max_size=7), min_size=1, max_size=8)):
        shape = shapely.make_valid(shapely.Polygon(vertices), method="structure")
        parts = shapely.get_parts(shape)
        polygons.append(shapely.multipolygons(parts[shapely.get_type_id(parts) == 3]))
    if draw(st.booleans()):
        polygons[0] = shapely.difference(polygons[0], polygons[-1].buffer(-1.0))
    return np.array(polygons)


def check_all_questions(polygons, x, y, limit_m):
    """Compare every answer with brute force."""
    index = Partition(polygons)
    covering = both_ways(lambda: index.covering(x, y))
    assert covering.dtype == np.int32
    np.testing.assert_array_equal(covering, covering_one_by_one(polygons, x, y))

    points = shapely.points(x, y)
    boundaries = [shapely.distance(polygon.boundary, points) for polygon in polygons]
    distance_m = np.nanmin([np.full(len(x), np.inf), *boundaries], axis=0)
    boundary_m = both_ways(lambda: index.boundary_distance(x, y))
    np.testing.assert_allclose(boundary_m, distance_m, rtol=1e-9, atol=1e-9)

    away = np.array([shapely.distance(polygon, points) for polygon in polygons])
    away = np.where(np.isnan(away), np.inf, away)
    nearest, nearest_m = both_ways(lambda: index.nearest(x, y))
    np.testing.assert_allclose(nearest_m, away.min(axis=0), rtol=1e-9, atol=1e-9)
    found = nearest >= 0
    taken = away[nearest[found], np.flatnonzero(found)]
    np.testing.assert_allclose(taken, away.min(axis=0)[found], rtol=1e-9, atol=1e-9)

    point, polygon, near_m = both_ways(lambda: index.near(x, y, limit_m))
    sure = away[polygon, point]
    np.testing.assert_allclose(near_m, sure, rtol=1e-9, atol=1e-9)
    pairs = set(zip(point.tolist(), polygon.tolist(), strict=True))
    assert len(pairs) == len(point)
    assert (np.lexsort((polygon, near_m, point)) == np.arange(len(point))).all()
    must = np.argwhere(limit_m - 1e-9 > away.T).tolist()
    assert {tuple(pair) for pair in must} <= pairs


@given(count=st.integers(1, 40), seed=st.integers(0, 10**6))
def test_a_partition_answers_as_brute_force_does(count, seed):
    polygons = voronoi(count, seed)
    check_all_questions(polygons, *telling_points(polygons, seed, 60), limit_m=20.0)


@given(polygons=whole_number_polygons(), seed=st.integers(0, 10**6))
def test_overlaps_holes_and_touching_polygons_answer_as_brute_force_does(polygons, seed):
    if shapely.is_empty(polygons).all():
        return
    check_all_questions(polygons, *telling_points(polygons, seed, 60), limit_m=1.0)


def test_both_ways_agree_on_hundreds_of_thousands_of_points():
    polygons = shapely.segmentize(voronoi(400, 3, side=8_000.0), 40.0)
    index = Partition(polygons)
    x, y = telling_points(polygons, 3, 50_000)
    covering = both_ways(lambda: index.covering(x, y))
    assert len(x) > 200_000
    assert (covering[(x > 0) & (x < 8_000) & (y > 0) & (y < 8_000)] >= 0).mean() > 0.99


def test_the_lowest_index_wins_on_a_shared_edge():
    index = Partition([shapely.box(10, 0, 20, 10), shapely.box(0, 0, 10, 10)])
    x, y = np.array([10.0, 10.0, 10.0, 9.999, 10.001]), np.array([5.0, 0.0, 10.0, 5.0, 5.0])
    assert both_ways(lambda: index.covering(x, y)).tolist() == [0, 0, 0, 1, 0]


def test_holes_islands_and_parts_far_away():
    ring = shapely.box(0, 0, 100, 100).difference(shapely.box(20, 20, 80, 80))
    island, lake = shapely.box(40, 40, 60, 60), shapely.box(45, 45, 55, 55)
    exclave = shapely.MultiPolygon([ring, shapely.box(900, 900, 910, 910)])
    index = Partition([exclave, island.difference(lake)])
    x = np.array([10.0, 30.0, 42.0, 50.0, 20.0, 905.0, 500.0, 101.0])
    y = np.array([10.0, 30.0, 42.0, 50.0, 50.0, 905.0, 500.0, 50.0])
    assert both_ways(lambda: index.covering(x, y)).tolist() == [0, -1, 1, -1, 0, 0, -1, -1]
    boundary_m = both_ways(lambda: index.boundary_distance(x, y))
    np.testing.assert_allclose(boundary_m[:6], [10, 10, 2, 5, 0, 5])
    nearest, nearest_m = both_ways(lambda: index.nearest(x, y))
    assert nearest.tolist() == [0, 0, 1, 1, 0, 0, 0, 0]
    np.testing.assert_allclose(nearest_m[:6], [0, 10, 0, 5, 0, 0])


def test_near_names_every_polygon_within_the_distance_in_order():
    index = Partition(
        [shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10), shapely.box(20, 0, 30, 10)]
    )
    x, y = np.array([9.5, 5.0, 20.0, 14.0, 32.0]), np.array([5.0, 5.0, 5.0, 11.0, 5.0])
    point, polygon, distance_m = both_ways(lambda: index.near(x, y, 1.0))
    assert point.tolist() == [0, 0, 1, 2, 2, 3]
    assert polygon.tolist() == [0, 1, 0, 1, 2, 1]
    np.testing.assert_allclose(distance_m, [0, 0.5, 0, 0, 0, 1])


def test_near_names_all_that_overlap_far_from_any_edge():
    index = Partition([shapely.box(0, 0, 1_000, 1_000), shapely.box(0, 0, 1_000, 1_000)])
    point, polygon, distance_m = both_ways(lambda: index.near([500.0], [500.0], 1.0))
    assert (point.tolist(), polygon.tolist(), distance_m.tolist()) == ([0, 0], [0, 1], [0, 0])


def test_nan_and_infinity_are_nowhere():
    index = Partition(voronoi(5, 1))
    x, y = (
        np.array([500.0, np.nan, 500.0, np.inf, -np.inf]),
        np.array([500.0, 500.0, np.nan, 5.0, 5.0]),
    )
    covering = both_ways(lambda: index.covering(x, y))
    assert covering[0] >= 0
    assert (covering[1:] == -1).all()
    assert np.isnan(both_ways(lambda: index.boundary_distance(x, y))[1:]).all()
    nearest, nearest_m = both_ways(lambda: index.nearest(x, y))
    assert (nearest[1:] == -1).all()
    assert np.isnan(nearest_m[1:]).all()
    assert both_ways(lambda: index.near(x, y, 1_000.0))[0].max() == 0


@pytest.mark.parametrize("polygons", [[], [None], [shapely.Polygon()], [shapely.MultiPolygon()]])
def test_an_index_without_ground_covers_nothing(polygons):
    index = Partition(polygons)
    assert len(index) == len(polygons)
    x, y = np.array([0.0, 1.0]), np.array([0.0, 1.0])
    assert both_ways(lambda: index.covering(x, y)).tolist() == [-1, -1]
    assert both_ways(lambda: index.boundary_distance(x, y)).tolist() == [np.inf, np.inf]
    assert both_ways(lambda: index.nearest(x, y))[0].tolist() == [-1, -1]
    assert len(both_ways(lambda: index.near(x, y, 10.0))[0]) == 0


def test_polygons_without_ground_keep_their_place():
    index = Partition([None, shapely.Polygon(), shapely.box(0, 0, 10, 10)])
    assert both_ways(lambda: index.covering([5.0], [5.0])).tolist() == [2]
    assert both_ways(lambda: index.nearest([15.0], [5.0]))[0].tolist() == [2]


def test_no_points_are_no_answers():
    index = Partition(voronoi(5, 1))
    assert len(both_ways(lambda: index.covering([], []))) == 0
    assert len(both_ways(lambda: index.boundary_distance([], []))) == 0
    assert len(both_ways(lambda: index.nearest([], []))[0]) == 0
    assert len(both_ways(lambda: index.near([], [], 1.0))[0]) == 0


@pytest.mark.parametrize("shift", [4.4e6, -2e7, 1e10, 1e14])
def test_huge_coordinates(shift):
    polygons = shapely.transform(voronoi(30, 5), lambda xy: np.round(xy) + shift)
    polygons = polygons[shapely.is_valid(polygons)]
    index = Partition(polygons)
    x, y = np.round(telling_points(polygons, 5, 200), 2)
    covering = both_ways(lambda: index.covering(x, y))
    np.testing.assert_array_equal(covering, covering_one_by_one(polygons, x, y))
    both_ways(lambda: index.nearest(x, y))


def test_buildings_scattered_over_a_province_need_little_memory():
    random = np.random.default_rng(11)
    x, y = np.round(random.uniform(4.0e6, 4.6e6, (2, 3_000)))
    x[:1_000], y[:1_000] = x[0] + 20.0 * np.arange(1_000), y[0]
    polygons = shapely.box(x, y, x + 12, y + 9)
    polygons[-1] = shapely.box(0, 0, 10, 10)
    raster = build_raster(polygons)
    assert raster.cells.size <= MOST_CELLS * 1.1
    assert raster.entries.nbytes < 10 * 2**20
    index = Partition(polygons)
    inside = shapely.get_coordinates(shapely.centroid(polygons)).T
    assert both_ways(lambda: index.covering(*inside)).tolist() == list(range(3_000))
    both_ways(lambda: index.nearest(*telling_points(polygons, 11, 500)))


def test_many_overlapping_polygons_need_little_memory():
    reach = np.linspace(1, 50_000, 3_000)
    polygons = shapely.box(-reach, -reach, reach, reach)
    raster = build_raster(polygons)
    assert raster.cells.nbytes + raster.entries.nbytes < 150 * 2**20
    index = Partition(polygons)
    x, y = np.array([0.0, 25_000.5, 60_000.0]), np.zeros(3)
    covering = both_ways(lambda: index.covering(x, y))
    assert covering.tolist() == [0, int(np.searchsorted(reach, 25_000.5)), -1]


def test_a_copy_sent_to_another_process_answers_alike():
    index = Partition(shapely.segmentize(voronoi(50, 2), 10.0))
    x, y = np.random.default_rng(2).uniform(0, 1_000, (2, 1_000))
    cold = pickle.dumps(index)
    expected = both_ways(lambda: index.covering(x, y))
    warm = pickle.dumps(index)
    assert warm == cold
    assert b"numba" not in warm
    copy = pickle.loads(warm)
    np.testing.assert_array_equal(both_ways(lambda: copy.covering(x, y)), expected)


def test_threads_may_share_a_cold_index():
    polygons = shapely.segmentize(voronoi(200, 4), 5.0)
    x, y = np.random.default_rng(4).uniform(0, 1_000, (2, 8_000))
    expected = covering_one_by_one(polygons, x, y)
    for few in (ALWAYS_FEW, NEVER_FEW):
        index = Partition(polygons)
        with patch.object(partition, "FEW", few), ThreadPoolExecutor(4) as pool:
            for answer in pool.map(lambda _, index=index: index.covering(x, y), range(8)):
                np.testing.assert_array_equal(answer, expected)


def test_few_points_do_not_import_numba():
    script = """
import sys, shapely
from gridmap.routing.partition import Partition
index = Partition([shapely.box(0, 0, 1, 1)])
assert index.covering([0.5], [0.5]).tolist() == [0]
assert index.nearest([2.0], [0.5])[0].tolist() == [0]
assert len(index.near([0.5], [0.5], 1.0)[0]) == 1
assert index.boundary_distance([0.5], [0.5]).tolist() == [0.5]
assert "numba" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", script], check=True)


def test_compiling_needs_no_folder_to_write_to():
    from gridmap import compiling

    refused = RuntimeError("cannot cache function: no locator available")
    with patch.object(compiling, "_Cache", side_effect=refused) as asked:
        double = compiling.compiled(lambda number: 2 * number)
    assert asked.called
    assert double(21) == 42


def test_new_york_districts(real_data):
    collection = json.loads((real_data / "nyc311/community_districts.geojson").read_text("utf-8"))
    districts = shapely.from_geojson([json.dumps(f["geometry"]) for f in collection["features"]])
    west, south, east, north = shapely.total_bounds(districts)
    polygons = Metric.around([west, east], [south, north]).project_geometry(districts)
    index = Partition(polygons)
    x, y = telling_points(polygons, 71, 10_000)
    covering = both_ways(lambda: index.covering(x, y))
    some = np.arange(0, len(x), 20)
    np.testing.assert_array_equal(covering[some], covering_one_by_one(polygons, x[some], y[some]))
    both_ways(lambda: index.near(x, y, 1.0))
    boundary_m = both_ways(lambda: index.boundary_distance(x[some], y[some]))
    points = shapely.points(x[some], y[some])
    expected = np.min([shapely.distance(polygon.boundary, points) for polygon in polygons], axis=0)
    np.testing.assert_allclose(boundary_m, expected, rtol=1e-9, atol=1e-9)
