"""What stands beside a map, and what a page's map is about, follow changes without a reload."""

from __future__ import annotations

import time

import pytest
import shapely
from playwright.sync_api import expect
from sqlalchemy import select, update
from support.pages import go
from support.server import serve
from support.stock import fill, shape
from support.town import at
from support.waiting import until

from gridmap.model import Decision, Ticket, Unit
from gridmap.storage import create_store
from web import create_app

#: What the issue asks for, and how often a map looks where it is asked for: not more than once a
#: second.
SOON_S = 2.0
HEARS = "document.querySelector('.gm-live')?.dataset.state === 'stream'"
STAYS = "window.stays === true"


@pytest.fixture
def store(tmp_path):
    store = create_store(f"geopackage:///{tmp_path / 'store.gpkg'}")
    fill(store)
    yield store
    store.close()


@pytest.fixture
def opened(window, store):
    """Open a page and wait until it hears; a reload would forget its mark."""
    with serve(create_app({"STORE": store})) as address:

        def open_page(path):
            page, watch = window(1366)
            go(page, address + path, "en")
            until(page, HEARS)
            page.evaluate("window.stays = true")
            return page, watch

        yield open_page


def change(store, number, **values):
    with store.write() as session:
        session.execute(update(Ticket).where(Ticket.number == number).values(**values))
    return time.monotonic()


def decide(store, number, code, rule):
    with store.write() as session:
        ticket = session.scalars(select(Ticket.id).where(Ticket.number == number)).one()
        unit = session.scalars(select(Unit.id).where(Unit.code == code)).one()
        values = {"unit_id": unit, "rule": rule}
        session.execute(update(Decision).where(Decision.ticket_id == ticket).values(**values))
    return time.monotonic()


def test_figures_beside_the_map_follow(opened, store):
    page, watch = opened("/")
    figures = page.locator(".figures dd")
    assert figures.all_inner_texts() == ["5", "4"]
    changed_s = change(store, "T-2", status="closed")
    expect(figures.first).to_have_text("4")
    assert time.monotonic() - changed_s < SOON_S
    assert figures.all_inner_texts() == ["4", "3"]
    assert page.evaluate(STAYS)
    assert watch.wrong == []


def test_list_of_exceptions_follows_and_keeps_the_focus(opened, store):
    page, watch = opened("/exceptions?kind=boundary")
    page.get_by_role("link", name="T-2").focus()
    changed_s = decide(store, "T-1", "1111", "boundary")
    page.get_by_role("link", name="T-1").wait_for()
    assert time.monotonic() - changed_s < SOON_S
    assert page.evaluate("document.activeElement.textContent") == "T-2"
    assert page.locator(".tabs [aria-current] .count").inner_text() == "2"
    assert page.evaluate(STAYS)
    assert watch.wrong == []


def test_page_of_a_unit_follows(opened, store, fetched):
    page, watch = opened("/units/1111")
    fetched(page)
    assert "2 open tickets" in page.locator(".under").inner_text()
    drawn = "tiled_tickets.cells().flatMap((cell) => Object.values(cell.source.parts)).length"
    assert page.evaluate(drawn), "its tickets are on its map"
    changed_s = change(store, "T-1", status="closed")
    expect(page.locator(".under")).to_contain_text("1 open tickets")
    assert time.monotonic() - changed_s < SOON_S
    assert page.get_by_role("link", name="T-1").count() == 0
    assert page.evaluate(STAYS)
    assert watch.wrong == []


def test_page_of_a_ticket_follows_its_place_its_unit_and_its_state(opened, store):
    page, watch = opened("/tickets/1")
    mark = "place_layer.getLatLng().lng"
    lon, lat = at(2.5, 1.0)
    changed_s = change(store, "T-1", geometry=shape(shapely.Point(lon, lat)))
    until(page, f"Math.abs({mark} - {lon}) < 1e-6")
    assert time.monotonic() - changed_s < SOON_S
    changed_s = decide(store, "T-1", "1121", "territory")
    expect(page.locator(".decision .goes a")).to_have_attribute("href", "/units/1121")
    assert time.monotonic() - changed_s < SOON_S
    assert page.evaluate("document.getElementById('units_layer_data').textContent.includes('1121')")
    page.locator("a.theme").click()  # what was drawn before does not hear of it
    changed_s = change(store, "T-1", status="closed")
    expect(page.locator(".under")).to_contain_text("Closed")
    assert time.monotonic() - changed_s < SOON_S
    assert page.evaluate(STAYS)
    assert watch.wrong == []


def test_page_whose_ticket_goes_says_so(opened, store):
    page, _ = opened("/tickets/1")
    with store.write() as session:
        session.delete(session.get(Ticket, 1))
    page.get_by_text("There is no ticket 1").wait_for()


def test_map_of_a_text_hears_too(opened, store):
    page, watch = opened("/locate?q=示例路")
    assert page.evaluate("map_main.hasLayer(tiled_tickets)")
    assert watch.wrong == []
