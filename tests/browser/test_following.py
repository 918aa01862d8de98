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

#: What the issue asks for.
SOON_S = 2.0
HEARS = "document.querySelector('.gm-live')?.dataset.state === 'stream'"
STAYS = "window.stays === true"
#: How many on a map hear that the theme has changed.
HEAR_THEMES = "map_main._events['gm-theme'].length"


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
    page.locator("a.theme").click()  # what was drawn before hears of it no more
    changed_s = change(store, "T-1", status="closed")
    expect(page.locator(".under")).to_contain_text("Closed")
    assert time.monotonic() - changed_s < SOON_S
    assert page.evaluate(STAYS)
    assert watch.wrong == []


def rename(store, code, **values):
    with store.write() as session:
        session.execute(update(Unit).where(Unit.code == code).values(**values))


def test_units_drawn_anew_leave_nothing_behind(opened, store):
    page, watch = opened("/units/1111")
    hearing = page.evaluate(HEAR_THEMES)
    layers = page.evaluate("Object.keys(map_main._layers).length")
    for name in ("甲", "乙", "丙"):
        rename(store, "1111", name=name)
        until(page, f"document.getElementById('units_layer_data').textContent.includes('{name}')")
    assert page.evaluate(HEAR_THEMES) == hearing
    assert page.evaluate("Object.keys(map_main._layers).length") == layers
    page.locator("a.theme").click()
    page.locator("a.theme").click()
    dark = "Object.values(units_layer._layers).map((one) => one.options.fillColor)"
    assert set(page.evaluate(dark)) == {"#2f6f9f", "#23282f"}
    assert page.evaluate(STAYS)
    assert watch.wrong == []


def test_name_of_a_unit_follows_and_what_is_above_it(opened, store):
    page, watch = opened("/units/1111")
    rename(store, "1111", name="示例新名")
    expect(page.locator("h1")).to_have_text("示例新名")
    expect(page).to_have_title("示例新名 · gridmap")
    rename(store, "111", name="示例新社区")
    expect(page.locator(".crumbs")).to_contain_text("示例新社区")
    assert page.evaluate(STAYS)
    assert watch.wrong == []


def test_parts_and_neighbours_of_a_unit_come_and_go(opened, store):
    page, watch = opened("/units/1111")
    parts, around = (page.locator(f"[data-live=units-{number}]") for number in (1, 2))
    assert not parts.is_visible()
    assert around.get_by_role("link").count() > 0
    others = Unit.code.not_in(["1111"])
    with store.write() as session:
        was = dict(session.execute(select(Unit.code, Unit.parent_code).where(others)).all())
        session.execute(update(Unit).where(Unit.code == "1112").values(parent_code="1111"))
    expect(parts).to_be_visible()
    expect(parts.get_by_role("link")).to_have_attribute("href", "/units/1112")
    rename(store, "1112", parent_code=was["1112"])
    expect(parts).to_be_hidden()
    with store.write() as session:
        session.execute(update(Unit).where(others).values(level="community"))
    expect(around).to_be_hidden()
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
