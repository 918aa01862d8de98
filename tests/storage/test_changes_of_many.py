"""Changes of many rows at once: one range, or each row for itself."""

import numpy as np
import pytest
from sqlalchemy import text
from support.changing import (
    POINT,
    SINCE,
    Reader,
    area,
    decision,
    decisions,
    execute,
    lines,
    ticket,
    tickets,
    unit,
    write,
)

from gridmap.model import (
    Bay,
    Decision,
    LoggedChange,
    Person,
    Street,
    Ticket,
    Unit,
)
from gridmap.storage import bulk, changes, open_store
from gridmap.storage.changes import Change


@pytest.fixture
def reader(store):
    return Reader(store)


@pytest.fixture
def postgis(postgis_store_url):
    store = open_store(postgis_store_url)
    yield store
    store.close()


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
