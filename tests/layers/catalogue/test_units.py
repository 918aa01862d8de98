"""Units on the map: the level that fits the zoom, their names, their open tickets."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from support.many_tickets import add_ticket
from support.tiles_asked import NOW, asked, decoded
from support.town import at

from gridmap.model import Unit
from gridmap.sight import EVERYTHING, Sight
from layers.catalogue import catalogue
from layers.divisions import Division, wide_enough_from
from layers.layer import LAST_ZOOM
from layers.tickets_asked import RECENT_TIME
from layers.tickets_held import HeldTickets
from layers.tiles.mercator import tile_at
from layers.unit_rows import zooms

LAYER = catalogue()["units"]
SPOT = at(1.9, 0.5)


def settled(store, **texts):
    with store.read() as session:
        return LAYER.settle(session, asked(LAYER, **texts))


def tile_of(store, z, spot=SPOT, **texts):
    tile = tile_at(*spot, z)
    return decoded(store, LAYER, tile.z, tile.x, tile.y, asked(LAYER, **texts))


def codes(parts, name):
    return sorted(one["code"] for one in parts.get(name, []))


def values(store, sight=EVERYTHING, **texts):
    with store.read() as session:
        question = LAYER.settle(session, asked(LAYER, sight, **texts))
        held = HeldTickets.load(session, NOW - RECENT_TIME)
        return LAYER.values.read(session, held, question)


def test_the_finest_level_that_is_wide_enough_is_drawn(town):
    """District and street are 0.06 degrees wide, communities 0.02, grids 0.01."""
    assert zooms(settled(town)) == [
        ("district", 0, 8),
        ("street", 9, 10),
        ("community", 11, 11),
        ("grid", 12, LAST_ZOOM),
    ]
    for zoom, level in ((8, "district"), (9, "street"), (11, "community"), (13, "grid")):
        assert {one["level"] for one in tile_of(town, zoom)["units"]} == {level}
    assert {one["level"] for one in tile_of(town, 13)["above"]} == {"community"}


def test_a_level_is_drawn_at_every_zoom_when_it_is_asked_for(town):
    for zoom in (5, 9, 16):
        parts = tile_of(town, zoom, level="community")
        assert "111" in codes(parts, "units")
        assert {one["level"] for one in parts["above"]} == {"street"}
    assert "above" not in tile_of(town, 9, level="district")
    assert tile_of(town, 9, scheme="police") == {}
    assert codes(tile_of(town, 13, at(2.4, 0.4), scheme="exclusive"), "units") == ["1129"]


def test_zooms_are_told_by_the_width_of_units():
    assert wide_enough_from(360 * 36 / 512) == 0
    assert wide_enough_from(360 * 36 / 512 / 2**10) == 10
    assert wide_enough_from(360 * 36 / 512 / 2**10 * 0.99) == 11
    assert wide_enough_from(0) == 0
    division = Division({"district": 0.4, "community": 0.02, "grid": 0.03, "building": 0.0001})
    levels = dict(division.from_zooms())
    assert levels["district"] == 0
    assert levels["grid"] == levels["community"]  # never before what is wider
    assert "building" not in levels


def test_a_name_leaves_out_the_one_above(town):
    with town.write() as session:
        session.execute(update(Unit).where(Unit.code == "1111").values(name="柳林社区第一网格"))
        session.execute(update(Unit).where(Unit.code == "1112").values(name="柳林社区"))
    named = {one["code"]: one["label"] for one in tile_of(town, 13, level="grid")["units"]}
    assert named["1111"] == "第一网格"
    assert named["1112"] == "柳林社区"  # else nothing would be left
    labels = tile_of(town, 16, at(0.5, 1), level="grid")["units_label"]
    assert [one["label"] for one in labels] == ["第一网格"]


def test_only_what_is_valid_is_drawn_and_the_next_change_is_known(town):
    with town.write() as session:
        old = session.query(Unit).filter_by(code="1112").one()
        old.valid_to = NOW + timedelta(days=1)
        session.add(
            Unit(
                scheme="general",
                level="grid",
                code="1113",
                name="新网格",
                parent_code="111",
                valid_from=NOW + timedelta(days=1),
                geometry=old.geometry,
            )
        )
    assert {"1112", "1113"} & set(codes(tile_of(town, 14, level="grid"), "units")) == {"1112"}
    with town.read() as session:
        question = asked(LAYER)
        assert LAYER.source.moment(session, question) == NOW + timedelta(days=1)
        later = asked(LAYER, now=NOW + timedelta(days=1), level="grid")
        assert LAYER.source.moment(session, later) is None
    tile = tile_at(*SPOT, 14)
    found = codes(decoded(town, LAYER, tile.z, tile.x, tile.y, later), "units")
    assert {"1112", "1113"} & set(found) == {"1113"}


def test_the_level_of_a_zoom_is_part_of_the_key(town):
    before = settled(town).texts
    with town.write() as session:
        grids = update(Unit).where(Unit.level == "grid", Unit.scheme == "general")
        session.execute(grids.values(geometry=None))
    assert before["levels"].split()[-1] == "grid:12"
    assert settled(town).texts == {**before, "levels": "district:0 street:9 community:11"}


def test_open_tickets_are_ranked_within_their_level(town):
    with town.write() as session:
        grid = session.query(Unit).filter_by(code="1121").one().id
        for number in range(20):
            add_ticket(session, f"V-{number}", NOW, at=at(2.5, 1), unit_id=grid)
    state = values(town, level="grid")
    assert state.fields == ("open", "rank")
    assert state.rows["1121"][0] == 21
    assert state.rows["1121"][1] > state.rows["1111"][1]
    assert state.rows["1111"] == [2, 1]
    assert "1122" not in state.rows
    assert state.legend[0].name == ("0", "0")
    auto = values(town)
    assert auto.rows["1111"][0] == 2
    zooms_told = {(entry.from_zoom, entry.to_zoom) for entry in auto.legend}
    assert len(zooms_told) >= 2


@pytest.mark.parametrize(
    ("tops", "expected"),
    [((), {}), (("112",), {"112": 1, "1121": 1}), (("1111", "1112"), {"1111": 2, "1112": 1})],
)
def test_counts_follow_the_sight(town, tops, expected):
    sight = Sight(frozenset(("general", code) for code in tops))
    found = {}
    for level in ("community", "grid"):
        rows = values(town, sight, level=level).rows
        found |= {code: row[0] for code, row in rows.items()}
    above = {"111": 3} if "1111" in tops else {}
    assert found == expected | above
