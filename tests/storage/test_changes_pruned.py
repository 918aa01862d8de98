"""How far the log of changes goes back, and what is told where it does not."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from support.changing import (
    Reader,
    execute,
    shed,
    write,
)

from gridmap.model import (
    LoggedChange,
    Person,
)
from gridmap.storage import open_store


@pytest.fixture
def postgis(postgis_store_url):
    store = open_store(postgis_store_url)
    yield store
    store.close()


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
