"""The log of changes is pruned from the start of a service on, beside what it does."""

import time
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select, update
from support.processes import python
from support.server import serve
from support.stock import fill

from gridmap.errors import StoreError
from gridmap.model import ChangeLog, LoggedChange, Person
from gridmap.storage import Store, open_store
from web import create_app, pruning
from web.pruning import Pruner


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr(pruning, "FIRST_S", 0.0)


def logged(store):
    with store.read() as session:
        return session.scalar(select(func.count(LoggedChange.id)))


@pytest.fixture
def old(store, monkeypatch):
    """A store all of whose changes are old."""
    fill(store)
    real = Store.prune_changes
    monkeypatch.setattr(Store, "prune_changes", lambda self: real(self, timedelta(days=-1)))
    return store


def within(patience_s, condition):
    deadline_s = time.monotonic() + patience_s
    while not condition() and time.monotonic() < deadline_s:
        time.sleep(0.05)
    return condition()


def test_service_prunes_without_an_open_map(old):
    assert logged(old) > 1
    with serve(create_app({"STORE": old})):
        assert within(5, lambda: logged(old) <= 1)


def test_service_for_other_servers_prunes_too(geopackage_store_url):
    store = open_store(geopackage_store_url)
    fill(store)
    with store.write() as session:
        session.execute(update(LoggedChange).values(at=datetime.now(UTC) - timedelta(days=3)))
    script = "from web import pruning; pruning.FIRST_S = 0; import web.wsgi, time; time.sleep(20)"
    with python(script, before=("env", f"GRIDMAP_DATABASE_URL={geopackage_store_url}")) as service:
        assert within(15, lambda: logged(store) <= 1)
        service.kill()
    store.close()


def test_start_waits_for_nothing(store, monkeypatch):
    monkeypatch.setattr(pruning, "FIRST_S", 1e6)
    pruner = Pruner(store)
    began_s = time.monotonic()
    pruner.start()
    pruner.close()
    assert time.monotonic() - began_s < 1


def test_failure_is_told_and_tried_again(store, monkeypatch, caplog):
    monkeypatch.setattr(pruning, "EVERY_S", 0.05)
    tried = []

    def fail(self):
        tried.append(self)
        message = "The store is away."
        raise StoreError(message)

    monkeypatch.setattr(Store, "prune_changes", fail)
    pruner = Pruner(store)
    pruner.start()
    assert within(5, lambda: len(tried) > 2)
    pruner.close()
    assert "The store is away." in caplog.text


def test_several_workers_at_once_tell_what_is_gone(store):
    """A log that said it reaches further back than it does would let maps miss changes."""
    for round in range(5):
        with store.write() as session:
            session.add_all(Person(code=f"{round}-{n}", name="示例") for n in range(50))
        with store.read() as session:
            before = store.news(session, None).cursor
        with store.write() as session:
            session.add_all(Person(code=f"{round}+{n}", name="示例") for n in range(50))
        together = Barrier(6)

        def prune(number, together=together):
            together.wait()
            store.prune_changes(timedelta(seconds=-1 if number % 2 else 0))

        workers = [Thread(target=prune, args=[number]) for number in range(6)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        with store.read() as session:
            news = store.news(session, before)
            gone = session.scalar(select(ChangeLog.pruned))
        assert gone > 0
        assert not news.complete or len(news.changes) == 50
