"""The client of vector tiles: what it draws, asks for, finds and tells; against a stub's town."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import monotonic
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page
from shapely import Point, box
from support.server import serve
from support.tile_stub import SIDE, SOUTH, STEP, WEST, Town, make_app, make_town

DRAWN = "gridmap.waiting === 0 && performance.getEntriesByName('gm-tiles-drawn').length > 0"
#: The colour on the screen at a point of the map's ground, over all layers.
COLOUR_AT = """([lat, lon]) => {
  const spot = map_main.latLngToContainerPoint([lat, lon]);
  const frame = map_main.getContainer().getBoundingClientRect();
  const found = [];
  document.querySelectorAll(".gm-tile canvas").forEach((canvas) => {
    const at = canvas.getBoundingClientRect();
    const x = (spot.x + frame.x - at.x) * canvas.width / at.width;
    const y = (spot.y + frame.y - at.y) * canvas.height / at.height;
    const pen = document.createElement("canvas").getContext("2d");
    pen.drawImage(canvas, -Math.floor(x), -Math.floor(y));
    const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
    if (a) found.push([r, g, b, a].join());
  });
  return found;
}"""
OF_TOWN = """() => {
  const layers = {};
  map_main.eachLayer((layer) => { if (layer.featuresAt) layers[layer.data.key] = layer; });
  window.town = layers;
  window.told = [];
  map_main.on("gm-feature", (event) => window.told.push([event.layer, event.id, event.attributes]));
}"""


@pytest.fixture
def town() -> Town:
    """Made anew: tests change it."""
    return make_town()


@pytest.fixture
def address(town: Town) -> Iterator[str]:
    with serve(make_app(town)) as address:
        yield address


@pytest.fixture
def look(window: Callable[..., Any], address: str) -> Callable[..., tuple[Page, Any]]:
    """Open the town and wait until it is drawn."""

    def open_town(query: str = "", *, width: int = 1366) -> tuple[Page, Any]:
        page, watch = window(width)
        page.goto(f"{address}/{query}")
        wait(page)
        page.evaluate(OF_TOWN)
        return page, watch

    return open_town


def wait(page: Page, condition: str = DRAWN) -> None:
    page.wait_for_function(condition, timeout=15_000)


def redrawn(page: Page, action: str) -> None:
    """Do something and wait until the map says that all of it is drawn."""
    page.evaluate("performance.clearMarks('gm-tiles-drawn')")
    page.evaluate(action)
    wait(page)


def middle(number: int) -> tuple[float, float]:
    """Return latitude and longitude of the middle of a unit."""
    return SOUTH + STEP * (number // SIDE + 0.5), WEST + STEP * (number % SIDE + 0.5)


def spot(page: Page, place: tuple[float, float]) -> tuple[float, float]:
    """Return where a place is in the window."""
    x, y = page.evaluate(
        """([lat, lon]) => {
          const frame = map_main.getContainer().getBoundingClientRect();
          const at = map_main.latLngToContainerPoint([lat, lon]);
          return [at.x + frame.x, at.y + frame.y];
        }""",
        list(place),
    )
    return x, y


def test_first_picture_is_told_and_every_tile_is_asked_for_once(look, town):
    page, watch = look()
    asked = [url for url, _ in town.asked]
    assert len(asked) == len(set(asked))
    assert page.evaluate("performance.getEntriesByName('gridmap-painted').length") == 1
    assert page.evaluate("gridmap.waiting") == 0
    wrong = [one for one in watch.wrong if "favicon" not in one and "404" not in one]
    assert wrong == []


def test_units_have_the_colour_of_their_state_and_of_the_theme(look):
    page, _ = look("?layers=units")
    few, many = (page.evaluate(COLOUR_AT, list(middle(number))) for number in (0, 63))
    assert few == ["255,255,255,153"]
    assert many != few
    redrawn(
        page,
        "document.documentElement.dataset.theme = 'dark'; map_main.fire('gm-theme')",
    )
    assert page.evaluate(COLOUR_AT, list(middle(0))) not in ([], few)
    redrawn(page, "town.units.setState({fields: ['rank'], rows: {U00: [4]}, legend: []})")
    assert page.evaluate(COLOUR_AT, list(middle(0))) != page.evaluate(COLOUR_AT, list(middle(1)))


@pytest.mark.parametrize("zoom", [13, 14.5, 15, 16.5, 19])
def test_canvases_meet_on_whole_pixels_at_every_zoom(look, zoom):
    page, _ = look("?layers=units")
    redrawn(
        page,
        f"map_main.setView([{SOUTH + STEP * 4}, {WEST + STEP * 4}], {zoom}, {{animate: false}})",
    )
    boxes = page.evaluate(
        """() => [...document.querySelectorAll(".gm-tile canvas")].map((canvas) => {
          const at = canvas.getBoundingClientRect();
          return [at.left, at.top, at.right, at.bottom, canvas.width, canvas.height];
        })"""
    )
    assert boxes
    for left, top, right, bottom, width, height in boxes:
        assert right - left == pytest.approx(width, abs=0.02)
        assert bottom - top == pytest.approx(height, abs=0.02)
        assert left == pytest.approx(round(left), abs=0.02)
        assert top == pytest.approx(round(top), abs=0.02)
    lefts, rights = {round(one[0]) for one in boxes}, {round(one[2]) for one in boxes}
    assert len(lefts) == 1 or lefts & rights


def test_nearer_than_its_last_zoom_a_tile_is_enlarged_and_asked_for_once(look, town):
    page, _ = look("?layers=streets")
    town.asked.clear()
    redrawn(page, f"map_main.setView([{SOUTH + STEP}, {WEST + STEP}], 19, {{animate: false}})")
    assert {urlsplit(url).path.split("/")[4] for url, _ in town.asked} == {"15"}
    assert len(town.asked) == len({url for url, _ in town.asked})
    on_street = page.evaluate(COLOUR_AT, [SOUTH + STEP, WEST + STEP * 1.01])
    assert on_street == ["255,255,255,255"]


def test_every_unit_is_named_once_and_streets_along_their_line(look):
    page, _ = look()
    wait(page, "document.querySelector('canvas.gm-labels').dataset.drawn > 0")
    names = page.evaluate(
        """[...map_main.gmLabels.lists].flatMap((list) => list.items)
          .filter((one) => !one.clear).map((one) => one.text)"""
    )
    assert len(names) == len(set(names))
    assert {"第1网格", "第64网格", "虚构1路"} <= set(names)


def test_pointer_finds_the_uppermost_feature_outlines_and_hints_it(look):
    page, _ = look()
    lat, lon = middle(9)
    page.mouse.move(*spot(page, (lat, lon)))
    hint = page.locator(".gm-hint")
    hint.wait_for(state="visible")
    assert hint.inner_text() == "第10网格<b>{{ 7*7 }}</b> · 未结工单 9"
    assert page.evaluate("map_main.getContainer().classList.contains('gm-pointing')")
    outlined = "document.querySelectorAll('canvas.gm-labels')[1].width"
    assert page.evaluate(outlined) > 0
    page.mouse.move(*spot(page, (lat - STEP / 4, lon - STEP / 4)))
    page.wait_for_function("document.querySelector('.gm-hint')?.textContent === 'T009'")
    page.mouse.move(*spot(page, (SOUTH - STEP, WEST - STEP)))
    wait(page, f"document.querySelector('.gm-hint').hidden && {outlined} === 0")


def test_name_goes_out_of_the_way_of_a_mark(look, town):
    number, _, told = town.shapes["tickets"][0]
    lat, lon = middle(9)
    town.shapes["tickets"][0] = (number, Point(lon, lat), told)
    page, _ = look()
    redrawn(page, f"map_main.setView([{lat}, {lon}], 15, {{animate: false}})")
    written = """([up, down]) => {
      const canvas = document.querySelector("canvas.gm-labels");
      const at = map_main.getSize().divideBy(2);
      const { data } = canvas.getContext("2d").getImageData(at.x - 5, at.y - up, 10, down + up);
      return data.some((one, i) => i % 4 === 3 && one > 0);
    }"""
    assert page.evaluate(written, [4, 4]) is False
    assert page.evaluate(written, [26, 26]) is True


def test_hint_goes_where_a_notice_begins(look):
    page, _ = look()
    at = spot(page, middle(9))
    page.mouse.click(*at)
    page.locator(".leaflet-popup .gm-notice").wait_for()
    page.mouse.move(at[0], at[1] + 3)
    page.locator(".gm-hint").wait_for(state="visible")
    page.mouse.move(at[0], at[1] - 60)
    page.locator(".gm-hint").wait_for(state="hidden")


def test_click_opens_a_notice_with_text_only_and_a_link(look):
    page, _ = look()
    page.mouse.click(*spot(page, middle(9)))
    notice = page.locator(".leaflet-popup .gm-notice")
    notice.wait_for()
    assert notice.locator("h3").inner_text() == "第10网格<b>{{ 7*7 }}</b>"
    assert notice.locator("b").count() == 0
    assert notice.locator("h3 a").get_attribute("href") == "/page/units.show/U09"
    assert "U09" in notice.locator("dl").inner_text()
    assert page.evaluate("told.map((one) => one.slice(0, 2))") == [["units", 10]]
    assert page.evaluate("map_main.gmTaken") is True
    page.mouse.click(*spot(page, middle(14)))
    page.wait_for_function("told.length === 2")
    assert page.locator(".leaflet-popup .gm-notice h3").last.inner_text().startswith("第15网格")


def test_enter_asks_for_the_feature_at_the_centre(look):
    page, _ = look("?layers=units&event=1")
    lat, lon = middle(20)
    redrawn(page, f"map_main.setView([{lat}, {lon}], 16, {{animate: false}})")
    page.locator(".folium-map").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("told[0][2].code") == "U20"
    assert page.evaluate("map_main.touched.url") == "/page/units.show/U20"
    assert page.locator(".leaflet-popup").count() == 0


def test_feature_is_found_on_an_enlarged_tile_too(look):
    page, _ = look("?layers=tickets")
    lat, lon = SOUTH + STEP / 4, WEST + STEP / 4
    redrawn(page, f"map_main.setView([{lat}, {lon}], 20, {{animate: false}})")
    found = f"town.tickets.featuresAt(L.latLng({lat}, {lon})).map((one) => one.feature.id)"
    assert page.evaluate(found) == [1]
    assert page.evaluate(f"town.tickets.featuresAt(L.latLng({lat + STEP / 20}, {lon}))") == []


def test_cluster_says_how_many_and_opens_nearer(look):
    page, _ = look("?layers=units,tickets")
    place = [SOUTH + STEP * SIDE / 4, WEST + STEP * SIDE / 4]
    redrawn(page, f"map_main.setView({place}, 13, {{animate: false}})")
    assert page.evaluate(COLOUR_AT, [place[0], place[1] + STEP / 3]) != []
    clear = "[...map_main.gmLabels.lists].flatMap((list) => list.items).filter((one) => one.clear)"
    assert page.evaluate(f"{clear}.length") == 1
    at = spot(page, (place[0], place[1]))
    page.mouse.move(*at)
    page.locator(".gm-hint").wait_for(state="visible")
    assert page.locator(".gm-hint").inner_text().startswith("64 ")
    page.mouse.click(*at)
    wait(page, "map_main.getZoom() === 15")
    wait(page)
    assert page.locator(".leaflet-popup").count() == 0
    assert page.evaluate(COLOUR_AT, [SOUTH + STEP * 2.25, WEST + STEP * 2.25]) != []


def test_news_fetch_only_the_tiles_they_meet_and_draw_them_anew(look, town):
    page, _ = look("?layers=units,tickets")
    town.asked.clear()
    number, _, told = town.shapes["units"][0]
    town.shapes["units"][0] = (number, box(WEST - STEP, SOUTH, WEST + STEP, SOUTH + STEP), told)
    place = [SOUTH + STEP / 2, WEST - STEP / 2]
    assert page.evaluate(COLOUR_AT, place) == []
    bounds = [WEST - STEP, SOUTH, WEST + STEP, SOUTH + STEP]
    page.evaluate(f"map_main.fire('gm-changes', {{tables: {{units: [{bounds}], people: null}}}})")
    page.wait_for_function(f"({COLOUR_AT})({place}).length > 0")
    asked = [(urlsplit(url).path, status) for url, status in town.asked]
    assert {path.split("/")[3] for path, _ in asked} == {"units"}
    assert len(asked) < page.evaluate("town.units.sources.size")
    assert {status for _, status in asked} <= {200, 304}
    assert 200 in {status for _, status in asked}


def test_news_of_what_nobody_looks_at_ask_for_nothing(look, town):
    page, _ = look()
    town.asked.clear()
    page.evaluate("map_main.fire('gm-changes', {tables: {people: null, units: [[1, 1, 2, 2]]}})")
    page.wait_for_timeout(1500)
    assert town.asked == []


def test_news_of_tickets_change_the_state_of_units_but_not_their_tiles(look, town):
    page, _ = look("?layers=units")
    town.asked.clear()
    town.state["U00"] = [99, 4]
    before = page.evaluate(COLOUR_AT, list(middle(0)))
    page.evaluate("map_main.fire('gm-changes', {tables: {tickets: null}})")
    page.wait_for_function(f"({COLOUR_AT})({list(middle(0))}).join() !== '{','.join(before)}'")
    assert [urlsplit(url).path for url, _ in town.asked] == ["/api/values/units"]


def test_many_news_are_asked_about_at_most_once_a_second(look, town):
    page, _ = look("?layers=tickets")
    sources = page.evaluate("town.tickets.sources.size")
    town.asked.clear()
    since = monotonic()
    for _ in range(40):
        page.evaluate("map_main.fire('gm-changes', {tables: {tickets: null}})")
        page.wait_for_timeout(50)
    page.wait_for_timeout(1300)
    assert len(town.asked) <= (monotonic() - since + 1) * sources
    assert 304 in {status for _, status in town.asked}


def test_slow_server_comes_to_an_end_though_news_never_do(look, town):
    page, _ = look("?layers=tickets")
    town.slowly_s = 1.2
    number, _, ticket = town.shapes["tickets"][0]
    elsewhere = [SOUTH + STEP * 0.75, WEST + STEP * 0.75]
    town.shapes["tickets"][0] = (number, Point(elsewhere[1], elsewhere[0]), ticket)
    for _ in range(60):
        page.evaluate("map_main.fire('gm-changes', {tables: {tickets: null}})")
        page.wait_for_timeout(500)
        if page.evaluate(COLOUR_AT, elsewhere):
            break
    assert page.evaluate(COLOUR_AT, elsewhere) != []
    town.slowly_s = 0


def test_failing_server_is_told_in_words_and_asked_again(look, town):
    town.failing = 3
    page, _ = look("?layers=tickets")
    assert page.evaluate(COLOUR_AT, [SOUTH + STEP / 4, WEST + STEP / 4]) != []
    sign = page.locator(".gm-trouble")
    assert not sign.is_visible()
    town.failing = 10_000
    page.evaluate("map_main.fire('gm-changes', {tables: {tickets: null}})")
    sign.wait_for(state="visible")
    assert "正在重试" in sign.inner_text()
    assert page.evaluate(COLOUR_AT, [SOUTH + STEP / 4, WEST + STEP / 4]) != [], "old picture stays"
    town.failing = 0
    sign.wait_for(state="hidden")


def test_refusal_is_told_as_the_server_says_it_and_not_asked_again(look, town):
    page, _ = look("?layers=tickets")
    town.refusing = True
    town.asked.clear()
    page.evaluate("town.tickets.setParameters({level: 'x'})")
    page.get_by_text("There is no such level.").wait_for()
    page.wait_for_timeout(1500)
    assert len(town.asked) == len({path for path, _ in town.asked})


def test_parameters_are_part_of_the_address(look, town):
    page, _ = look("?layers=tickets")
    place = [SOUTH + STEP / 4, WEST + STEP / 4]
    assert page.evaluate(COLOUR_AT, place) != []
    redrawn(page, "town.tickets.setParameters({status: 'open', until: ''})")
    assert parse_qs(urlsplit(town.asked[-1][0]).query) == {"status": ["open"]}
    assert page.evaluate(COLOUR_AT, place) == []


def test_tiles_that_left_are_no_longer_asked_for_or_kept(look):
    page, _ = look("?layers=tickets")
    for step in range(12):
        page.evaluate(f"map_main.setView([{SOUTH}, {WEST + step * 0.2}], 15, {{animate: false}})")
    wait(page, "gridmap.waiting === 0 && !town.tickets.isWaiting()")
    assert page.evaluate("town.tickets.sources.size") <= 40
    assert page.locator(".gm-trouble").is_hidden()


def test_layer_taken_off_leaves_nothing_and_comes_back(look):
    page, _ = look("?layers=units,tickets")
    page.evaluate("map_main.removeLayer(town.units)")
    assert page.evaluate("town.units.sources.size") == 0
    assert page.get_by_text("单元 Units").count() == 0
    names = "[...map_main.gmLabels.lists].flatMap((list) => list.items).filter((one) => one.text)"
    wait(page, f"!{names}.length")
    redrawn(page, "map_main.addLayer(town.units)")
    assert page.get_by_text("单元 Units").count() == 1


@pytest.mark.parametrize(("width", "unfolded"), [(390, False), (1366, True)])
def test_legend_is_folded_on_a_phone_and_opened_by_keyboard(look, width, unfolded):
    page, _ = look(width=width)
    line = page.locator(".gm-legend-line").first
    assert line.is_visible() is unfolded
    page.locator(".gm-legend summary").focus()
    page.keyboard.press("Enter")
    assert line.is_visible() is not unfolded


def layers_asked(town: Town) -> set[str]:
    return {url.split("/")[3] for url, _ in town.asked if url.startswith("/api/tiles/")}


def test_tiles_of_a_place_come_in_one_answer(look, town):
    page, _ = look("?layers=streets,units,tickets")
    assert layers_asked(town) == {"streets+units+tickets"}
    town.asked.clear()
    redrawn(page, "map_main.panBy([600, 0], {animate: false})")
    assert layers_asked(town) == {"streets+units+tickets"}
    assert page.evaluate(COLOUR_AT, list(middle(0))) != []


def test_what_one_layer_is_refused_for_keeps_no_other_away(look, town):
    town.refusing_together = True
    page, _ = look("?layers=units,tickets")
    assert layers_asked(town) == {"units+tickets", "units", "tickets"}
    assert len(page.evaluate(COLOUR_AT, [SOUTH + STEP / 4, WEST + STEP / 4])) == 2
    assert page.locator(".gm-trouble").is_hidden()


@pytest.mark.parametrize("layer", ["units", "tickets"])
def test_layer_taken_off_with_news_on_their_way_hears_when_it_is_back(look, town, layer):
    page, _ = look(f"?layers={layer}")
    news = f"map_main.fire('gm-changes', {{tables: {{{layer}: null}}}});"
    off_and_on = f"map_main.removeLayer(town.{layer}); map_main.addLayer(town.{layer})"
    redrawn(page, news + off_and_on)
    page.wait_for_timeout(1300)
    town.asked.clear()
    page.evaluate(news)
    wait(page, f"town.{layer}._news.length === 0")
    wait(page)
    assert layer in {urlsplit(url).path.split("/")[3] for url, _ in town.asked}
