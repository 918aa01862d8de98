"""Reading and writing: who sees what when, who waits, and what a full disk leaves."""

import threading
import time
from contextlib import ExitStack, nullcontext

import pytest
from sqlalchemy import event, func, select
from support.people import count_people, insert_people

from gridmap.errors import StoreError
from gridmap.model import Person, Revision
from gridmap.storage import bulk, open_store
from gridmap.storage.geopackage import dialect


def test_a_change_that_fails_leaves_nothing(store):
    def fail(session):
        session.add(Person(code="one", name="n"))
        insert_people(session, 10)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), store.write() as session:
        fail(session)
    assert count_people(store) == 0
    assert store.organisation_version() == 0


def test_what_breaks_a_rule_of_the_table_is_one_sentence(store):
    with store.write() as session:
        insert_people(session, 2)
    with pytest.raises(StoreError) as caught, store.write() as session:
        session.add(Person(code="P1", name="secret name"))
    assert "\n" not in str(caught.value)
    assert "secret name" not in str(caught.value)
    assert str(caught.value).startswith(f"Store {store.url}: the database refused: ")


def test_a_reader_sees_one_state_while_others_write(store):
    with store.read() as reader:
        query = select(func.count()).select_from(Person)
        assert reader.scalar(query) == 0
        with store.write() as writer:
            insert_people(writer, 1000)
            assert reader.scalar(query) == 0
            assert count_people(store) == 0
        assert reader.scalar(query) == 0
        assert reader.scalar(select(Revision.value)) == 0
    assert count_people(store) == 1000


def test_reading_commits_nothing(store):
    refusal = pytest.raises(StoreError, match="read-only transaction")
    with refusal if store.backend == "postgis" else nullcontext(), store.read() as session:
        insert_people(session, 1)
    assert count_people(store) == 0


def test_a_second_writer_waits_for_the_first(geopackage_store_url):
    store, order = open_store(geopackage_store_url), []

    def write_second():
        with store.write() as session:
            order.append("second begins")
            session.add(Person(code="second", name="n"))

    thread = threading.Thread(target=write_second)
    with store.write() as session:
        thread.start()
        time.sleep(0.3)
        session.add(Person(code="first", name="n"))
        order.append("first ends")
    thread.join()
    assert order == ["first ends", "second begins"]
    assert count_people(store) == 2
    store.close()


def test_a_writer_that_waits_too_long_is_told(geopackage_store_url, monkeypatch):
    monkeypatch.setattr(dialect, "BUSY_TIMEOUT_MS", 100)
    one, other = open_store(geopackage_store_url), open_store(geopackage_store_url)
    with one.write() as session:
        session.add(Person(code="P1", name="n"))
        waiting = pytest.raises(StoreError, match="another program is writing to it and did not")
        with waiting, other.write():
            pytest.fail("two writers at once")
        assert count_people(other) == 0
    assert count_people(other) == 1
    one.close()
    other.close()


def test_threads_share_a_store(store):
    failures = []

    def work(name):
        try:
            for number in range(10):
                with store.write() as session:
                    session.add(Person(code=f"{name}-{number}", name="n"))
                count_people(store)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert count_people(store) == 80
    assert store.organisation_version() == 80


def test_too_many_at_once_is_one_sentence(geopackage_store_url, monkeypatch):
    store = open_store(geopackage_store_url)
    monkeypatch.setattr(store.engine.pool, "_timeout", 0.1)
    with ExitStack() as sessions:
        for _ in range(15):
            sessions.enter_context(store.read()).scalar(select(1))
        with pytest.raises(StoreError, match="too many are using it at once: try again later"):
            count_people(store)
    assert count_people(store) == 0
    store.close()


def insert_in_bulk(session):
    codes = [f"new {number}" for number in range(20_000)]
    bulk.insert(session, Person, {"code": codes, "name": codes})


def insert_by_rows(session):
    session.add_all(Person(code=f"new {number}", name="n" * 900) for number in range(100))


@pytest.mark.parametrize("insert", [insert_in_bulk, insert_by_rows])
def test_a_full_disk_is_told_and_leaves_nothing(geopackage_store_url, insert):
    store = open_store(geopackage_store_url)
    with store.write() as session:
        insert_people(session, 3)

    def fill(connection, *_):
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")

    event.listen(store.engine, "checkout", fill)
    full = pytest.raises(StoreError, match="the disk is full: free some space and run")
    with full, store.write() as session:
        insert(session)
    store.close()
    store = open_store(geopackage_store_url)
    assert count_people(store) == 3
    assert store.organisation_version() == 3
    with store.write() as session:
        insert(session)
    store.close()
