"""The log of changes on both stores: what is told, to whom it is new, that nothing is missed."""

import re
import sqlite3
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from itertools import count

import numpy as np
import pytest
import shapely
from geoalchemy2.shape import from_shape
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session
from support.processes import python

from gridmap.model import (
    SRID,
    Absence,
    Alias,
    Bay,
    Circle,
    Decision,
    Duty,
    LoggedChange,
    Person,
    Place,
    Seat,
    Shed,
    Street,
    Ticket,
    Unit,
)
from gridmap.storage import bulk, changes, create_store, open_store
from gridmap.storage.changes import Change

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
#: The R*Tree rounds outwards to 24 bits.
ROUNDING_DEGREES = 2e-5


class Reader:
    """Somebody who reads on from the last cursor."""

    def __init__(self, store):
        self.store = store
        with store.read() as session:
            self.cursor = store.news(session, None).cursor

    def news(self):
        with self.store.read() as session:
            found = self.store.news(session, self.cursor)
        self.cursor = found.cursor
        return found

    def changes(self):
        found = self.news()
        assert found.complete
        return found.changes


@pytest.fixture
def reader(store):
    return Reader(store)


def shape(geometry):
    return from_shape(geometry, srid=SRID)


def area(x, kind=shapely.MultiPolygon):
    box = shapely.box(x, 0, x + 1, 1)
    return shape(box if kind is shapely.Polygon else kind([box]))


def unit(**given):
    words = {
        "scheme": "s", "level": "grid", "code": "1", "name": "n", "valid_from": SINCE,
        "geometry": area(0),
    }  # fmt: skip
    return Unit(**words | given)


def ticket(**given):
    words = {
        "source": "s", "number": "1", "reported_at": SINCE, "status": "open", "digest": 0,
        "locating_method": "none", "confidence": 0.0,
        "geometry": shape(shapely.Point(114.31, 30.57)),
    }  # fmt: skip
    return Ticket(**words | given)


def decision(**given):
    words = {
        "ticket_id": 1, "decided_at": SINCE, "as_of": SINCE, "rule": "territory", "unit_id": 1,
        "emergency": False, "flagged": False, "alternatives": "", "reason_zh": "", "reason_en": "",
    }  # fmt: skip
    return Decision(**words | given)


def write(store, *rows):
    with store.write() as session:
        for row in rows:
            session.add(row)
            session.flush()


def execute(store, *statements):
    with store.write() as session:
        for statement in statements:
            session.execute(text(statement))


def alike(found, expected):
    """Whether changes are as expected, as far as the boxes of the R*Tree can tell."""
    key = [(one.table, one.first_id, one.last_id, one.unit_id) for one in found]
    assert key == [(one.table, one.first_id, one.last_id, one.unit_id) for one in expected]
    for one, other in zip(found, expected, strict=True):
        assert (one.bounds is None) == (other.bounds is None)
        if one.bounds is not None:
            assert one.bounds == pytest.approx(other.bounds, rel=0, abs=ROUNDING_DEGREES)
            assert shapely.box(*one.bounds).covers(shapely.box(*other.bounds))
    return True


#: Tables logged under their own ids: a row, another value, its box.
ROWS = {
    "units": (unit, "name = 'other'", (0, 0, 1, 1)),
    "places": (
        lambda **given: Place(kind="k", source="s", geometry=shape(shapely.Point(2, 3)), **given),
        "name = 'other'",
        (2, 3, 2, 3),
    ),
    "streets": (
        lambda **given: Street(
            street_class="c",
            source="s",
            geometry=shape(shapely.LineString([(0, 1), (2, 0)])),
            **given,
        ),
        "name = 'other'",
        (0, 0, 2, 1),
    ),
    "circles": (
        lambda **given: Circle(
            walker="w", minutes=15, network_version=1, computed_at=SINCE, geometry=area(3), **given
        ),
        "minutes = 16",
        (3, 0, 4, 1),
    ),
    "bays": (
        lambda **given: Bay(status="existing", geometry=area(4, shapely.Polygon), **given),
        "status = 'removed'",
        (4, 0, 5, 1),
    ),
    "sheds": (
        lambda **given: Shed(status="existing", geometry=None, **given),
        "name = 'other'",
        None,
    ),
    "people": (lambda **given: Person(code="P", name="n", **given), "name = 'other'", None),
}


@pytest.mark.parametrize("table", ROWS)
def test_each_change_of_a_row_is_told_with_its_box(store, reader, table):
    make, change, bounds = ROWS[table]
    expected = [Change(table, 5, 5, None, bounds)]
    write(store, make(id=5))
    assert reader.changes() == expected
    execute(store, f"UPDATE {table} SET {change}")
    assert reader.changes() == expected
    execute(store, f"DELETE FROM {table} WHERE id = 5")
    assert alike(reader.changes(), expected)
    assert reader.changes() == []


def test_what_hangs_on_others_is_told_too(store, reader):
    write(store, unit(id=1), Person(id=1, code="P", name="n"))
    reader.news()
    write(store, Seat(id=3, unit_id=1, geometry=shape(shapely.Point(1, 2))))
    write(store, Duty(id=4, person_id=1, role="r", scheme="s", unit_code="1", valid_from=SINCE))
    write(store, Absence(id=6, person_id=1, valid_from=SINCE))
    assert reader.changes() == [
        Change("seats", 3, 3, None, (1, 2, 1, 2)),
        Change("duties", 4, 4, None, None),
        Change("absences", 6, 6, None, None),
    ]


def test_what_no_map_shows_is_not_logged(store, reader):
    words = {"kind": "nickname", "source": "s", "created_at": SINCE, "created_by": "b"}
    write(store, Alias(name="n", entry="place/1", **words))
    assert reader.changes() == []


def test_a_move_tells_both_boxes(store, reader):
    write(store, unit(id=5), unit(id=6, code="2", geometry=None))
    reader.news()
    with store.write() as session:
        session.get_one(Unit, 5).geometry = area(7)
    assert sorted(reader.changes(), key=lambda change: change.bounds) == [
        Change("units", 5, 5, None, (0, 0, 1, 1)),
        Change("units", 5, 5, None, (7, 0, 8, 1)),
    ]
    with store.write() as session:
        session.get_one(Unit, 5).geometry = None
        session.get_one(Unit, 6).geometry = area(2)
    found = {(change.first_id, change.bounds) for change in reader.changes()}
    assert found == {(5, (7, 0, 8, 1)), (5, None), (6, None), (6, (2, 0, 3, 1))}
    execute(store, "UPDATE units SET id = 9 WHERE id = 6")
    assert {change.first_id for change in reader.changes()} == {6, 9}


# --- tickets ------------------------------------------------------------------------------------

POINT = (114.31, 30.57, 114.31, 30.57)


def test_a_ticket_is_told_with_the_unit_of_its_current_decision(store, reader):
    write(store, unit(id=1), unit(id=2, code="2"))
    reader.news()
    write(store, ticket(id=1))
    assert reader.changes() == [Change("tickets", 1, 1, None, POINT)]
    write(store, decision())
    assert alike(reader.changes(), [Change("tickets", 1, 1, 1, POINT)])
    execute(store, "UPDATE tickets SET status = 'closed'")
    assert reader.changes() == [Change("tickets", 1, 1, 1, POINT)]
    execute(store, "UPDATE decisions SET flagged = true")
    assert alike(reader.changes(), [Change("tickets", 1, 1, 1, POINT)])


def test_a_new_decision_tells_the_unit_before_and_the_unit_after(store, reader):
    write(store, unit(id=1), unit(id=2, code="2"))
    write(store, ticket(id=1))
    write(store, decision())
    reader.news()
    with store.write() as session:
        session.execute(update(Decision).values(is_current=False))
        session.add(decision(unit_id=2))
    assert alike(
        reader.changes(), [Change("tickets", 1, 1, 1, POINT), Change("tickets", 1, 1, 2, POINT)]
    )
    execute(store, "UPDATE tickets SET status = 'closed'")
    assert reader.changes() == [Change("tickets", 1, 1, 2, POINT)]
    execute(store, "UPDATE decisions SET unit_id = 1 WHERE unit_id = 2")
    assert {change.unit_id for change in reader.changes()} == {1, 2}
    execute(store, "DELETE FROM decisions WHERE is_current")
    assert alike(reader.changes(), [Change("tickets", 1, 1, 1, POINT)])


def test_a_decision_that_was_is_not_told(store, reader):
    """Whoever had the ticket once hears no more of it."""
    write(store, unit(id=1), unit(id=2, code="2"))
    write(store, ticket(id=1))
    write(store, decision(is_current=False), decision(unit_id=2))
    assert {change.unit_id for change in reader.changes() if change.table == "tickets"} <= {None, 2}
    execute(store, "UPDATE decisions SET flagged = true WHERE unit_id = 1")
    execute(store, "DELETE FROM decisions WHERE unit_id = 1")
    assert reader.changes() == []


def test_a_deleted_ticket_is_told_with_unit_and_box(store, reader):
    write(store, unit(id=1))
    write(store, ticket(id=1), ticket(id=2, number="2"))
    write(store, decision(ticket_id=2))
    reader.news()
    execute(store, "DELETE FROM tickets WHERE id = 2")
    assert alike(reader.changes()[:1], [Change("tickets", 2, 2, 1, POINT)])


def test_a_ticket_without_place_and_unit(store, reader):
    write(store, ticket(id=1, geometry=None))
    write(store, decision(unit_id=None, queue="unlocated"))
    assert reader.changes() == [Change("tickets", 1, 1, None, None)] * 2


# --- many rows ----------------------------------------------------------------------------------


def lines(count):
    return {
        "street_class": ["c"] * count, "source": ["s"] * count, "origin": ["o"] * count,
        "geometry": np.array(
            [shapely.LineString([(x / 1000, 0), (x / 1000, 1)]) for x in range(count - 1)] + [None]
        ),
    }  # fmt: skip


def tickets(count):
    return {
        "source": ["s"] * count, "number": [str(number) for number in range(count)],
        "reported_at": np.full(count, np.datetime64("2026-01-01", "us")),
        "status": ["open"] * count,
        "locating_method": ["none"] * count, "confidence": np.ones(count),
        "digest": np.zeros(count, dtype=np.int64),
        "geometry": (np.r_[np.nan, np.linspace(1, 2, count - 1)], np.linspace(3, 4, count)),
    }  # fmt: skip


def decisions(ids):
    count = len(ids)
    moments = np.full(count, np.datetime64("2026-01-01", "us"))
    return {
        "ticket_id": ids, "decided_at": moments, "as_of": moments, "rule": ["r"] * count,
        "queue": ["q"] * count, "emergency": np.zeros(count, dtype=bool),
        "flagged": np.zeros(count, dtype=bool), "alternatives": [""] * count,
        "reason_zh": [""] * count, "reason_en": [""] * count,
        "is_current": np.ones(count, dtype=bool),
    }  # fmt: skip


def test_a_bulk_write_is_one_change(store, reader):
    with store.write() as session:
        first = bulk.insert(session, Street, lines(changes.SINGLY + 1))
        ids = bulk.insert(session, Ticket, tickets(changes.SINGLY + 1))
        bulk.insert(session, Decision, decisions(ids))
        people = [str(number) for number in range(changes.SINGLY + 1)]
        bulk.insert(session, Person, {"code": people, "name": people})
    y = 3 + 1 / changes.SINGLY
    assert reader.changes() == [
        Change("streets", first[0], first[-1], None, (0, 0, (changes.SINGLY - 1) / 1000, 1)),
        Change("tickets", ids[0], ids[-1], None, (1, y, 2, 4)),
        Change("tickets", ids[0], ids[-1], None, changes.ANYWHERE),
        Change("people", 1, changes.SINGLY + 1, None, None),
    ]
    execute(store, "UPDATE streets SET name = 'x' WHERE id = 7", "DELETE FROM streets WHERE id = 7")
    assert {(change.table, change.first_id) for change in reader.changes()} == {("streets", 7)}


def test_a_small_bulk_write_tells_each_row(store, reader):
    with store.write() as session:
        bulk.insert(session, Unit, {
            "id": [1, 2], "scheme": ["s"] * 2, "level": ["grid"] * 2, "code": ["1", "2"],
            "name": ["n"] * 2, "origin": ["o"] * 2, "geometry": [None, None],
            "valid_from": np.full(2, np.datetime64("2026-01-01", "us")),
        })  # fmt: skip
        ids = bulk.insert(session, Ticket, tickets(3))
        bulk.insert(session, Decision, decisions(ids) | {"unit_id": [None, 1, 2]})
    found = [(change.first_id, change.unit_id) for change in reader.changes()]
    assert found[:2] == [(1, None), (2, None)]
    assert found[2:5] == [(1, None), (2, None), (3, None)]
    assert sorted(found[5:], key=str) == [(1, None), (2, 1), (3, 2)]


def test_a_bulk_write_that_fails_is_not_told(store, reader):
    with store.write() as session:
        with pytest.raises(Exception, match=r"(?i)unique"):
            bulk.insert(session, Person, {"code": ["1"] * 2000, "name": ["n"] * 2000})
        session.add(Person(id=1, code="1", name="n"))
    assert reader.changes() == [Change("people", 1, 1, None, None)]
    execute(store, "UPDATE people SET name = 'x'")
    assert reader.changes() == [Change("people", 1, 1, None, None)]


def test_more_than_anybody_looks_at_one_by_one_is_anything(store, reader, monkeypatch):
    write(store, *(Person(code=str(number), name="n") for number in range(20)))
    assert len(reader.changes()) == 20
    values = [
        {"table_name": "t", "row_id": row, "last_row_id": row, "at": SINCE, "xid": 1}
        for row in range(changes.MOST + 1)
    ]
    with store.write() as session:
        if store.backend == "postgis":
            current = session.scalar(text("SELECT pg_current_xact_id()::text::bigint"))
            values = [value | {"xid": current} for value in values]
        session.execute(LoggedChange.__table__.insert(), values)
    found = reader.news()
    assert (found.changes, found.complete) == ([], False)
    assert reader.changes() == []


# --- cursors ------------------------------------------------------------------------------------


def test_a_first_look_may_find_anything_changed(store):
    write(store, unit())
    with store.read() as session:
        found = store.news(session, None)
        assert (found.changes, found.complete) == ([], False)
        again = store.news(session, found.cursor)
    assert (again.changes, again.complete, again.cursor) == ([], True, found.cursor)


#: What is no place in any log, or one that no log of these tests reaches.
PLACES = [
    "", "x", "-1", "1e3", "9" * 19, "9" * 17, "٣", "1:1", "2:1:", "1:1:1:1", "0:0:", "5:9:8,7",
    "5:9:9", "5:9:4", "5:9:,", "5:9: 6", "1:9999999999:", "1 ", "1\n", "1:1:\n", "' OR 1=1",
]  # fmt: skip


def test_a_cursor_that_is_none_is_no_error(store, reader):
    identity = reader.cursor.partition("-")[0]
    write(store, unit())
    for place in PLACES:
        for cursor in (place, f"{identity}-{place}", f"{place}-1"):
            with store.read() as session:
                found = store.news(session, cursor)
                assert (found.changes, found.complete) == ([], False), cursor
                assert store.news(session, found.cursor).complete


def test_a_cursor_of_another_store_is_told(store):
    reader = Reader(store)
    execute(store, "UPDATE change_log SET identity = 'another'")
    found = reader.news()
    assert (found.changes, found.complete) == ([], False)
    assert reader.changes() == []


def test_stores_have_identities_of_their_own(tmp_path):
    stores = [create_store(str(tmp_path / name)) for name in ("a.gpkg", "b.gpkg")]
    cursors = {Reader(store).cursor for store in stores}
    assert len(cursors) == 2
    for store in stores:
        store.close()


def test_news_and_session_are_one_snapshot(store, reader):
    write(store, Person(id=1, code="1", name="before"))
    with store.read() as session:
        found = store.news(session, reader.cursor)
        write(store, Person(id=2, code="2", name="n"))
        execute(store, "UPDATE people SET name = 'after'")
        assert session.scalars(select(Person.name)).all() == ["before"]
        assert store.news(session, found.cursor).changes == []
        assert len(store.news(session, reader.cursor).changes) == 1
    reader.cursor = found.cursor
    assert {change.first_id for change in reader.changes()} == {1, 2}


def test_what_is_taken_back_is_never_told(store, reader):
    with Session(store.engine) as session:
        session.add(unit())
        session.flush()
        session.rollback()
    assert reader.changes() == []


# --- pruning ------------------------------------------------------------------------------------


def logged(store):
    with store.read() as session:
        return session.scalar(select(func.count()).select_from(LoggedChange))


def test_a_day_is_kept(store):
    early, late = Reader(store), Reader(store)
    write(store, *(Person(id=row, code=str(row), name="n") for row in range(1, 4)))
    late.news()
    day = timedelta(days=1)
    with store.write() as session:
        old = datetime.now(UTC) - day - timedelta(minutes=1)
        session.execute(update(LoggedChange).values(at=old))
    write(store, Person(id=4, code="4", name="n"))
    store.prune_changes()
    assert logged(store) == 1
    assert [change.first_id for change in late.changes()] == [4]
    found = early.news()
    assert (found.changes, found.complete) == ([], False)
    write(store, Person(id=5, code="5", name="n"))
    assert [change.first_id for change in early.changes()] == [5]
    assert [change.first_id for change in late.changes()] == [5]
    store.prune_changes()
    assert logged(store) == 2


def test_cursors_go_on_after_all_was_pruned(store):
    reader = Reader(store)
    for row in range(1, 4):
        write(store, Person(id=row, code=str(row), name="n"))
        reader.news()
        store.prune_changes(timedelta(days=-1))
        store.prune_changes(timedelta(days=-1))
        assert logged(store) <= 1
        assert reader.changes() == []
        write(store, Person(id=-row, code=str(-row), name="n"))
        assert [change.first_id for change in reader.changes()] == [-row]


# --- other programs -----------------------------------------------------------------------------


@pytest.fixture
def embedded(geopackage_store_url):
    store = open_store(geopackage_store_url)
    yield store
    store.close()


def test_a_program_without_our_functions_may_do_what_it_could(embedded):
    write(embedded, unit(id=1), ticket(id=1), ticket(id=2, number="2"))
    write(embedded, decision(), decision(ticket_id=2))
    reader = Reader(embedded)
    with sqlite3.connect(embedded.file) as plain:
        plain.execute("UPDATE decisions SET is_current = 0 WHERE ticket_id = 1")
        plain.execute("INSERT INTO people (id, code, name) VALUES (3, 'P', 'n')")
        plain.execute("DELETE FROM tickets WHERE id = 2")
    plain.close()
    assert alike(
        reader.changes(),
        [
            Change("tickets", 1, 1, 1, POINT),
            Change("people", 3, 3, None, None),
            Change("tickets", 2, 2, 1, POINT),
        ],
    )


def test_rows_that_are_replaced_are_told(embedded):
    write(embedded, unit(id=1), Person(id=1, code="P", name="n"))
    reader = Reader(embedded)
    execute(
        embedded,
        "INSERT OR REPLACE INTO units (id, scheme, level, code, name, valid_from, origin)"
        " SELECT 2, scheme, level, code, 'new', valid_from, origin FROM units",
        "INSERT OR REPLACE INTO people (id, code, name) VALUES (1, 'Q', 'n')",
        "INSERT INTO people (id, code, name) VALUES (3, 'Q', 'n')"
        " ON CONFLICT (code) DO UPDATE SET name = 'new'",
    )
    found = [(change.table, change.first_id, change.bounds) for change in reader.changes()]
    assert found[0][:2] == ("units", 1)
    assert found[0][2] == pytest.approx((0, 0, 1, 1), abs=ROUNDING_DEGREES)
    assert found[1] == ("units", 2, None)
    assert {change[:2] for change in found[2:]} == {("people", 1)}


EDIT_BY_GDAL = """
import sys
import geopandas, pyogrio, shapely
square = shapely.MultiPolygon([shapely.box(20, 0, 21, 1)])
row = {"scheme": ["s"], "level": ["grid"], "code": ["9"], "name": ["n"], "origin": ["o"],
       "valid_from": ["2026-01-01T00:00:00.000Z"]}
pyogrio.write_dataframe(
    geopandas.GeoDataFrame(row, geometry=[square], crs="EPSG:4490"), sys.argv[1], layer="units",
    append=True,
)
"""


def test_what_gdal_writes_is_told(embedded):
    write(embedded, unit(id=1), ticket(id=1), decision())
    reader = Reader(embedded)
    with python(EDIT_BY_GDAL, str(embedded.file)) as appending:
        assert appending.wait(60) == 0, appending.stdout.read()
    assert reader.changes() == [Change("units", 2, 2, None, (20, 0, 21, 1))]
    statements = (
        "UPDATE units SET name = 'by hand' WHERE id = 2",
        "UPDATE tickets SET status = 'closed'",
        "DELETE FROM units WHERE id = 2",
    )
    for statement in statements:
        command = ["ogrinfo", "-q", str(embedded.file), "-sql", statement]
        subprocess.run(command, check=True, capture_output=True)
    assert alike(
        reader.changes(),
        [
            Change("units", 2, 2, None, (20, 0, 21, 1)),
            Change("tickets", 1, 1, 1, POINT),
            Change("units", 2, 2, None, (20, 0, 21, 1)),
        ],
    )


@pytest.fixture(scope="module")
def module_store(module_postgis_url):
    store = create_store(module_postgis_url)
    yield store
    store.close()


@pytest.fixture
def postgis(postgis_store_url):
    store = open_store(postgis_store_url)
    yield store
    store.close()


def test_a_statement_that_touches_many_rows_is_one_change(postgis):
    last = changes.SINGLY + 1
    with postgis.write() as session:
        bulk.insert(session, Street, lines(last))
    reader = Reader(postgis)
    box = (0, 0, (last - 2) / 1000, 1)
    execute(postgis, "UPDATE streets SET name = 'x'")
    assert reader.changes() == [Change("streets", 1, last, None, box)]
    execute(postgis, "UPDATE streets SET name = 'y' WHERE id <= 1000")
    assert len(reader.changes()) == 1000
    execute(postgis, "DELETE FROM streets")
    assert reader.changes() == [Change("streets", 1, last, None, box)]


def test_tables_that_are_emptied_are_told(postgis):
    write(postgis, unit(id=1), unit(id=4, code="2", geometry=area(8)))
    write(postgis, ticket(id=7))
    write(postgis, decision(ticket_id=7), Bay(status="existing"))
    reader = Reader(postgis)
    execute(postgis, "TRUNCATE units CASCADE", "TRUNCATE sheds")
    found = reader.changes()
    assert Change("units", 1, 4, None, (0, 0, 9, 1)) in found
    assert Change("tickets", 7, 7, None, changes.ANYWHERE) in found
    assert len(found) == 2
    execute(postgis, "TRUNCATE tickets CASCADE")
    assert reader.changes() == [Change("tickets", 7, 7, None, POINT)]


# --- transactions that overlap ------------------------------------------------------------------


def shed(row):
    """A row of a table whose writers do not wait for each other."""
    return Shed(id=row, status="proposed")


class Overlapping:
    """Transactions on PostGIS that go on at once, each on a connection of its own."""

    def __init__(self, store):
        self.store = store
        self.sessions = {}
        self.rows = count(1)
        self.expected = []

    def begin_or_write(self, name):
        if name not in self.sessions:
            self.sessions[name] = (Session(self.store.engine), [])
        session, written = self.sessions[name]
        row = next(self.rows)
        session.add(shed(row))
        session.flush()
        written.append(row)

    def end(self, name, *, commit):
        if name in self.sessions:
            session, written = self.sessions.pop(name)
            if commit:
                session.commit()
                self.expected += written
            session.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for session, _written in self.sessions.values():
            session.close()


STEPS = st.lists(
    st.tuples(st.sampled_from(["write", "write", "commit", "roll back", "read", "new"]),
              st.integers(0, 2)),
    min_size=4, max_size=25,
)  # fmt: skip


@settings(max_examples=40)
@given(steps=STEPS)
def test_every_change_is_told_once_whatever_overlaps(module_store, steps):
    execute(module_store, "TRUNCATE sheds")
    readers = [(Reader(module_store), [], 0)]
    with Overlapping(module_store) as going:
        for step, number in steps:
            if step == "write":
                going.begin_or_write(number)
            elif step == "read":
                reader, told, _ = readers[number % len(readers)]
                told += [change.first_id for change in reader.changes()]
            elif step == "new":
                readers.append((Reader(module_store), [], len(going.expected)))
            else:
                going.end(number, commit=step == "commit")
        for number in range(3):
            going.end(number, commit=True)
        for reader, told, since in readers:
            told += [change.first_id for change in reader.changes()]
            assert sorted(told) == sorted(going.expected[since:])


def test_every_change_is_told_once_while_threads_write(store):
    """Three threads commit as they can; two readers go on from their cursors meanwhile."""
    rows, per_thread = count(1), 40
    readers = [(Reader(store), []) for _ in range(2)]
    ended = threading.Event()

    def edit():
        for _ in range(per_thread):
            with store.write() as session:
                session.add(shed(next(rows)))

    def read(reader, told):
        while not ended.is_set():
            told += [change.first_id for change in reader.changes()]

    reading = [threading.Thread(target=read, args=reader) for reader in readers]
    writing = [threading.Thread(target=edit) for _ in range(3)]
    for thread in (*reading, *writing):
        thread.start()
    for thread in writing:
        thread.join()
    ended.set()
    for thread in reading:
        thread.join()
    for reader, told in readers:
        told += [change.first_id for change in reader.changes()]
        assert sorted(told) == list(range(1, 3 * per_thread + 1))


def test_a_transaction_that_runs_for_long_is_not_pruned_away(postgis):
    late = Reader(postgis)
    with Session(postgis.engine) as session:
        session.add(shed(1))
        session.flush()
        write(postgis, shed(2))
        reader = Reader(postgis)
        postgis.prune_changes(timedelta(days=-1))
        session.commit()
    assert [change.first_id for change in reader.changes()] == [1]
    assert [change.first_id for change in late.changes()] == [1, 2]


def test_a_restored_database_begins_anew(postgis):
    """Its log may speak of transactions that are still to come."""
    write(postgis, shed(1))
    before = Reader(postgis)
    before.cursor = re.sub(r"-.*", f"-{10**9}:{10**9}:", before.cursor)
    execute(
        postgis,
        f"UPDATE changes SET xid = xid + {10**9}",
        f"UPDATE change_log SET pruned = {10**9}",
    )
    reader = Reader(postgis)
    write(postgis, shed(2))
    assert [change.first_id for change in reader.changes()] == [2]
    assert not before.news().complete
    write(postgis, shed(3))
    assert [change.first_id for change in before.changes()] == [3]
