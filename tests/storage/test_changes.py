"""The log of changes on both stores: what is told, to whom it is new, whose cursor is none."""

import pytest
import shapely
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from support.changing import (
    POINT,
    SINCE,
    Reader,
    alike,
    area,
    decision,
    execute,
    shape,
    ticket,
    unit,
    write,
)

from gridmap.model import (
    Absence,
    Alias,
    Bay,
    Circle,
    Decision,
    Duty,
    Person,
    Place,
    Seat,
    Shed,
    Street,
    Unit,
)
from gridmap.storage import create_store
from gridmap.storage.changes import Change


@pytest.fixture
def reader(store):
    return Reader(store)


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
