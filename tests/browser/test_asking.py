"""What Enter in the search finds, what is offered, and what is said when nothing answers."""

import re

import pytest
from support.waiting import until

AWAY = {"zh": "服务没有应答", "en": "The service does not answer"}
MARKS = "Object.values(map_main._layers).filter((one) => one instanceof L.Rectangle).length"


def enter(page, text):
    page.locator("#search-text").fill(text)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("typed", ["YS20261001-0001", "ys20261001-0001 "])
def test_number_of_a_ticket_and_enter_goes_there(visit, typed):
    page, watch = visit("/", language="zh")
    enter(page, typed)
    link = page.locator(".leaflet-popup .gm-found a")
    link.wait_for()
    assert link.inner_text() == "YS20261001-0001"
    assert page.evaluate("map_main.getZoom()") >= 17
    assert watch.wrong == []


def test_places_of_one_name_are_offered(visit):
    page, watch = visit("/", language="zh")
    enter(page, "望海社区")
    lines = page.locator("#search-list [role=option]")
    lines.first.wait_for()
    assert [text.split("\n")[0] for text in lines.all_inner_texts()] == ["望海社区"] * 2
    assert "2 处" in page.locator(".search-note").inner_text()
    assert page.locator(".leaflet-popup").count() == 0
    lines.nth(1).click()
    found = page.locator(".leaflet-popup .gm-found")
    found.wait_for()
    assert "潮丙街道" in found.inner_text()
    assert watch.wrong == []


def test_text_that_fits_several_places_offers_the_others(visit):
    page, watch = visit("/", language="zh")
    enter(page, "望海社区路灯不亮")
    page.locator(".leaflet-popup .gm-found").wait_for()
    lines = page.locator("#search-list [role=option]")
    assert lines.count() == 2
    assert watch.wrong == []


def test_what_is_not_found_takes_the_former_answer_away(visit):
    page, watch = visit("/", language="zh")
    enter(page, "潮甲街道")
    page.locator(".leaflet-popup .gm-found").wait_for()
    assert page.evaluate(MARKS) == 1
    enter(page, "qqxxqq")
    page.locator(".search-wrong").wait_for()
    until(page, "!document.querySelector('.leaflet-popup .gm-found')")
    assert page.evaluate(MARKS) == 0
    assert watch.wrong == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_service_that_is_away_is_told_in_the_language_of_the_page(visit, language):
    page, _ = visit("/", language=language)
    enter(page, "潮甲街道")
    page.locator(".leaflet-popup .gm-found").wait_for()
    page.route(re.compile("/api/"), lambda route: route.abort())
    enter(page, "映屿街")
    until(
        page, f"document.querySelector('.search-wrong')?.textContent.startsWith('{AWAY[language]}')"
    )
    until(page, "!document.querySelector('.leaflet-popup .gm-found')")
    box = page.locator(".folium-map").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.7)
    notice = page.locator(".leaflet-popup-content")
    notice.wait_for()
    assert notice.inner_text().startswith(AWAY[language])
