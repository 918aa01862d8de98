"""Held tiles: those that meet a box, and that the ones asked for last stay within the limit."""

import shapely
from hypothesis import given
from hypothesis import strategies as st
from support.tiles_held import NOW, entry, group

from gridmap.storage.changes import Change
from layers.tiles.cache import Cache
from layers.tiles.mercator import Tile

TILES = st.integers(0, 3).flatmap(
    lambda z: st.builds(Tile, st.just(z), st.integers(0, 2**z - 1), st.integers(0, 2**z - 1))
)
LON = st.lists(st.floats(-179, 179), min_size=2, max_size=2).map(sorted)
LAT = st.lists(st.floats(-84, 84), min_size=2, max_size=2).map(sorted)
KEYS = [("units", (("level", level),), "") for level in ("grid", "community")]


@given(
    tiles=st.sets(TILES, max_size=12), lon=LON, lat=LAT, key=st.sampled_from(["units", "tickets"])
)
def test_the_tiles_that_meet_a_box_are_those_whose_frame_does(tiles, lon, lat, key):
    held = group(key, map(entry, tiles))
    box = (lon[0], lat[0], lon[1], lat[1])
    frames = {tile: shapely.box(*tile.box(held.reach)) for tile in tiles}
    met = {one.tile for one in held.meeting(box)}
    near = shapely.box(*box)
    assert met >= {tile for tile, frame in frames.items() if near.intersects(frame)}
    # A tile whose frame only touches the box, but for rounding, may be told or not.
    assert met <= {tile for tile, frame in frames.items() if near.distance(frame) < 1e-9}


@given(ids=st.sets(st.integers(1, 30)), also=st.sets(st.integers(1, 30)),
       ends=st.lists(st.integers(1, 30), min_size=2, max_size=2).map(sorted))  # fmt: skip
def test_a_tile_knows_whether_it_holds_rows_of_a_range(ids, also, ends):
    one = entry(Tile(0, 0, 0), ids, also)
    rows = set(range(ends[0], ends[1] + 1))
    change = Change("units", ends[0], ends[1], None, None)
    assert one.holds(change) == bool(rows & ids)
    assert one.depends_on(change) == bool(rows & also)
    assert not one.holds(Change("places", ends[0], ends[1], None, None))


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["put", "put", "put", "get", "drop", "group"]),
        st.sampled_from(KEYS), TILES, st.integers(0, 2_000),
    ),
    max_size=40,
)  # fmt: skip


@given(steps=STEPS)
def test_what_was_asked_for_last_stays(steps):
    limit = 6_000
    cache, model = Cache(limit), {}  # by key and tile, the one asked for longest ago first
    for step, key, tile, size in steps:
        name = (key, tile)
        if step == "put":
            one = entry(tile, size_bytes=size)
            cache.put(key, cache.groups.get(key) or group("units"), one)
            model.pop(name, None)
            model[name] = one
            while sum(held.size_bytes for held in model.values()) > limit:
                del model[next(iter(model))]
        elif step == "get":
            found = cache.get(key, tile)
            assert found is model.get(name)
            if found is not None:
                model[name] = model.pop(name)
        elif step == "drop":
            cache.drop(key, model.pop(name, None) or entry(tile))
        else:
            cache.drop_group(key)
            model = {other: held for other, held in model.items() if other[0] != key}
        assert len(cache) == len(model)
        assert cache.size_bytes == sum(held.size_bytes for held in model.values())
        assert set(cache.groups) == {held for held, _ in model}
        told = {(k, one.tile) for k, found in cache.groups.items() for one in found.entries()}
        assert told == set(model)
    cache.clear()
    assert not len(cache)
    assert not cache.size_bytes


def test_another_tile_of_the_place_is_not_dropped_for_one_that_went():
    cache, tile = Cache(10_000), Tile(1, 0, 0)
    first, second = entry(tile), entry(tile)
    cache.put(KEYS[0], group("units"), first)
    cache.put(KEYS[0], group("units"), second)
    cache.drop(KEYS[0], first)
    assert cache.get(KEYS[0], tile) is second


def test_a_group_ends_at_its_moment():
    held = group("units")
    assert not held.ends_before(NOW)
    held.until = NOW
    assert held.ends_before(NOW)
