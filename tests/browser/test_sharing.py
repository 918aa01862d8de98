"""Links that restore a map, its filter, its downloads, the theme, and what is printed."""

from __future__ import annotations

import csv
from urllib.parse import parse_qs, urlsplit

import pytest
from support.tiles_asked import layers_of
from support.waiting import until

VIEW = "[map_main.getZoom(), map_main.getCenter().lat, map_main.getCenter().lng]"
SHOWN = "tiled_tickets._map ? tiled_tickets.parameters : null"


def settled(page) -> str:
    """The fragment once the map has come to rest."""
    page.wait_for_timeout(450)
    return page.evaluate("location.hash")


def fragment(page) -> dict[str, str]:
    return {key: value[0] for key, value in parse_qs(settled(page)[1:]).items()}


def test_address_restores_the_view(visit):
    page, watch = visit("/", language="en")
    page.evaluate("map_main.setView([38.91, 119.61], 16, { animate: false })")
    assert fragment(page)["map"] == "16/38.91000/119.61000"
    page.reload()
    until(page, "performance.getEntriesByName('gridmap-painted').length > 0")
    assert page.evaluate(VIEW) == pytest.approx([16, 38.91, 119.61], abs=1e-4)
    assert watch.wrong == []


@pytest.mark.parametrize(
    "wrong", ["map=x/y/z", "map=16", "map=99/1/2", "map=16/95/10", "layers=no"]
)
def test_an_address_that_makes_no_sense_shows_the_district(visit, wrong):
    page, watch = visit(f"/#{wrong}", language="en")
    centre = page.evaluate(VIEW)
    assert centre[1:] == pytest.approx([38.9, 119.6], abs=0.05)
    assert watch.wrong == []


def test_filter_is_asked_said_shared_and_undone(visit, fetched):
    page, watch = visit("/?show=tickets", language="en")
    page.get_by_label("State").select_option("closed")
    fetched(page)
    assert page.evaluate(SHOWN)["state"] == "closed"
    assert any("tickets" in layers_of(url) and "state=closed" in url for url in watch.asked)
    sign = page.locator(".gm-filtered")
    assert sign.inner_text().startswith("Tickets: Closed")
    assert fragment(page)["state"] == "closed"
    page.get_by_role("textbox", name="Matter").fill("噪声")
    page.keyboard.press("Enter")
    assert "噪声" in sign.inner_text()
    shared = page.url
    page.go_back()
    until(page, "document.querySelector('.gm-filtered')?.textContent.includes('噪声') === false")
    assert page.get_by_role("textbox", name="Matter").input_value() == ""
    assert page.evaluate(SHOWN)["matter"] == ""
    page.go_forward()
    until(page, "document.querySelector('.gm-filtered')?.textContent.includes('噪声') === true")
    other, other_watch = visit("/#" + urlsplit(shared).fragment)
    assert other.evaluate(SHOWN)["matter"] == "噪声"
    assert other.evaluate(SHOWN)["state"] == "closed"
    other.get_by_role("button", name="取消筛选").click()
    assert other.locator(".gm-filtered").count() == 0
    assert other.evaluate(SHOWN)["state"] == "open"
    assert watch.wrong == other_watch.wrong == []


def test_filter_of_an_address_brings_the_tickets(visit):
    page, watch = visit("/#state=closed")
    until(page, "map_main.hasLayer(tiled_tickets)")
    assert page.evaluate(SHOWN)["state"] == "closed"
    assert watch.wrong == []
    plain, _ = visit("/#map=14/38.9/119.6")
    assert not plain.evaluate("map_main.hasLayer(tiled_tickets)")
    named, _ = visit("/#layers=units&state=closed")
    assert not named.evaluate("map_main.hasLayer(tiled_tickets)"), "as its sender had it"


def test_filter_of_the_form_brings_the_tickets_and_back_takes_them_away(visit):
    page, watch = visit("/", language="en")
    page.get_by_label("State").select_option("all")
    until(page, "map_main.hasLayer(tiled_tickets)")
    assert fragment(page)["state"] == "all"
    page.go_back()
    until(page, "!map_main.hasLayer(tiled_tickets)")
    assert watch.wrong == []


def test_exceptions_take_a_filter_too(visit):
    page, watch = visit("/?show=exceptions", language="en")
    page.get_by_label("State").select_option("all")
    assert page.evaluate("tiled_exceptions.parameters.state") == "all"
    assert not page.evaluate("map_main.hasLayer(tiled_tickets)")
    assert watch.wrong == []


def test_unit_that_is_not_is_answered_by_a_sentence(visit):
    page, watch = visit("/", language="en")
    field = page.get_by_label("Unit code")
    field.fill("99999")
    page.keyboard.press("Enter")
    told = page.locator("#filter [role=status]")
    until(page, "document.querySelector('#filter [role=status]').textContent !== ''")
    sentence = "There is no unit 99999: give the code of one, as its page has it"
    assert told.inner_text() == sentence
    assert told.bounding_box()["width"] > 100, "seen, not only spoken"
    assert not page.evaluate("map_main.hasLayer(tiled_tickets)")
    assert "99999" not in page.url
    assert not any("/api/tiles/" in url and "99999" in url for url in watch.asked)
    field.fill("990101001001001")
    page.keyboard.press("Enter")
    until(page, "map_main.hasLayer(tiled_tickets)")
    assert page.evaluate(SHOWN)["unit"] == "990101001001001"
    assert told.inner_text().startswith("Tickets: 990101001001001")
    linked, _ = visit("/#unit=99999")
    linked.get_by_text("没有编码为 99999 的单元：请填写单元页面上的编码").wait_for()


def tickets_asked(watch) -> list[dict[str, list[str]]]:
    """What the tiles of tickets were asked for with."""
    return [parse_qs(urlsplit(url).query) for url in watch.asked if "tickets" in layers_of(url)]


def test_unit_that_is_not_gets_into_no_address(visit):
    page, _ = visit("/#state=closed", language="en")
    page.get_by_label("Unit code").fill("99999")
    page.keyboard.press("Enter")
    page.get_by_text("There is no unit 99999").wait_for()
    page.evaluate("map_main.setView([38.91, 119.61], 16, { animate: false })")
    held = fragment(page)
    assert held["map"] == "16/38.91000/119.61000"
    assert held["state"] == "closed"
    assert "unit" not in held
    page.get_by_role("button", name="Copy the link").click()
    page.locator(".gm-told").wait_for()
    assert "99999" not in page.url


def test_address_with_a_unit_that_is_not_restores_all_else(visit, fetched):
    page, watch = visit("/?level=street#unit=99999&state=closed&matter=x", language="en")
    page.get_by_text("There is no unit 99999").wait_for()
    fetched(page)
    shown = page.evaluate(SHOWN)
    assert (shown["unit"], shown["state"], shown["matter"]) == ("", "closed", "x")
    assert page.get_by_label("Unit code").input_value() == ""
    assert page.locator(".gm-filtered").inner_text().startswith("Tickets: Closed · x")
    assert page.evaluate("tiled_units.parameters.level") == "street"
    assert not any("unit" in one for one in tickets_asked(watch))
    held = fragment(page)
    assert (held["state"], held["matter"]) == ("closed", "x")
    assert "unit" not in held


@pytest.mark.parametrize(
    "link",
    [
        "/#state=closed",
        "/#layers=units,tickets&state=closed",
        "/?show=tickets#state=closed",
        "/#state=closed&unit=990101001001001",
    ],
)
def test_tickets_of_an_address_are_asked_for_with_its_filter_only(visit, fetched, link):
    page, watch = visit(link)
    until(page, "map_main.hasLayer(tiled_tickets)")
    fetched(page)
    asked = tickets_asked(watch)
    assert asked
    assert all(one["state"] == ["closed"] for one in asked)
    assert all(("unit" in one) is ("unit" in link.split("#")[1].split("&")[-1]) for one in asked)
    assert watch.wrong == []


def test_address_keeps_its_filter_while_its_unit_is_asked_about(window, address):
    page, watch = window(1366)
    held = []
    page.route("**/api/layers/*/features?unit=*", lambda route: held.append(route))
    page.goto(f"{address}/?lang=en#map=15/38.9/119.6&state=closed&unit=990101001001001")
    until(page, "typeof map_main === 'object'")
    page.wait_for_timeout(800)
    assert "unit=990101001001001" in page.url
    assert not page.evaluate("map_main.hasLayer(tiled_tickets)")
    held[0].continue_()
    until(page, "map_main.hasLayer(tiled_tickets)")
    shared = fragment(page)
    assert (shared["state"], shared["unit"]) == ("closed", "990101001001001")
    assert watch.wrong == []


def test_days_are_chosen_quickly(visit):
    page, watch = visit("/?show=tickets", language="en")
    page.get_by_role("button", name="7 days").click()
    since = page.get_by_label("Reported since").input_value()
    assert since in page.locator(".gm-filtered").inner_text()
    assert page.get_by_role("button", name="7 days").get_attribute("aria-pressed") == "true"
    assert fragment(page)["since"] == since
    page.get_by_role("button", name="Show all").first.click()
    assert page.get_by_label("Reported since").input_value() == ""
    assert watch.wrong == []


def test_layers_and_level_are_in_the_address(visit):
    page, watch = visit("/", language="en")
    page.get_by_role("link", name="Community").click()
    assert page.evaluate("tiled_units.parameters.level") == "community"
    assert "level=community" in page.url
    page.locator(".leaflet-control-layers").hover()
    page.get_by_label("Tickets", exact=True).check()
    assert "tickets" in fragment(page)["layers"].split(",")
    page.reload()
    until(page, "performance.getEntriesByName('gridmap-painted').length > 0")
    assert page.evaluate("map_main.hasLayer(tiled_tickets)")
    assert page.evaluate("tiled_units.parameters.level") == "community"
    page.go_back()
    until(page, "!map_main.hasLayer(tiled_tickets)")
    assert watch.wrong == []


def test_level_of_an_address_needs_no_fragment(visit):
    page, watch = visit("/?level=street", language="en")
    assert page.evaluate("tiled_units.parameters.level") == "street"
    assert page.locator(".levels [aria-current]").inner_text() == "Street"
    page.evaluate("map_main.setView([38.91, 119.61], 16, { animate: false })")
    settled(page)
    assert "level=street" in page.url
    assert watch.wrong == []


def test_other_language_keeps_what_is_seen(visit):
    page, watch = visit("/", language="en")
    page.get_by_role("link", name="Street").click()
    page.evaluate("map_main.setView([38.91, 119.61], 16, { animate: false })")
    settled(page)
    page.get_by_role("link", name="中文").click()
    until(page, "document.documentElement.lang === 'zh-CN' && typeof tiled_units === 'object'")
    assert page.evaluate(VIEW) == pytest.approx([16, 38.91, 119.61], abs=1e-4)
    assert page.evaluate("tiled_units.parameters.level") == "street"
    assert watch.wrong == []


def test_copied_link_restores_the_theme_too(visit):
    page, watch = visit("/", language="en")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("a.theme").click()
    page.locator("a.theme").click()
    page.get_by_role("button", name="Copy the link").click()
    until(page, "document.querySelector('.gm-told')?.textContent === 'The link is copied'")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "theme=dark" in copied
    assert "#map=" in copied
    assert "lang=" not in copied
    assert watch.wrong == []


def test_downloads_are_of_what_is_shown(visit):
    page, watch = visit("/?show=tickets", language="en")
    page.get_by_label("What is shown of this layer").select_option("tickets")
    page.get_by_label("State").select_option("all")
    with page.expect_download() as started:
        page.get_by_role("link", name="CSV").click()
    query = parse_qs(urlsplit(started.value.url).query)
    assert query["state"] == ["all"]
    west, south, east, north = map(float, query["bbox"][0].split(","))
    assert west < 119.6 < east
    assert south < 38.9 < north
    assert started.value.suggested_filename.endswith(".csv")
    assert watch.wrong == []


def test_downloads_are_of_the_level_that_is_shown(visit):
    page, watch = visit("/", language="en")
    page.get_by_label("What is shown of this layer").select_option("units")
    page.evaluate("map_main.setZoom(11, { animate: false })")
    shown = "[...tiled_units.sources.values()][0].z"
    until(page, "tiled_units.sources.size > 0")
    with page.expect_download() as started:
        page.get_by_role("link", name="CSV").click()
    query = parse_qs(urlsplit(started.value.url).query)
    assert query["zoom"] == [str(page.evaluate(shown))]
    assert query["level"] == ["auto"]
    with open(started.value.path(), encoding="utf-8-sig", newline="") as file:
        levels = {row["Level"] for row in csv.DictReader(file)}
    assert levels == {"District"} or levels == {"Street"}
    assert watch.wrong == []


def test_theme_is_switched_without_a_new_page_and_remembered(visit):
    page, watch = visit("/", language="en")
    dark = "getComputedStyle(document.body).backgroundColor"
    light_paper = page.evaluate(dark)
    switch = page.locator("a.theme")
    switch.focus()
    page.keyboard.press("Enter")
    assert switch.get_attribute("aria-label") == "Colours: light"
    page.keyboard.press("Enter")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate(dark) != light_paper
    page.goto(page.url.split("?")[0] + "tickets?lang=en")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.locator("a.theme").get_attribute("aria-label") == "Colours: dark"
    assert watch.wrong == []


def test_the_system_decides_when_nobody_has(chromium, address):
    context = chromium.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(address + "/tickets?lang=en")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 26)"
    context.close()


@pytest.mark.parametrize("path", ["/", "/units/990101001001001", "/exceptions"])
def test_map_is_printed_on_one_page(visit, path):
    page, watch = visit(path, language="en")
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    box = page.locator(".folium-map").bounding_box()
    assert box["width"] <= 1000
    assert box["height"] <= 680
    if path == "/":
        printed = page.pdf(prefer_css_page_size=True, print_background=True)
        assert printed.count(b"/Type /Page\n") == 1
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert watch.wrong == []
