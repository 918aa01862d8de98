"""Which tiles a change concerns, against a plain look at every tile and every change."""

from collections import defaultdict

import shapely
from hypothesis import given
from hypothesis import strategies as st
from support.tiles_held import entry, group

from gridmap.storage.changes import Change
from layers.tiles.concern import by_box, by_rows, concerns_maybe, tables
from layers.tiles.mercator import Tile

IDS = st.integers(1, 9)
ENTRIES = st.dictionaries(
    st.builds(Tile, st.just(2), st.integers(0, 3), st.integers(0, 3)),
    st.tuples(st.frozensets(IDS, max_size=3), st.frozensets(IDS, max_size=2)),
    max_size=8,
).map(lambda found: [entry(tile, *rows) for tile, rows in found.items()])
#: In the middle of tiles, so that rounding decides nothing.
BOXES = st.builds(
    lambda x, y, wide: (90 * x + 40 - 180, 15 * y, 90 * (x + wide) + 50 - 180, 15 * y + 2),
    st.integers(0, 3), st.integers(-5, 5), st.integers(0, 1),
)  # fmt: skip
CHANGES = st.lists(
    st.builds(
        lambda first, more, box: Change("units", first, first + more, None, box),
        IDS, st.sampled_from([0, 0, 2]), st.none() | BOXES,
    ),
    max_size=4,
)  # fmt: skip


def is_near(held, one, change):
    return shapely.box(*one.tile.box(held.reach)).intersects(shapely.box(*change.bounds))


@given(entries=ENTRIES, changes=CHANGES, depending=CHANGES)
def test_rows_that_are_held_are_sure_and_others_nearby_are_suspects(entries, changes, depending):
    held = group("units", entries)
    sure, suspects = set(), defaultdict(set)
    for one in entries:
        for place, change in enumerate([*changes, *depending]):
            has_changed = place < len(changes)
            if has_changed and one.depends_on(change):
                sure.add(one.tile)
            if change.bounds is None and not has_changed:
                continue
            if change.bounds is not None and not is_near(held, one, change):
                continue
            if change.first_id != change.last_id or one.holds(change):
                sure.add(one.tile)
            else:
                suspects[one.tile].add(change.first_id)
    found, unsure = by_rows(held, changes, depending)
    assert {one.tile for one in found} == sure
    told = {one.entry.tile: one.ids["units"] for one in unsure}
    assert told == {tile: ids for tile, ids in suspects.items() if tile not in sure}


@given(entries=ENTRIES, changes=CHANGES)
def test_points_go_by_the_box(entries, changes):
    held = group("tickets", entries)
    found = {one.tile for one in by_box(held, changes)}
    with_box = [change for change in changes if change.bounds is not None]
    near = {one.tile for one in entries if any(is_near(held, one, what) for what in with_box)}
    assert found == near


@given(entries=ENTRIES, changes=CHANGES)
def test_what_may_concern_a_tile_that_is_new_is_all_that_would_one_that_is_held(entries, changes):
    held = group("units", entries)
    sure, suspects = by_rows(held, changes)
    for one in [*sure, *(suspect.entry for suspect in suspects)]:
        assert concerns_maybe(held, one, changes)
    others = [Change("streets", one.first_id, one.last_id, None, one.bounds) for one in changes]
    assert not any(concerns_maybe(held, one, others) for one in entries)


def test_tables_of_layers_of_several_parts():
    assert tables(group("units").layer) == {"units"}
    assert tables(group("names").layer) == {"units", "places"}
    assert tables(group("tickets").layer) == {"tickets"}
