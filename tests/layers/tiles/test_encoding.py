"""Tiles as other programs read them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import shape
from support.shapes import areas, lines

from layers.tiles.encoding import drawn_paths, drawn_points, encoded
from layers.tiles.paths import paths_of

WHOLE = st.integers(-100, 4200)
ATTRIBUTES = (
    st.none()
    | st.text(max_size=200)
    | st.booleans()
    | st.integers(-(2**62), 2**62)
    | st.floats(allow_nan=False, allow_infinity=False)
)


def decode(body):
    return mapbox_vector_tile.decode(body, default_options={"y_coord_down": True})


def parted(shapes):
    return shapely.get_parts(np.array(shapes, dtype=object), return_index=True)


def read_back(shapes, *, closed):
    parts, owner = parted(shapes)
    paths = paths_of(parts, owner, closed=closed).without_repeats().proper()
    body = encoded("a", 4096, [drawn_paths(paths)], np.arange(len(shapes)) + 7, {})
    features = decode(body)["a"]["features"] if body else []
    return {one["id"] - 7: shape(one["geometry"]) for one in features}


@given(st.lists(areas(WHOLE), min_size=1, max_size=5))
def test_areas_are_read_back_as_they_were(shapes):
    found = read_back(shapes, closed=True)
    for place, area in enumerate(shapes):
        if area.is_valid and not area.is_empty:
            assert shapely.equals(found[place], area) or not rounded(area)


def rounded(area):
    """Whether a shape has whole numbers for coordinates."""
    coordinates = shapely.get_coordinates(area)
    return bool((coordinates == np.rint(coordinates)).all())


@given(st.lists(lines(WHOLE), min_size=1, max_size=5))
def test_lines_are_read_back_as_they_were(shapes):
    found = read_back(shapes, closed=False)
    assert all(shapely.equals(found[place], line) for place, line in enumerate(shapes))


@given(st.lists(st.tuples(WHOLE, WHOLE), min_size=1, max_size=20), st.data())
def test_points_are_read_back_with_those_of_their_row(places, data):
    owner = np.sort(
        data.draw(st.lists(st.integers(0, 5), min_size=len(places), max_size=len(places)))
    )
    body = encoded("p", 4096, [drawn_points(np.array(places).T, owner)], np.arange(6), {})
    features = decode(body)["p"]["features"]
    assert [one["id"] for one in features] == sorted(set(owner.tolist()))
    for one in features:
        expected = [places[at] for at in np.flatnonzero(owner == one["id"])]
        found = shapely.get_coordinates(shape(one["geometry"])).tolist()
        assert found == [list(place) for place in expected]


def test_outsides_and_holes_run_as_the_specification_says():
    area = shapely.box(0, 0, 100, 100) - shapely.box(10, 10, 20, 20)
    for given_as in (area, shapely.reverse(area)):
        parts, owner = parted([given_as])
        paths = paths_of(parts, owner, closed=True).proper()
        outside, hole = paths.doubled_areas().tolist()
        assert outside == 2 * 100 * 100
        assert hole == -2 * 10 * 10


def test_what_has_collapsed_is_left_out_with_its_holes():
    thin = shapely.Polygon([(0, 0), (50, 0.2), (100, 0)], [])
    holed = shapely.Polygon([(0, 0), (90, 0.3), (90, 0)], [[(1, 0.1), (2, 0.1), (2, 0.2)]])
    kept = shapely.box(0, 0, 9, 9)
    assert list(read_back([thin, holed, kept], closed=True)) == [2]
    assert read_back([shapely.LineString([(0, 0), (0.2, 0.3)])], closed=False) == {}


@given(
    st.lists(
        st.fixed_dictionaries({"code": ATTRIBUTES, "名称": ATTRIBUTES}), min_size=1, max_size=9
    )
)
def test_attributes_are_read_back(rows):
    columns = {key: [row[key] for row in rows] for key in ("code", "名称")}
    points = drawn_points(np.zeros((2, len(rows)), dtype=np.int64), np.arange(len(rows)))
    features = decode(encoded("p", 4096, [points], np.arange(len(rows)), columns))["p"]["features"]
    told = [{key: value for key, value in row.items() if value is not None} for row in rows]
    assert [one["properties"] for one in features] == told
    for row, one in zip(told, features, strict=True):
        assert {key: type(value) for key, value in row.items()} == {
            key: type(one["properties"][key]) for key in row
        }


def test_other_attributes_are_told_as_text_or_number():
    columns = {
        "at": [datetime(2026, 1, 2, 3, tzinfo=UTC)], "day": [date(2026, 1, 2)],
        "share": [Decimal("0.5")], "nothing": [float("nan")],
    }  # fmt: skip
    body = encoded(
        "p", 4096, [drawn_points(np.zeros((2, 1), int), np.zeros(1, int))], np.array([3]), columns
    )
    (feature,) = decode(body)["p"]["features"]
    assert feature["properties"] == {
        "at": "2026-01-02T03:00:00+00:00", "day": "2026-01-02", "share": 0.5,
    }  # fmt: skip


def test_layers_one_after_the_other_are_a_tile():
    point = drawn_points(np.array([[5], [6]]), np.array([0]))
    parts = [encoded(name, 512, [point], np.array([1]), {}) for name in ("one", "two")]
    assert {name: layer["extent"] for name, layer in decode(b"".join(parts)).items()} == {
        "one": 512, "two": 512,
    }  # fmt: skip


@pytest.mark.parametrize("drawn", [[], [drawn_points(np.zeros((2, 0), int), np.zeros(0, int))]])
def test_a_layer_without_features_takes_no_byte(drawn):
    assert encoded("p", 4096, drawn, np.array([], dtype=np.int64), {}) == b""
