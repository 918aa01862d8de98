"""An open map hears what changes: by the stream, without one, after a break, in many tabs."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import update
from support.server import serve
from support.stock import fill
from support.waiting import until

from gridmap.model import Ticket
from gridmap.storage import create_store
from web import create_app

#: What the issue asks for, from the commit and from the end of the service on.
SOON_S, AGAIN_S = 2, 10
LISTEN = "window.heard = []; map_main.on('gm-changes', ({ tables }) => heard.push(tables)); 0"
LISTEN_FROM_THE_BEGINNING = """
window.heard = [];
L.Map.addInitHook(function () { this.on("gm-changes", ({ tables }) => heard.push(tables)); });
"""
STREAM, POLL = "stream", "poll"


@pytest.fixture
def store(tmp_path):
    store = create_store(f"geopackage:///{tmp_path / 'store.gpkg'}")
    fill(store)
    yield store
    store.close()


@pytest.fixture
def served(store):
    """The service with streams."""
    with serve(create_app({"STORE": store})) as address:
        yield address


def opened(page, address, state, language="en"):
    """Open the map and wait until it hears."""
    page.goto(f"{address}/?lang={language}&show=tickets")
    until(page, "performance.getEntriesByName('gridmap-painted').length > 0")
    page.evaluate(LISTEN)
    hears(page, state)
    return page


def hears(page, state):
    until(page, f"document.querySelector('.gm-live')?.dataset.state === '{state}'")


def change(store, status):
    """Change a ticket that has a place; returns the moment."""
    with store.write() as session:
        session.execute(update(Ticket).where(Ticket.number == "T-1").values(status=status))
    return time.monotonic()


def heard(page, count=1):
    until(page, f"heard.filter((tables) => 'tickets' in tables).length >= {count}")
    return time.monotonic()


@pytest.mark.parametrize(("language", "word"), [("zh", "实时"), ("en", "Live")])
def test_change_is_heard_and_drawn(window, store, served, language, word):
    page, watch = window(1366)
    opened(page, served, STREAM, language)
    sign = page.get_by_role("status").filter(has_text=word)
    assert sign.inner_text() == word
    until(page, "gridmap.waiting === 0")
    page.evaluate("performance.clearResourceTimings()")
    committed_s = change(store, "closed")
    assert heard(page) - committed_s < SOON_S
    assert len(page.evaluate("heard[0].tickets")) == 1
    asked = "performance.getEntriesByType('resource').map((one) => one.name).join()"
    until(page, f"{asked}.includes('/api/tiles/tickets')")
    assert watch.wrong == []


def test_what_changed_while_the_page_came_is_heard(window, store, served):
    page, _ = window(1366)

    def change_before(route):
        change(store, "closed")
        kept = route.fetch()
        route.fulfill(response=kept, body=kept.text() + LISTEN_FROM_THE_BEGINNING)

    page.route("**/assets/together.js**", change_before)
    page.goto(f"{served}/?lang=en")
    until(page, "typeof heard !== 'undefined'")
    heard(page)


def test_without_a_stream_the_map_asks(window, store):
    with serve(create_app({"STORE": store}).wsgi_app) as address:
        page, watch = window(390)
        opened(page, address, POLL)
        assert page.locator(".gm-live").inner_text() == "Every 2 s"
        committed_s = change(store, "closed")
        assert heard(page) - committed_s < 2 * SOON_S
        assert watch.wrong == []


@pytest.mark.parametrize("streams", [True, False])
def test_service_that_comes_back_is_heard_again(window, store, streams):
    app = create_app({"STORE": store})
    served = app if streams else app.wsgi_app
    state = STREAM if streams else POLL
    page, _ = window(1366)
    with serve(served) as address:
        opened(page, address, state)
    change(store, "closed")
    hears(page, "again")
    with serve(served, port=int(address.rsplit(":", 1)[1])):
        back_s = time.monotonic()
        assert heard(page) - back_s < AGAIN_S
        hears(page, state)
        committed_s = change(store, "open")
        assert heard(page, 2) - committed_s < 2 * SOON_S


def test_many_tabs_leave_connections_for_their_tiles(chromium, store, served):
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    pages = []
    for _ in range(8):  # a browser opens six connections
        page = context.new_page()
        page.goto(f"{served}/?lang=en")
        until(page, "document.querySelector('.gm-live')?.dataset.state in {stream: 1, poll: 1}")
        page.evaluate(LISTEN)
        pages.append(page)
    streams = [page.evaluate("!!map_main.gmLive.stream") for page in pages]
    assert 1 <= sum(streams) <= 3
    committed_s = change(store, "closed")
    for page in pages:
        assert heard(page) - committed_s < 3 * SOON_S
    context.close()


def test_map_that_nobody_looks_at_gives_its_connection_back(window, store, served):
    page, watch = window(1366)
    opened(page, served, STREAM)
    hidden = "Object.defineProperty(document, 'hidden', {value: VALUE, configurable: true});"
    told = "document.dispatchEvent(new Event('visibilitychange'))"
    page.evaluate(hidden.replace("VALUE", "true") + told)
    hears(page, POLL)
    assert page.locator(".gm-live").inner_text() == "Every 10 s"
    assert not page.evaluate("!!map_main.gmLive.stream")
    committed_s = change(store, "closed")
    page.evaluate(hidden.replace("VALUE", "false") + told)
    assert heard(page) - committed_s < SOON_S
    hears(page, STREAM)
    assert watch.wrong == []
