"""The tools beside the zoom buttons: where am I, measuring, full screen; by keyboard too."""

from __future__ import annotations

import re

import pytest
from pyproj import Geod
from support.waiting import until

INSIDE = {"longitude": 119.6, "latitude": 38.9, "accuracy": 25}
GEOLOCATION = "navigator.geolocation"


@pytest.fixture
def told():
    """What the map has told in a sentence."""

    def sentence(page, part: str) -> str:
        until(page, f"document.querySelector('.gm-told')?.textContent.includes({part!r})")
        return page.locator(".gm-told").inner_text()

    return sentence


@pytest.fixture
def here(visit):
    """Open the map with a device that knows its place."""

    def open_page(**options):
        page, watch = visit("/", language="en", **options)
        page.context.grant_permissions(["geolocation"])
        page.context.set_geolocation(INSIDE)
        return page, watch

    return open_page


def test_place_of_the_device_is_shown_with_its_accuracy(here, told):
    page, watch = here()
    button = page.get_by_role("button", name="Where am I")
    button.click()
    sentence = told(page, "119.60000")
    assert sentence == "You are at 119.60000, 38.90000 (WGS 84), to about 25 m"
    assert button.get_attribute("aria-pressed") == "true"
    centre = page.evaluate("(() => { const c = map_main.getCenter(); return [c.lng, c.lat]; })()")
    assert centre == pytest.approx([119.6, 38.9], abs=1e-4)
    circles = "Object.values(map_main._layers).filter((one) => one instanceof L.Circle)"
    radii = f"{circles}.map((one) => one.getRadius())"
    assert 25 in page.evaluate(radii)
    button.click()
    assert button.get_attribute("aria-pressed") == "false"
    assert 25 not in page.evaluate(radii)
    assert watch.wrong == []


@pytest.mark.parametrize(
    ("code", "part"), [(1, "permit it"), (2, "does not know"), (3, "15 seconds")]
)
def test_why_there_is_no_place_is_one_sentence(visit, told, code, part):
    page, watch = visit("/", language="en")
    page.evaluate(
        "(code) => { Object.defineProperty(navigator, 'geolocation', { value: {"
        " watchPosition: (found, failed) => { setTimeout(() => failed({ code })); return 1; },"
        " clearWatch: () => {} } }); }",
        code,
    )
    button = page.get_by_role("button", name="Where am I")
    button.click()
    assert told(page, part)
    assert button.get_attribute("aria-pressed") == "false"
    assert watch.wrong == []


def test_a_page_that_browsers_give_no_place_to_says_so(visit, told):
    page, _ = visit("/", language="zh")
    page.evaluate("Object.defineProperty(window, 'isSecureContext', { value: false })")
    page.get_by_role("button", name="我的位置").click()
    assert "https" in told(page, "https")


def measured(page) -> str:
    return page.locator(".gm-measure-result").inner_text()


def test_measuring_by_clicks_asks_nobody_and_agrees_with_the_geodesic(visit):
    page, watch = visit("/", language="en")
    page.get_by_role("button", name="Measure").click()
    assert measured(page) == "Click on the map to begin"
    box = page.locator(".folium-map").bounding_box()
    spots = [(0.4, 0.4), (0.6, 0.4), (0.6, 0.6)]
    corners = []
    for x, y in spots:
        page.mouse.click(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
        corners.append(
            page.evaluate(
                "([x, y]) => { const p = map_main.containerPointToLatLng([x, y]);"
                " return [p.lng, p.lat]; }",
                [box["width"] * x, box["height"] * y],
            )
        )
    geod = Geod(ellps="WGS84")
    length_m = geod.line_length(*zip(*corners, strict=True))
    area_m2 = abs(geod.polygon_area_perimeter(*zip(*corners, strict=True))[0])
    length, area = re.fullmatch(r"Length ([\d.]+) km · Area ([\d.]+) ha", measured(page)).groups()
    assert float(length) == pytest.approx(length_m / 1000, rel=0.006)
    assert float(area) == pytest.approx(area_m2 / 1e4, rel=0.006)
    assert page.locator(".leaflet-popup").count() == 0
    assert not [url for url in watch.asked if "/api/route" in url]
    page.get_by_role("button", name="Undo").click()
    assert "Area" not in measured(page)
    page.get_by_role("button", name="End").click()
    assert page.locator(".gm-measure").count() == 0
    page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5)
    page.locator(".leaflet-popup").wait_for()
    assert watch.wrong == []


def test_measuring_by_keyboard(visit):
    page, watch = visit("/", language="en")
    page.get_by_role("button", name="Measure").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.classList.contains('folium-map')")
    page.keyboard.press("Enter")
    for _ in range(2):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(400)
    page.keyboard.press("Enter")
    assert re.match(r"Length [\d.]+ (m|km)$", measured(page))
    page.keyboard.press("Backspace")
    assert measured(page) == "Click on the map to begin"
    page.keyboard.press("Escape")
    assert page.locator(".gm-measure").count() == 0
    assert page.locator(".leaflet-popup").count() == 0
    assert watch.wrong == []


def test_full_screen_and_back(visit):
    page, watch = visit("/", language="en")
    button = page.get_by_role("button", name="Full screen")
    pressed = "document.querySelector('.gm-tool-full').getAttribute('aria-pressed')"
    button.click()
    until(page, f"{pressed} === 'true'")
    assert page.evaluate("document.fullscreenElement.classList.contains('stage')")
    button.click()
    until(page, f"{pressed} === 'false'")
    assert page.evaluate("document.fullscreenElement === null")
    assert watch.wrong == []


def test_the_window_is_filled_where_there_is_no_full_screen(visit):
    page, watch = visit("/", language="en", width=390)
    page.evaluate("Object.defineProperty(document, 'fullscreenEnabled', { value: false })")
    page.get_by_role("button", name="Full screen").click()
    box = page.locator(".stage").bounding_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 844)
    page.keyboard.press("Escape")
    assert page.locator(".stage").bounding_box()["height"] < 844
    assert watch.wrong == []


@pytest.mark.parametrize("width", [390, 1366])
def test_buttons_of_the_map_are_large_enough_for_a_finger(visit, width):
    page, _ = visit("/", width=width)
    for button in page.locator(
        ".leaflet-bar a:visible, .gm-tool:visible, .gm-button:visible"
    ).all():
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 44, button.get_attribute("class")
