"""Tiles of the Mercator grid."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from gridmap.errors import InputError
from layers.tiles.mercator import MAX_LATITUDE_DEG, Tile, tile_at, world_box

HALF_WORLD_M = 20037508.342789244
ZOOMS = st.integers(0, 22)
LON, LAT = st.floats(-180, 180), st.floats(-85, 85)


@given(lon=LON, lat=LAT, z=ZOOMS)
def test_places_are_those_of_web_mercator(lon, lat, z):
    x_m, y_m = Transformer.from_crs(4326, 3857, always_xy=True).transform(lon, lat)
    x, y = Tile(z, 0, 0).place(np.array([[lon, lat]]))[0]
    assert x == pytest.approx((x_m / HALF_WORLD_M + 1) / 2 * 2**z, abs=1e-8 * 2**z)
    assert y == pytest.approx((1 - y_m / HALF_WORLD_M) / 2 * 2**z, abs=1e-8 * 2**z)


@given(lon=LON, lat=LAT, z=ZOOMS)
def test_a_tile_holds_what_it_is_found_for(lon, lat, z):
    tile = tile_at(lon, lat, z)
    west, south, east, north = tile.box(1e-6)
    assert west <= lon <= east
    assert south <= lat <= north


@given(lon=LON, lat=LAT, z=ZOOMS)
def test_a_box_of_the_world_agrees_with_places(lon, lat, z):
    x, y = Tile(0, 0, 0).place(np.array([[lon, lat]]))[0]
    assert world_box((lon, lat, lon, lat)) == pytest.approx((x, y, x, y), abs=1e-12)


def test_the_world_is_one_tile():
    assert Tile(0, 0, 0).box() == pytest.approx((-180, -MAX_LATITUDE_DEG, 180, MAX_LATITUDE_DEG))
    assert Tile(0, 0, 0).box(0.5)[1] < -MAX_LATITUDE_DEG


def test_a_tile_has_the_bounds_of_its_four_children():
    tile = Tile(5, 25, 12)
    children = [Tile(6, 50 + x, 24 + y).box() for x in (0, 1) for y in (0, 1)]
    low, high = np.min(children, axis=0), np.max(children, axis=0)
    assert tile.box() == pytest.approx((*low[:2], *high[2:]))


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ((-1, 0, 0), "There is no zoom -1: tiles have zooms from 0 to 22."),
        ((23, 0, 0), "There is no zoom 23"),
        ((3, 8, 0), "There is no tile 3/8/0: at zoom 3 x and y go from 0 to 7."),
        ((3, 0, -1), "There is no tile 3/0/-1"),
        ((0, 0, 10**30), "x and y go from 0 to 0"),
    ],
)
def test_a_tile_that_is_not_there_is_said_to_be(place, says):
    with pytest.raises(InputError, match=says.replace(".", r"\.")):
        Tile(*place)
