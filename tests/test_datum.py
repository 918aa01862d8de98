import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS
from support.degrees import BOX, PUBLISHED, distance_m, random_points

from gridmap import datum
from gridmap.errors import DatumError


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("wgs84", "wgs84"),
        (" WGS-84 ", "wgs84"),
        ("epsg:4326", "wgs84"),
        ("CGCS2000", "cgcs2000"),
        ("EPSG:4490", "cgcs2000"),
        ("2000国家大地坐标系", "cgcs2000"),
        ("国家2000坐标系", "cgcs2000"),
        ("GCJ-02", "gcj02"),
        ("gcj_02", "gcj02"),
        ("GCJ02", "gcj02"),
        ("火星坐标", "gcj02"),
        ("火星坐标系", "gcj02"),
        ("高德地图", "gcj02"),
        ("BD-09", "bd09"),
        ("百度", "bd09"),
        ("百度坐标系", "bd09"),
    ],
)
def test_a_datum_is_known_by_all_its_names(name, known):
    assert datum.parse_datum(name) == known


@pytest.mark.parametrize("name", ["", "坐标系", "wgs72", "BD09MC", "EPSG:3857", "北京54"])
def test_an_unknown_datum_names_those_that_are_known(name):
    with pytest.raises(DatumError, match="wgs84, cgcs2000, gcj02, bd09") as refused:
        datum.parse_datum(name)
    assert repr(name) in str(refused.value)


def test_every_conversion_refuses_an_unknown_datum():
    for convert in (datum.to_store, datum.from_store):
        with pytest.raises(DatumError):
            convert([116.0], [40.0], "mars72")
    with pytest.raises(DatumError):
        datum.transform_geometry(shapely.Point(116, 40), "mars72")


def test_round_trip_between_the_shifted_datums():
    shifted = datum.wgs84_to_gcj02(*random_points(10_000))
    assert distance_m(datum.bd09_to_gcj02(*datum.gcj02_to_bd09(*shifted)), shifted) < 2e-6


def test_one_point_gets_the_same_answer_as_among_many():
    lon, lat = random_points(1_003)
    many = np.array(datum.to_store(lon, lat, "bd09"))
    one_by_one = [datum.to_store(lon[i : i + 1], lat[i : i + 1], "bd09") for i in range(50)]
    np.testing.assert_array_equal(np.hstack(one_by_one), many[:, :50])


@pytest.mark.parametrize("name", ["gcj02", "bd09"])
def test_round_trip_on_the_very_edge_of_the_box(name):
    west, east, south, north = BOX
    along = np.linspace(0, 1, 501)
    lon, lat = west + along * (east - west), south + along * (north - south)
    edge_lon = np.concatenate([lon, lon, np.full(501, west), np.full(501, east)])
    edge_lat = np.concatenate([np.full(501, south), np.full(501, north), lat, lat])
    shifted = datum.from_store(edge_lon, edge_lat, name)
    assert np.hypot(shifted[0] - edge_lon, shifted[1] - edge_lat).min() > 0.0005
    assert distance_m(datum.to_store(*shifted, name), (edge_lon, edge_lat)) < 2e-6


@pytest.mark.parametrize("name", ["gcj02", "bd09"])
def test_nothing_is_shifted_outside_the_box(name):
    lon = np.array([0.0, -73.98, 71.5, 138.2, 100.0, 100.0, 180.0, -180.0, 0.0])
    lat = np.array([0.0, 40.75, 30.0, 30.0, 0.3, 56.3, 90.0, -90.0, 90.0])
    for convert in (datum.from_store, datum.to_store):
        np.testing.assert_array_equal(convert(lon, lat, name), (lon, lat))


@pytest.mark.parametrize("name", list(datum.DATUMS))
def test_nan_stays_and_harms_no_neighbour(name):
    lon, lat = np.array([116.4, np.nan, 116.4, np.inf]), np.array([39.9, 39.9, np.nan, 39.9])
    for convert in (datum.from_store, datum.to_store):
        out_lon, out_lat = convert(lon, lat, name)
        assert np.isfinite([out_lon[0], out_lat[0]]).all()
        np.testing.assert_array_equal((out_lon[1:], out_lat[1:]), (lon[1:], lat[1:]))


@pytest.mark.parametrize("name", list(datum.DATUMS))
def test_no_points_are_no_points(name):
    lon, lat = datum.to_store([], [], name)
    assert lon.shape == lat.shape == (0,)
    assert lon.dtype == np.float64


def test_the_input_is_not_changed():
    lon, lat = np.array([116.4]), np.array([39.9])
    datum.to_store(lon, lat, "gcj02")
    datum.from_store(lon, lat, "bd09")
    assert (lon[0], lat[0]) == (116.4, 39.9)


@given(lon=st.floats(-180, 180), lat=st.floats(-90, 90))
def test_every_point_of_the_earth_stays_near(lon, lat):
    for name in ("gcj02", "bd09"):
        shifted = np.ravel(datum.from_store([lon], [lat], name))
        assert np.hypot(*(shifted - (lon, lat))) < 0.1


def test_geometries_are_converted_vertex_by_vertex():
    wgs, gcj = zip(*PUBLISHED, strict=True)
    shapes = np.array([shapely.Polygon(gcj), None, shapely.Point(gcj[0]), shapely.Point()])
    polygon, nothing, point, empty = datum.transform_geometry(shapes, "gcj02")
    np.testing.assert_allclose(polygon.exterior.coords[:3], wgs, rtol=0, atol=1e-9)
    assert nothing is None
    assert point.distance(shapely.Point(wgs[0])) < 1e-9
    assert empty.is_empty
    assert datum.transform_geometry(shapes[0], "wgs84").equals(shapes[0])


@pytest.mark.parametrize(
    ("lon", "lat", "code"),
    [
        (116.4, 39.9, 4548),
        (114.3, 30.6, 4547),
        (75.2, 39.5, 4534),
        (73.6, 39.5, 4534),
        (135.0, 48.4, 4554),
        (112.3, 16.8, 4546),
        (-73.9, 40.7, 32618),
        (-51.2, -30.0, 32722),
        (179.9999, 10.0, 32660),
        (180.0, 10.0, 32660),
        (-180.0, 10.0, 32601),
    ],
)
def test_metric_crs_is_chosen_by_place(lon, lat, code):
    assert datum.metric_crs([lon], [lat]) == CRS.from_epsg(code)


def test_metric_crs_is_not_moved_by_a_few_wrong_points():
    lon, lat = np.full(100, 116.4), np.full(100, 39.9)
    lon[:3], lat[:3] = 0, 0
    lon[3] = np.nan
    assert datum.metric_crs(lon, lat).to_epsg() == 4548


@pytest.mark.parametrize("coordinates", [([], []), ([np.nan], [40.0]), ([500_000], [4_400_000])])
def test_metric_crs_refuses_what_is_not_degrees(coordinates):
    with pytest.raises(DatumError):
        datum.metric_crs(*coordinates)


def test_metres_are_easting_first_and_true_to_length():
    metric = datum.Metric.around([116.3, 116.5], [39.8, 40.0])
    x, y = metric.project([117.0, 117.0], [40.0, 40.001])
    assert x == pytest.approx([500_000, 500_000])
    assert y[1] - y[0] == pytest.approx(111.04, abs=0.01)
    lon, lat = metric.unproject(x, y)
    np.testing.assert_allclose(lon, 117.0, rtol=0, atol=1e-10)
    np.testing.assert_allclose(lat, [40.0, 40.001], rtol=0, atol=1e-10)


def test_what_has_no_place_in_metres_is_nan():
    metric = datum.Metric.around([116.4], [39.9])
    x, y = metric.project([116.4, np.nan, np.inf, 116.4], [39.9, 39.9, 39.9, 95.0])
    assert np.isfinite([x[0], y[0]]).all()
    assert np.isnan(x[1:]).all()
    assert np.isnan(y[1:]).all()


def test_a_geometry_goes_to_metres_and_back():
    metric = datum.Metric.around([116.4], [39.9])
    square = shapely.box(116.4, 39.9, 116.41, 39.91)
    metres = metric.project_geometry(np.array([square, None]))
    assert metres[0].area == pytest.approx(855.2 * 1110.4, rel=1e-3)
    assert metres[1] is None
    assert shapely.equals_exact(metric.unproject_geometry(metres)[0], square, 1e-9)


def test_threads_and_processes_may_share_one_metric():
    metric = datum.Metric.around([116.4], [39.9])
    lon, lat = random_points(1_000, (116.0, 117.0, 39.0, 40.0))
    expected = metric.project(lon, lat)
    with ThreadPoolExecutor(4) as pool:
        for answer in pool.map(lambda _: metric.project(lon, lat), range(16)):
            np.testing.assert_array_equal(answer, expected)
    sent = pickle.loads(pickle.dumps(metric))
    assert sent == metric
    np.testing.assert_array_equal(sent.project(lon, lat), expected)
