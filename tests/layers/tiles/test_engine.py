"""Tiles are kept exactly as long as they are right."""

from datetime import UTC, datetime, timedelta
from threading import Thread
from types import SimpleNamespace

import mapbox_vector_tile
import pytest
from sqlalchemy import event, func, select, update
from support.many_tickets import add_ticket
from support.partition import SIDE_DEG, SOUTH, START, WEST, add_partition

from gridmap.errors import InputError
from gridmap.model import Person, Ticket, Unit
from gridmap.sight import EVERYTHING, Sight
from gridmap.storage.changes import Change
from layers.catalogue import catalogue
from layers.tiles import cache, engine, making, mercator
from layers.tiles.concern import in_sight
from layers.tiles.engine import Tiles
from layers.tiles.history import History
from layers.tiles.mercator import tile_at

LATER = timedelta(hours=1)
COUNT = 6


@pytest.fixture
def store(store):
    add_partition(store, COUNT, COUNT)
    return store


@pytest.fixture
def made(monkeypatch):
    """Tiles that were made of rows, in their order."""
    found = []

    def noted(session, layer, asked, tile):
        found.append(tile)
        return making.made_of_rows(session, layer, asked, tile)

    monkeypatch.setattr(engine, "made_of_rows", noted)
    return found


def asked(layer, now=None, **texts):
    return layer, layer.ask(texts, now=now or datetime.now(UTC), sight=EVERYTHING)


def grids(now=None):
    return asked(catalogue()["units"], now, level="grid")


def place(column, line, z=15):
    tile = tile_at(WEST + (column + 0.5) * SIDE_DEG, SOUTH + (line + 0.5) * SIDE_DEG, z)
    return tile.z, tile.x, tile.y


def tile_of(place):
    return mercator.Tile(*place)


def names(answer):
    layer = mapbox_vector_tile.decode(answer.body).get("units", {"features": []})
    return {one["properties"]["name"] for one in layer["features"]}


def rename(store, code, name):
    with store.write() as session:
        session.execute(update(Unit).where(Unit.code == code).values(name=name))


def code_of(store, number):
    with store.read() as session:
        return session.scalars(
            select(Unit.code).where(Unit.level == "grid").order_by(Unit.id)
        ).all()[number]


def test_a_tile_is_made_once_and_again_when_a_unit_in_it_changes(store, made):
    tiles = Tiles(store)
    near, far = place(0, 0), place(5, 5)
    first = tiles.tile([grids()], *near)
    tiles.tile([grids()], *far)
    assert tiles.tile([grids()], *near) == first
    assert len(made) == 2
    rename(store, code_of(store, 0), "another name")
    assert "another name" in names(tiles.tile([grids()], *near))
    tiles.tile([grids()], *far)
    assert len(made) == 3


def test_a_tile_that_is_kept_asks_the_store_only_what_is_new(store):
    tiles = Tiles(store)
    said = []
    event.listen(store.engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    for _ in range(2):
        said.clear()
        tiles.tile([asked(catalogue()["units"])], *place(0, 0))
    assert said == []
    rename(store, code_of(store, 0), "another name")
    said.clear()
    tiles.tile([asked(catalogue()["units"])], *place(5, 5))
    assert any("revisions" in statement for statement in said)


def test_a_glance_takes_no_later_snapshot_for_what_is_held(store, monkeypatch):
    tiles, by_zoom, somewhere = Tiles(store), asked(catalogue()["units"]), place(0, 0)
    before = names(tiles.tile([by_zoom], *somewhere))
    assert tiles._at_hand([by_zoom], tile_of(somewhere)) is not None
    glance = store.cursor

    def changed_after_it():
        cursor = glance()
        rename(store, code_of(store, 0), "新名")
        return cursor

    with monkeypatch.context() as patch:
        patch.setattr(store, "cursor", changed_after_it)
        assert names(tiles.tile([by_zoom], *somewhere)) == before, "that was right when asked"
    assert tiles._at_hand([by_zoom], tile_of(somewhere)) is None
    assert "新名" in names(tiles.tile([by_zoom], *somewhere))


def test_what_no_tile_shows_throws_none_away(store, made):
    tiles = Tiles(store)
    tiles.tile([grids()], *place(0, 0))
    with store.write() as session:
        session.add(Person(code="p", name="somebody"))
    tiles.tile([grids()], *place(0, 0))
    assert len(made) == 1


def test_a_tile_ends_with_a_unit_that_ends(store, made):
    tiles = Tiles(store)
    now = datetime.now(UTC)
    code, ends = code_of(store, 0), now + LATER
    tiles.tile([grids(now)], *place(0, 0))
    with store.write() as session:
        session.execute(update(Unit).where(Unit.code == code).values(valid_to=ends))
        session.add(
            Unit(scheme="general", level="grid", code=code, name="its next version",
                 parent_code=None, valid_from=ends, geometry=_geometry(session, code)),
        )  # fmt: skip
    before = names(tiles.tile([grids(now + LATER / 2)], *place(0, 0)))
    after = names(tiles.tile([grids(now + LATER)], *place(0, 0)))
    assert "its next version" in after - before
    assert len(before) == len(after)
    assert tiles.tile([grids(now + 2 * LATER)], *place(0, 0)).body
    assert len(made) == 3


def _geometry(session, code):
    return session.scalars(select(Unit.geometry).where(Unit.code == code)).first()


def test_many_who_ask_at_once_wait_for_one(store, made):
    tiles = Tiles(store)
    question, answers = grids(), []
    threads = [
        Thread(target=lambda: answers.append(tiles.tile([question], *place(2, 2, 13))))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert len(set(answers)) == 1


def test_what_was_made_before_a_change_is_not_kept_after_it(store, made, monkeypatch):
    tiles = Tiles(store)
    code = code_of(store, 0)
    make = engine.made_of_rows

    def slow(session, layer, asked, tile):
        found = make(session, layer, asked, tile)
        if len(made) == 1:
            rename(store, code, "renamed meanwhile")
            tiles.tile([grids()], *place(5, 5))  # somebody else sees the change first
        return found

    monkeypatch.setattr(engine, "made_of_rows", slow)
    tiles.tile([grids()], *place(0, 0))
    assert "renamed meanwhile" in names(tiles.tile([grids()], *place(0, 0)))


def test_memory_is_bounded(store):
    tiles = Tiles(store, limit_bytes=20_000)
    for column in range(COUNT):
        for line in range(COUNT):
            tiles.tile([grids()], *place(column, line, 16))
    assert 0 < tiles._keeper._cache.size_bytes <= 20_000
    assert len(tiles._keeper._cache) < COUNT * COUNT


def test_questions_are_bounded(store, monkeypatch):
    monkeypatch.setattr(cache, "_MOST_GROUPS", 3)
    tiles = Tiles(store)
    for number in range(10):
        tiles.tile([asked(catalogue()["units"], scheme=f"scheme {number}")], *place(0, 0))
    assert len(tiles._keeper._cache.groups) == 3


def test_several_layers_are_one_tile_with_a_tag_of_its_own(store):
    tiles = Tiles(store)
    wanted = [grids(), asked(catalogue()["duties"])]
    both = tiles.tile(wanted, *place(1, 1))
    alone = [tiles.tile([one], *place(1, 1)) for one in wanted]
    assert both.body == b"".join(one.body for one in alone)
    assert both.etag not in {one.etag for one in alone}


def test_a_tile_with_too_much_leaves_the_smallest_out(store, monkeypatch):
    whole = Tiles(store).tile([grids()], *place(2, 2, 11))
    assert len(names(whole)) == COUNT * COUNT
    monkeypatch.setattr(making, "MOST_SHAPES", 10)
    assert len(names(Tiles(store).tile([grids()], *place(2, 2, 11)))) == 10
    monkeypatch.setattr(making, "MOST_SHAPES", 1_000)
    monkeypatch.setattr(making, "MOST_BYTES", len(whole.body) // 4)
    cut = Tiles(store).tile([grids()], *place(2, 2, 11))
    assert 0 < len(names(cut)) < COUNT * COUNT
    assert len(cut.body) <= len(whole.body) // 2


def test_a_tile_that_is_not_there_is_said_to_be(store):
    with pytest.raises(InputError, match="There is no tile 3/9/0"):
        Tiles(store).tile([grids()], 3, 9, 0)


def test_zooms_beyond_the_layer_are_empty(store):
    assert Tiles(store).tile([grids()], *place(0, 0, 20)).body == b""


def test_values_are_kept_until_something_in_their_tables_changes(store, monkeypatch):
    tiles = Tiles(store)
    layer, question = grids()
    counted = []
    told = tiles._told
    monkeypatch.setattr(tiles, "_told", lambda *rest: counted.append(1) or told(*rest))
    first = tiles.values(layer, question)
    assert tiles.values(layer, question) == first
    assert len(counted) == 1
    rename(store, code_of(store, 0), "another name")
    tiles.values(*grids())
    assert len(counted) == 2


def test_a_ticket_out_of_sight_concerns_nobody_there(store):
    with store.read() as session:
        first, second = session.execute(
            select(Unit.id, Unit.code).where(Unit.level == "grid").limit(2)
        ).all()
        sight = Sight(frozenset({("general", first.code)}))
        changes = [
            Change("tickets", number, number, unit, (0.0, 0.0, 1.0, 1.0))
            for number, unit in ((1, first.id), (2, second.id), (3, None))
        ]
        changes.append(Change("tickets", 4, 5, None, (0.0, 0.0, 1.0, 1.0)))
        seen = in_sight(session, changes, sight, datetime.now(UTC))
        assert [change.first_id for change in seen] == [1, 4]
        assert in_sight(session, changes, EVERYTHING, START) == changes


def test_a_history_forgets_what_is_long_ago(monkeypatch):
    monkeypatch.setattr("layers.tiles.history.MOST_CHANGES", 3)
    history = History()
    changes = [SimpleNamespace(number=number) for number in range(5)]
    for one in changes:
        history.add([one])
    assert history.generation == 5
    assert history.since(5) == []
    assert history.since(3) == changes[3:]
    assert history.since(1) is None
    history.restart()
    assert history.since(5) is None
    assert history.since(6) == []


def test_tickets_are_never_of_a_later_state_than_whoever_may_see_them(store):
    tiles, moment = Tiles(store), datetime.now(UTC)

    def add(number):
        with store.write() as session:
            add_ticket(session, number, moment, at=(WEST, SOUTH))

    add("1")
    with tiles._snapshot(moment, with_tickets=False) as early:
        add("2")
        with tiles.tickets() as (session, held):
            assert len(held) == session.scalar(select(func.count()).select_from(Ticket)) == 2
        assert tiles._held(early.session, early.generation) is None
    with tiles.tickets() as (_, held):
        assert len(held) == 2
