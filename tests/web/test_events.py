"""Open maps hear what changes: by a stream under our server, by asking under any."""

import asyncio
import time
from contextlib import ExitStack

import pytest
from flask import abort
from geoalchemy2.shape import to_shape
from sqlalchemy import select, update
from support.server import serve
from support.stock import fill
from support.streams import listening

from gridmap.model import Decision, Duty, Ticket, Unit
from gridmap.sight import EVERYTHING, Sight
from gridmap.storage import open_store
from web import broadcast, create_app
from web.broadcast import Stream
from web.changes import ALL_TABLES

#: What the issue asks for.
SOON_S = 2.0


OTHER = select(Unit.id).where(Unit.code == "1121").scalar_subquery()


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


class Desk:
    """Grants a sight to everybody who asks, and counts them; None is a right that is gone."""

    def __init__(self, store):
        fill(store)
        self.granted = Sight(frozenset({("general", "1111")}))
        self.asked = 0
        self.app = create_app({"STORE": store, "SIGHT": self.sight})

    def sight(self):
        self.asked += 1
        if self.granted is None:
            abort(403, "The right to see is gone.")
        return self.granted


def end(events):
    """Read a stream to its end; returns what came last."""
    last = events.next()
    with pytest.raises(EOFError):
        events.any()
    return last


def test_sight_is_asked_for_again_when_duties_change(store):
    desk = Desk(store)
    other = Sight(frozenset({("general", "1121")}))
    with serve(desk.app) as address, listening(address) as events:
        events.first()
        desk.granted = other
        close(store, "T-1")
        assert events.next() == ("changes", {"tickets": None}), "still sure of the old one"
        with store.write() as session:
            session.execute(update(Duty).values(role="grid_head"))
        assert end(events) == ("reset", dict.fromkeys(ALL_TABLES))
        with listening(address, Last_Event_ID=events.cursor) as again:
            assert again.next(0.5) is None
            close(store, "T-5")
            assert again.next() == ("changes", {"tickets": None})


def test_sight_that_is_the_same_lets_the_stream_go_on(store):
    desk = Desk(store)
    with serve(desk.app) as address, listening(address) as events:
        events.first()
        for role in ("grid_head", "grid_worker"):
            with store.write() as session:
                session.execute(update(Duty).values(role=role))
            name, tables = events.next()
            assert (name, list(tables)) == ("changes", ["duties"])
        assert desk.asked == 3


@pytest.mark.parametrize("granted", [None, Sight(frozenset())])
def test_sight_is_asked_for_again_as_time_goes_by(store, monkeypatch, granted):
    monkeypatch.setattr(broadcast, "SURE_S", (0.3, 0.3))
    monkeypatch.setattr(Stream.next, "__defaults__", (0.1,))
    desk = Desk(store)
    with serve(desk.app) as address, listening(address) as events:
        events.first()
        while desk.asked < 3:
            assert events.any()[0] == "here"
        desk.granted = granted
        assert end(events) == ("reset", dict.fromkeys(ALL_TABLES))


def test_sight_is_sure_for_a_minute_at_most():
    assert broadcast.SURE_S[1] + broadcast.SIGN_EVERY_S <= 60


@pytest.mark.parametrize(
    "values",
    [{"flagged": True}, {"rule": "boundary"}, {"is_current": False}, {"unit_id": OTHER}],
    ids=lambda values: next(iter(values)),
)
def test_decision_is_told_as_its_ticket(app, store, values):
    """What a mark on the map looks like depends on the decision; layers hear of tickets alone."""
    client = app.test_client()
    cursor = client.get("/api/changes").json["cursor"]
    with store.write() as session:
        ticket = select(Ticket.id).where(Ticket.number == "T-1").scalar_subquery()
        session.execute(update(Decision).where(Decision.ticket_id == ticket).values(**values))
    (box,) = client.get(f"/api/changes?since={cursor}").json["tables"]["tickets"]
    with store.read() as session:
        (blob,) = session.scalars(select(Ticket.geometry).where(Ticket.number == "T-1"))
        point = to_shape(blob)
    assert box[0] <= point.x <= box[2]
    assert box[1] <= point.y <= box[3]


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
