"""What is kept over changes: the cases that a random test meets too rarely."""

from datetime import UTC, datetime, timedelta

import mapbox_vector_tile
import pytest
from sqlalchemy import select, update
from support.living import SIDE_DEG, SOUTH, WEST, add_units, square
from support.many_tickets import add_ticket

from gridmap.model import Absence, Person, Ticket, Unit
from gridmap.sight import EVERYTHING, Sight
from layers.catalogue import catalogue
from layers.tiles import engine, keeping
from layers.tiles.engine import Tiles
from layers.tiles.mercator import tile_at

MINE = Sight(frozenset({("general", "c0-0")}))


@pytest.fixture
def ground(store):
    with store.write() as session:
        return add_units(session)


@pytest.fixture
def made(monkeypatch):
    """How many tiles were made of rows or points."""
    found = []
    for name in ("made_of_rows", "made_of_points"):
        make = getattr(engine, name)
        monkeypatch.setattr(
            engine, name, lambda *given, make=make: found.append(given[-1]) or make(*given)
        )
    return found


def ask(tiles, key, column, line, *, sight=EVERYTHING, now=None, z=15, **texts):
    layer = catalogue()[key]
    tile = tile_at(WEST + column * SIDE_DEG, SOUTH + line * SIDE_DEG, z)
    asked = layer.ask(texts, now=now or datetime.now(UTC), sight=sight)
    return tiles.tile([(layer, asked)], tile.z, tile.x, tile.y)


def features(answer, part):
    found = mapbox_vector_tile.decode(answer.body).get(part, {"features": []})
    return [one["properties"] for one in found["features"]]


def change(store, code, **values):
    with store.write() as session:
        session.execute(update(Unit).where(Unit.code == code).values(**values))


def test_a_ticket_changed_while_its_unit_was_elsewhere_is_not_told_as_it_was(store, ground):
    with store.write() as session:
        unit = session.scalars(select(Unit.id).where(Unit.code == "g0")).one()
        place = (WEST + 0.5 * SIDE_DEG, SOUTH + 0.5 * SIDE_DEG)
        add_ticket(session, "T", datetime.now(UTC), at=place, unit_id=unit)
    tiles = Tiles(store)

    def told():
        return features(ask(tiles, "tickets", 0.5, 0.5, sight=MINE, z=16), "tickets")

    assert [one["number"] for one in told()] == ["T"]
    change(store, "g0", parent_code="c3-0")
    assert told() == []
    with store.write() as session:
        session.execute(update(Ticket).values(status="closed"))
    assert told() == []
    change(store, "g0", parent_code="c0-0")
    assert told() == []


def test_a_ticket_that_comes_out_of_sight_spoils_nothing(store, ground, made):
    tiles = Tiles(store)
    ask(tiles, "tickets", 4.5, 0.5, sight=MINE)
    with store.write() as session:
        unit = session.scalars(select(Unit.id).where(Unit.code == "g4")).one()
        place = (WEST + 4.5 * SIDE_DEG, SOUTH + 0.5 * SIDE_DEG)
        add_ticket(session, "T", datetime.now(UTC), at=place, unit_id=unit)
    ask(tiles, "tickets", 4.5, 0.5, sight=MINE)
    assert len(made) == 1


def test_a_unit_that_comes_back_far_away_names_those_below_it(store, ground, made):
    change(store, "g0", parent_code="gone", name="一网格")
    tiles = Tiles(store)

    def label():
        answer = ask(tiles, "units", 0.5, 0.5, level="grid", z=16)
        return {one["label"] for one in features(answer, "units") if one["code"] == "g0"}

    assert label() == {"一网格"}
    with store.write() as session:
        unit = ground.add(session, "community", "gone", None, square(8, 5, 0.5))
        session.execute(update(Unit).where(Unit.id == unit).values(name="一"))
    assert label() == {"网格"}
    change(store, "c6-3", name="another name")
    label()
    assert len(made) == 2


def test_an_absence_ends_no_tile_of_units(store, ground, made):
    tiles, now = Tiles(store), datetime.now(UTC)
    ask(tiles, "units", 0.5, 0.5, level="grid")
    with store.write() as session:
        session.add(Person(id=1, code="p", name="somebody"))
        session.flush()
        session.add(Absence(person_id=1, valid_from=now + timedelta(hours=1)))
    later = now + timedelta(hours=2)
    for place in (0.5, 8.5, 8.5):
        ask(tiles, "units", place, 0.5, level="grid", now=later)
    assert len(made) == 2


def test_of_many_questions_those_with_most_tiles_are_asked_about(store, ground, made, monkeypatch):
    """The others lose what lies in the box of the change, and nothing else."""
    monkeypatch.setattr(keeping, "_MOST_ASKED", 2)
    tiles = Tiles(store)

    def look():
        del made[:]
        for number in range(4):
            for z in (15, 16) if number < 2 else (15,):
                ask(tiles, "units", 0.5, 0.5, scheme=f"scheme {number}", level="grid", z=z)
            ask(tiles, "units", 8.5, 5.5, scheme=f"scheme {number}", level="grid")
        return len(made)

    assert look() == 10
    assert look() == 0
    change(store, "g0", name="another name")
    assert look() == 2
    assert look() == 0
