"""Waiting for a change: told soon, by whoever made it, and again after the server was away."""

import os
import resource
import subprocess
import threading
import time
from contextlib import closing

import psycopg
import pytest
from sqlalchemy import text
from support.postgres import Cluster, binaries_with_postgis
from support.processes import python

from gridmap.errors import StoreError
from gridmap.model import Person
from gridmap.storage import open_store
from gridmap.storage.watching import Watcher

#: At the latest, plus what a loaded machine takes.
SOON_S = 0.25 + 1.0
WRITE = """
import sys
from gridmap.model import Person
from gridmap.storage import open_store
store = open_store(sys.argv[1])
input()
with store.write() as session:
    session.add(Person(code="another process", name="n"))
print("written", flush=True)
input()
"""


@pytest.fixture
def watcher(store):
    with closing(Watcher(store)) as watcher:
        yield watcher


def add(store, code):
    with store.write() as session:
        session.add(Person(code=code, name="n"))


def test_nothing_is_told_while_nothing_changes(store, watcher):
    with store.read() as session:
        session.scalar(text("SELECT count(*) FROM people"))
    start = time.monotonic()
    assert not watcher.wait(0.3)
    assert 0.3 <= time.monotonic() - start < 1.3


def test_a_change_before_the_wait_is_told_once(store, watcher):
    add(store, "1")
    assert watcher.wait(SOON_S)
    assert not watcher.wait(0.3)


def test_a_change_during_the_wait_ends_it(store, watcher):
    late = threading.Timer(0.2, add, (store, "1"))
    late.start()
    start = time.monotonic()
    assert watcher.wait(20)
    assert time.monotonic() - start < 0.2 + SOON_S
    late.join()


def test_what_is_told_is_there(store, watcher):
    """A wait never ends before the change can be read."""
    with store.read() as session:
        cursor = store.news(session, None).cursor
    for number in range(20):
        add(store, str(number))
        assert watcher.wait(SOON_S)
        with store.read() as session:
            news = store.news(session, cursor)
        assert len(news.changes) == 1
        cursor = news.cursor


def test_another_process_is_heard(store, store_url, watcher):
    with python(WRITE, store_url) as writer:
        assert not watcher.wait(0.2)
        writer.stdin.write("\n")
        writer.stdin.flush()
        assert writer.stdout.readline() == "written\n"
        assert watcher.wait(SOON_S)
        writer.stdin.write("\n")
        writer.stdin.flush()
        assert writer.wait(30) == 0


def test_what_is_taken_back_wakes_nobody(store, watcher):
    with store.engine.connect() as connection:
        connection.execute(text("INSERT INTO people (id, code, name) VALUES (1, '1', 'n')"))
        connection.rollback()
    assert not watcher.wait(0.3)


def test_closing_ends_a_wait(store):
    watcher = Watcher(store)
    told = []
    waiting = threading.Thread(target=lambda: told.append(watcher.wait(20)))
    waiting.start()
    time.sleep(0.1)
    start = time.monotonic()
    watcher.close()
    waiting.join()
    assert told == [False]
    assert time.monotonic() - start < 1
    assert not watcher.wait(0.1)
    assert threading.active_count() == 1 or not any(
        thread.name == "gridmap-watcher" for thread in threading.enumerate()
    )


def test_an_idle_watch_costs_nothing(store, watcher):
    start_s = time.process_time()
    assert not watcher.wait(1)
    assert time.process_time() - start_s < 0.05


def test_a_process_with_many_open_files_is_told(store_url):
    """select() knows no file descriptor above 1,023; a service with many open maps has those."""
    limit, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(limit, min(2_000, most)), most))
    taken = []
    try:
        while not taken or taken[-1] < 1_100:
            taken.append(os.open(os.devnull, os.O_RDONLY))
        with closing(open_store(store_url)) as store, closing(Watcher(store)) as watcher:
            add(store, "1")
            assert watcher.wait(SOON_S)
            assert not watcher.wait(0.3)
    finally:
        for file in taken:
            os.close(file)
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, most))


def test_a_transaction_notifies_once(postgis_store_url):
    store = open_store(postgis_store_url)
    address = postgis_store_url.replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as listening:
        listening.execute("LISTEN gridmap_changes")
        with store.write() as session:
            for number in range(5):
                session.add(Person(code=str(number), name="n"))
                session.flush()
            session.execute(text("UPDATE people SET name = 'x' WHERE id < 0"))
        heard = list(listening.notifies(timeout=0.3))
        assert [notification.payload for notification in heard] == [""]
        with store.write() as session:
            session.execute(text("UPDATE people SET name = 'x' WHERE id < 0"))
        assert not list(listening.notifies(timeout=0.3))
    store.close()


def test_a_server_that_restarts_is_watched_again():
    cluster = Cluster()
    try:
        with cluster.database() as url:
            assert_watched_again(cluster, url)
    finally:
        cluster.stop()


def assert_watched_again(cluster, url):
    from gridmap.storage import create_store

    store = create_store(url)
    with closing(Watcher(store)) as watcher:
        assert not watcher.wait(0.1)
        restart(cluster)
        assert watcher.wait(10)  # something may have been missed
        add(store, "after")
        assert watcher.wait(SOON_S)
        assert not watcher.wait(0.2)
    store.close()


def restart(cluster):
    command = [
        binaries_with_postgis() / "pg_ctl", "restart", "--wait", "--silent", "--mode=fast",
        f"--pgdata={cluster.folder / 'data'}", f"--log={cluster.folder / 'log'}",
    ]  # fmt: skip
    user = cluster.folder.owner()
    subprocess.run(command, check=True, cwd=cluster.folder, user=user, capture_output=True)


def test_a_server_that_is_away_is_told_at_once(postgis_store_url):
    store = open_store(postgis_store_url.replace("127.0.0.1", "localhost"))
    store.engine.url = store.engine.url.set(port=1)
    with pytest.raises(StoreError, match="the server does not answer"):
        Watcher(store)
    store.close()
