"""Transactions that overlap: every change is told to everybody, once."""

import threading
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session
from support.changing import (
    Reader,
    execute,
    shed,
)

from gridmap.storage import create_store


@pytest.fixture(scope="module")
def module_store(module_postgis_url):
    store = create_store(module_postgis_url)
    yield store
    store.close()


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
