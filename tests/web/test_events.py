"""Open maps hear what changes: by a stream under our server, by asking under any."""

import asyncio
import time
from contextlib import ExitStack

import pytest
from sqlalchemy import select, update
from support.server import serve
from support.stock import fill
from support.streams import listening

from gridmap.model import Decision, Ticket, Unit
from gridmap.sight import EVERYTHING, Sight
from gridmap.storage import open_store
from web import broadcast, create_app
from web.broadcast import Stream
from web.changes import ALL_TABLES

#: What the issue asks for.
SOON_S = 2.0


@pytest.fixture
def app(store):
    fill(store)
    return create_app({"STORE": store})


@pytest.fixture
def address(app):
    with serve(app) as address:
        yield address


def close(store, number):
    """Close a ticket by its number, as another process would."""
    with store.write() as session:
        session.execute(update(Ticket).where(Ticket.number == number).values(status="closed"))


def test_change_by_another_connection_is_told_soon(address, store):
    elsewhere = open_store(store.engine.url.render_as_string(hide_password=False))
    with listening(address) as events:
        assert events.status == 200
        assert "text/event-stream" in events.headers
        assert "no-store" in events.headers
        began = events.first()
        began_s = time.monotonic()
        close(elsewhere, "T-1")
        name, tables = events.next()
        assert time.monotonic() - began_s < SOON_S
        assert (name, list(tables)) == ("changes", ["tickets"])
        assert events.cursor != began
    elsewhere.close()


def test_what_was_missed_is_told_first(address, store):
    with listening(address) as events:
        cursor = events.first()
    close(store, "T-1")
    for query, headers in ((f"?since={cursor}", {}), ("", {"Last_Event_ID": cursor})):
        with listening(address, query, **headers) as again:
            name, tables = again.next()
            assert (name, len(tables["tickets"])) == ("changes", 1)
            again.next(0.5)  # told to all open streams as well, perhaps
            current = again.cursor
    with listening(address, Last_Event_ID=current) as events:
        assert events.next(0.5) is None


@pytest.mark.parametrize("cursor", ["nonsense", "0-1", "'--", "1" * 400])
def test_cursor_that_is_none_begins_anew(address, cursor):
    with listening(address, f"?since={cursor[:200]}", Last_Event_ID=cursor) as events:
        assert events.next() == ("reset", dict.fromkeys(ALL_TABLES))


def test_streams_hear_of_their_own_tickets_alone(store):
    fill(store)
    granted = {"1111": Sight(frozenset({("general", "1111")})), "": EVERYTHING}
    from flask import request

    def sight():
        return granted[request.headers.get("X-Ground", "")]

    app = create_app({"STORE": store, "SIGHT": sight})
    with ExitStack() as opened:
        address = opened.enter_context(serve(app))
        limited = opened.enter_context(listening(address, X_Ground="1111"))
        everything = opened.enter_context(listening(address))
        limited.first(), everything.first()
        close(store, "T-5")
        assert everything.next()[1].keys() == {"tickets"}
        assert limited.next(0.5) is None
        close(store, "T-4")
        assert everything.next()[1] == {"tickets": []}
        close(store, "T-1")
        assert limited.next()[1] == {"tickets": None}
        with store.write() as session:  # it goes to another unit: seen to leave
            moved = session.scalars(select(Ticket.id).where(Ticket.number == "T-2")).one()
            other = session.scalars(select(Unit.id).where(Unit.code == "1121")).one()
            session.execute(
                update(Decision).where(Decision.ticket_id == moved).values(unit_id=other)
            )
        assert limited.next()[1] == {"tickets": None}


def test_asking_tells_the_same(app, store):
    client = app.test_client()
    began = client.get("/api/changes").json
    assert began["reset"]
    assert began["tables"] == dict.fromkeys(ALL_TABLES)
    url = f"/api/changes?since={began['cursor']}"
    quiet = client.get(url)
    assert quiet.json == {"cursor": began["cursor"], "reset": False, "tables": {}}
    headers = {"If-None-Match": quiet.headers["ETag"]}
    assert client.get(url, headers=headers).status_code == 304
    close(store, "T-1")
    news = client.get(url, headers=headers)
    assert news.status_code == 200
    assert len(news.json["tables"]["tickets"]) == 1
    assert news.cache_control.no_cache
    assert client.get(f"/api/changes?since={news.json['cursor']}").json["tables"] == {}
    assert client.get("/api/changes?since=nonsense").json["reset"]


def test_asking_keeps_to_the_sight(store):
    fill(store)
    sight = Sight(frozenset({("general", "1111")}))
    client = create_app({"STORE": store, "SIGHT": lambda: sight}).test_client()
    cursor = client.get("/api/changes").json["cursor"]
    close(store, "T-5")
    unseen = client.get(f"/api/changes?since={cursor}").json
    assert unseen["tables"] == {}
    close(store, "T-1")
    told = client.get(f"/api/changes?since={unseen['cursor']}").json["tables"]
    assert told == {"tickets": None}


@pytest.mark.parametrize("path", ["/api/events?sinc=1", "/api/changes?since=1&since=2"])
def test_other_parameters_are_refused(client, path):
    assert client.get(path).status_code == 400


def test_another_server_has_no_streams(client):
    answer = client.get("/api/events")
    assert (answer.status_code, answer.data) == (204, b"")


def test_streams_are_bounded(address, monkeypatch):
    monkeypatch.setattr("web.serving.MOST_STREAMS", 1)
    with listening(address) as first:
        first.first()
        with listening(address) as second:
            assert second.status == 503
            assert "application/problem+json" in second.headers
    for _ in range(50):  # until the service has seen the first one go
        with listening(address) as third:
            if third.status == 200:
                return
        time.sleep(0.1)
    pytest.fail("the place of a stream that has gone is not given to another")


def test_open_stream_gives_a_sign(address, monkeypatch):
    monkeypatch.setattr(Stream.next, "__defaults__", (0.1,))
    with listening(address) as events:
        events.first()
        assert events.any(2)[0] == "here"


def test_store_that_fails_for_a_while_loses_nothing(address, store, monkeypatch, caplog):
    from gridmap.errors import StoreError

    monkeypatch.setattr(broadcast, "AGAIN_S", 0.1)
    with listening(address) as events:
        events.first()
        real = store.news

        def failing(session, since):
            monkeypatch.setattr(store, "news", real)
            message = "The store is away."
            raise StoreError(message)

        monkeypatch.setattr(store, "news", failing)
        close(store, "T-1")
        assert events.next()[1]["tickets"]
    assert "The store is away." in caplog.text


def test_slow_reader_begins_anew():
    async def read():
        stream = Stream(EVERYTHING)
        for number in range(broadcast.MOST_WAITING + 5):
            stream.put(b"%d " % number, f"x-{number}")
        behind = await stream.next()
        stream.put(None, "x-100")
        stream.put(b"a", "x-101")
        stream.put(b"b", "x-102")
        together, sign = await stream.next(), await stream.next(0.01)
        stream.end()
        return behind, together, sign, await stream.next()

    behind, together, sign, end = asyncio.run(read())
    assert b"event: reset" in behind
    assert b"id: x-68" in behind
    assert together == b"ab"
    assert b"id: x-102\nevent: here" in sign
    assert end is None
