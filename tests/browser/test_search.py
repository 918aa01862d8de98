"""The search box of the map and the dispatcher's page, by keyboard, on a phone and on a desk."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

PHONE, DESK = 390, 1366
ESTATE = "拂汀雅居"


def type_into(page, text):
    field = page.locator("#search-text")
    field.focus()
    with page.expect_response(
        lambda answer: parse_qs(urlsplit(answer.url).query).get("q") == [text]
    ):
        page.keyboard.type(text, delay=10)  # what came for its beginning is not what is meant
    page.locator("#search-list [role=option]").first.wait_for()
    return field


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_suggestion_is_chosen_by_keyboard_and_tells_whose_it_is(visit, picture, language, width):
    page, watch = visit("/", language=language, width=width)
    field = type_into(page, "futingyaju1")
    assert field.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    active = page.locator("#search-list [aria-selected=true]")
    assert active.get_attribute("id") == field.get_attribute("aria-activedescendant")
    assert f"{ESTATE}10号楼" in active.inner_text()
    page.screenshot(path=picture(f"suggest-{language}-{width}"))
    page.keyboard.press("Enter")
    notice = page.locator(".leaflet-popup .gm-notice")
    notice.locator("h3 a").wait_for()
    assert notice.locator(".gm-found").inner_text().startswith(f"{ESTATE}10号楼")
    assert field.get_attribute("aria-expanded") == "false"
    assert field.input_value() == f"{ESTATE}10号楼"
    assert page.evaluate("map_main.getZoom()") >= 17
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert watch.wrong == []


def test_escape_closes_then_empties(visit):
    page, _ = visit("/", language="en")
    field = type_into(page, "ftyj")
    page.keyboard.press("Escape")
    assert page.locator("#search-list").is_hidden()
    assert field.input_value() == "ftyj"
    page.keyboard.press("Escape")
    assert field.input_value() == ""


def test_arrows_come_back_to_the_field(visit):
    page, _ = visit("/", language="en")
    field = type_into(page, ESTATE)
    page.keyboard.press("ArrowUp")
    assert page.locator("#search-list [role=option]").last.get_attribute("aria-selected") == "true"
    page.keyboard.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") is None


def test_whole_text_is_located_on_enter(visit):
    page, watch = visit("/", language="zh")
    page.locator("#search-text").fill(f"{ESTATE}3号楼门口路灯不亮")
    page.keyboard.press("Enter")
    notice = page.locator(".leaflet-popup .gm-found")
    notice.wait_for()
    assert f"{ESTATE}3号楼" in notice.inner_text()
    assert "把握" in notice.inner_text()
    assert watch.wrong == []


def test_what_is_not_found_is_said(visit):
    page, watch = visit("/", language="en")
    page.locator("#search-text").fill("qqxxqq")
    page.keyboard.press("Enter")
    page.locator(".search-wrong").wait_for()
    assert watch.wrong == []


def test_unit_that_is_chosen_links_to_its_page(visit):
    page, watch = visit("/", language="en")
    type_into(page, "潮甲街道")
    page.locator("#search-list [role=option]").first.click()
    page.locator(".leaflet-popup .gm-found a").click()
    page.wait_for_url("**/units/990101001*")
    assert watch.wrong == []


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_dispatcher_confirms_a_point_and_takes_it_back(visit, picture, language, width):
    text = f"老粮库{language}{width}"
    page, watch = visit(f"/locate?q={text}", language=language, width=width)
    page.screenshot(path=picture(f"locate-{language}-{width}"), full_page=True)
    box = page.locator(".folium-map").bounding_box()
    middle = {"x": box["width"] * 0.5, "y": box["height"] * 0.4}
    page.locator(".folium-map").click(position=middle)
    assert page.locator("input[name=lon]").input_value().startswith("119.")
    page.locator("input[name=by][form=confirm]").fill("示例调度员")
    page.locator("input[name=by][form=confirm]").press("Enter")
    assert page.locator(".note").count() == 0, "Enter in a field confirms nothing"
    page.get_by_role(
        "button", name="确认此点" if language == "zh" else "Confirm this point"
    ).click()
    page.locator(".note").wait_for()
    row = page.locator("tr", has_text=text)
    assert "示例调度员" in row.inner_text()
    assert page.locator(".present").count() == 1
    page.screenshot(path=picture(f"confirmed-{language}-{width}"), full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator(".taker input").fill("示例组长")
    row.get_by_role("button").click()
    page.locator(".note").wait_for()
    assert page.locator("tr", has_text=text).count() == 0
    assert watch.wrong == []


def test_place_that_is_searched_can_be_confirmed(visit):
    page, watch = visit("/locate?q=老粮库西侧", language="en")
    type_into(page, "ftyj")
    page.locator("#search-list [role=option]").first.click()
    chosen = page.locator("#chosen")
    chosen.wait_for()
    assert ESTATE in chosen.inner_text()
    page.locator("input[name=by][form=confirm]").fill("示例调度员")
    chosen.click()
    page.locator(".note").wait_for()
    assert ESTATE in page.locator(".goes").inner_text()
    page.locator(".taker input").fill("示例组长")
    page.locator("tr", has_text="老粮库西侧").get_by_role("button").click()
    page.locator(".note").wait_for()
    assert watch.wrong == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_ticket_is_found_by_the_beginning_of_its_number(visit, language):
    page, watch = visit("/", language=language)
    type_into(page, "YS20261001-0001")
    page.locator("#search-list [role=option]", has_text="YS20261001-0001").wait_for()
    line = page.locator("#search-list [role=option]").first
    assert line.inner_text().startswith("YS20261001-0001")
    assert ("工单" if language == "zh" else "Ticket") in line.inner_text()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    link = page.locator(".leaflet-popup .gm-found a")
    link.wait_for()
    assert link.get_attribute("href").startswith("/tickets/")
    assert page.evaluate("map_main.getZoom()") >= 17
    assert watch.wrong == []
