"""Pages in a browser, on a phone and on a desk, in both languages."""

import re

import pytest
from support.tiles_asked import layers_of
from support.waiting import until

PHONE, DESK = 390, 1366

#: Whether the browser has glyphs for a text: each must look different from a code point without.
HAS_GLYPHS = """(text) => {
  const picture = (sign) => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 40;
    const pen = canvas.getContext("2d");
    pen.font = "24px " + getComputedStyle(document.body).fontFamily;
    pen.fillText(sign, 4, 30);
    return pen.getImageData(0, 0, 40, 40).data.join();
  };
  const missing = [picture("\\ue83a"), picture(" ")];
  const drawn = [...text].map(picture);
  return drawn.every((one) => !missing.includes(one)) && new Set(drawn).size === drawn.length;
}"""


def test_chinese_is_drawn_and_no_empty_boxes(visit):
    page, _ = visit("/")
    assert page.evaluate(HAS_GLYPHS, "网格社区工单未结")
    assert not page.evaluate(HAS_GLYPHS, "\ue83b"), "the test would not see a missing glyph"


def test_map_is_painted_in_the_colours_of_its_legend(visit):
    page, _ = visit("/")
    colours = page.evaluate("""() => {
      const found = new Set();
      document.querySelectorAll(".leaflet-tiles-pane .gm-tile canvas").forEach((canvas) => {
        const { width, height } = canvas;
        const sheet = Object.assign(document.createElement("canvas"), { width, height });
        const pen = sheet.getContext("2d");
        pen.drawImage(canvas, 0, 0);
        const { data } = pen.getImageData(0, 0, width, height);
        for (let i = 0; i < data.length; i += 4 * 97) {
          if (data[i + 3]) found.add([data[i], data[i + 1], data[i + 2]].join());
        }
      });
      return found.size;
    }""")
    assert colours > 4
    assert page.locator(".gm-legend-line").count() >= 3


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize(
    ("language", "worker"), [("zh", "责任人"), ("en", "Answers for it")], ids=["zh", "en"]
)
def test_click_tells_whose_the_place_is_and_why(visit, picture, language, worker, width):
    page, watch = visit("/", language=language, width=width)
    box = page.locator(".folium-map").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.45, box["y"] + box["height"] * 0.55)
    notice = page.locator(".leaflet-popup .gm-notice")
    notice.locator("h3 a").wait_for()
    assert worker in notice.inner_text()
    reason = page.locator("#answer").inner_text()
    assert reason
    assert reason in notice.inner_text()
    assert notice.locator("h3 a").get_attribute("href").startswith("/units/990101")
    page.wait_for_timeout(300)  # the popup fades in
    popup, tools = (page.locator(one).bounding_box() for one in (".leaflet-popup", ".gm-tools"))
    assert popup["x"] >= tools["x"] + tools["width"], "the tools lie over what is told"
    page.mouse.move(2, 2)
    page.screenshot(path=picture(f"whose-{language}-{width}"))
    assert watch.wrong == []


def test_enter_asks_for_the_centre_of_the_map(visit):
    page, watch = visit("/", language="en")
    page.locator(".folium-map").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.locator(".leaflet-popup .gm-notice h3").wait_for()
    assert watch.wrong == []


def test_coordinate_in_a_shifted_datum_is_asked_and_shown(visit):
    page, watch = visit("/", language="en")
    page.get_by_label("Longitude").fill("119.6052")
    page.get_by_label("Latitude").fill("38.9012")
    page.get_by_label("Datum").select_option("gcj02")
    page.get_by_role("button", name="Ask").click()
    page.locator(".leaflet-popup .gm-notice h3").wait_for()
    assert any("/api/route" in url and "datum=gcj02" in url for url in watch.asked)
    assert watch.wrong == []


def test_coordinate_that_cannot_be_is_told_in_a_sentence(visit):
    page, _ = visit("/", language="en")
    page.get_by_label("Longitude").fill("38.9")
    page.get_by_label("Latitude").fill("119.6")
    page.get_by_role("button", name="Ask").click()
    page.locator(".leaflet-popup").wait_for()
    assert "lat is 119.6" in page.locator("#answer").inner_text()


def test_layers_are_fetched_when_they_are_switched_on(visit, fetched):
    page, watch = visit("/", language="en")

    def asked(layer):
        return [url for url in watch.asked if layer in layers_of(url)]

    assert not asked("tickets")
    page.locator(".leaflet-control-layers").hover()
    page.get_by_label("Tickets", exact=True).check()
    page.get_by_label("Exceptions", exact=True).check()
    page.locator(".gm-legend").get_by_text("On a boundary").wait_for()
    fetched(page)
    assert asked("tickets")
    assert asked("exceptions")
    assert watch.wrong == []


def test_controls_speak_the_language_of_the_page(visit):
    for language, title in (("zh", "图层"), ("en", "Layers")):
        page, _ = visit("/", language=language)
        toggle = page.locator(".leaflet-control-layers-toggle")
        assert toggle.get_attribute("title") == title
        assert page.locator(f"[title='{'放大' if language == 'zh' else 'Zoom in'}']").count() == 1


def test_level_is_switched_and_the_unit_opened_by_keyboard(visit):
    page, _ = visit("/", language="en")
    page.get_by_role("link", name="Street").focus()
    page.keyboard.press("Enter")
    until(page, "location.search.includes('level=street')")
    assert page.evaluate("tiled_units.parameters.level") == "street"
    page.goto(page.url.split("?")[0] + "units?level=street&lang=en")
    page.get_by_role("link", name="潮甲街道").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="潮甲街道", level=1).wait_for()


def test_first_tab_offers_to_skip_to_the_content(visit):
    page, _ = visit("/tickets", language="en")
    page.keyboard.press("Tab")
    skip = page.get_by_text("Skip to the content")
    assert skip.bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_neighbour_on_the_small_map_is_a_link(visit):
    page, watch = visit("/units/990101001001002", language="en")
    box = page.locator(".folium-map").bounding_box()
    page.mouse.click(box["x"] + 20, box["y"] + box["height"] - 40)
    page.wait_for_timeout(500)
    page.mouse.click(box["x"] + box["width"] * 0.05, box["y"] + box["height"] * 0.5)
    page.wait_for_timeout(500)
    assert watch.wrong == []
    assert "/units/990101" in page.url


def test_script_from_a_name_does_not_run(visit):
    page, watch = visit("/tickets?words=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E", language="en")
    assert page.locator("img[src='x']").count() == 0
    assert watch.wrong == []


def apart(one, other):
    return (
        one["x"] + one["width"] <= other["x"]
        or other["x"] + other["width"] <= one["x"]
        or one["y"] + one["height"] <= other["y"]
        or other["y"] + other["height"] <= one["y"]
    )


def test_on_a_phone_nothing_on_the_map_covers_another(visit):
    page, _ = visit("/?show=tickets,exceptions", width=PHONE)
    toggle, legend = page.locator(".leaflet-control-layers"), page.locator(".gm-legend")
    parts = [
        page.locator(f".folium-map {name}")
        for name in (".leaflet-control-attribution", ".leaflet-control-scale", ".gm-tools")
    ]
    west = page.evaluate("""() => Math.min(
      ...[...document.querySelectorAll(".leaflet-tiles-pane .gm-tile canvas")]
        .map((canvas) => canvas.getBoundingClientRect().left))""")
    reach_of_marks_px = 28
    tools = parts[-1].bounding_box()
    assert west + reach_of_marks_px >= tools["x"] + tools["width"]
    legend.locator("summary").click()
    assert legend.locator(".gm-legend-line").first.is_visible()
    boxes = [one.bounding_box() for one in (toggle, legend, *parts)]
    assert all(apart(one, other) for i, one in enumerate(boxes) for other in boxes[:i]), boxes
    toggle.locator("a").press("Enter")
    page.locator(".leaflet-control-layers-expanded").wait_for()
    assert legend.is_hidden()


def test_long_notice_is_scrolled_within_a_low_map(visit):
    page, _ = visit("/", width=PHONE)
    page.set_viewport_size({"width": PHONE, "height": 520})
    frame = page.locator(".folium-map").bounding_box()
    page.mouse.click(frame["x"] + frame["width"] * 0.6, frame["y"] + frame["height"] * 0.6)
    notice = page.locator(".leaflet-popup-scrolled")
    notice.wait_for()
    page.wait_for_timeout(500)  # the map moves until the notice is on it
    box = page.locator(".leaflet-popup").bounding_box()
    frame = page.locator(".folium-map").bounding_box()
    assert frame["y"] <= box["y"]
    assert box["y"] + box["height"] <= frame["y"] + frame["height"]
    assert notice.evaluate("(node) => node.scrollHeight > node.clientHeight")


SHOWN = """(ground) => {
  const found = {};
  document.querySelectorAll(".leaflet-tiles-pane .gm-tile canvas").forEach((canvas) => {
    const { width, height } = canvas;
    const sheet = Object.assign(document.createElement("canvas"), { width, height });
    const pen = sheet.getContext("2d");
    pen.fillStyle = ground;
    pen.fillRect(0, 0, width, height);
    pen.drawImage(canvas, 0, 0);
    const { data } = pen.getImageData(0, 0, width, height);
    for (let i = 0; i < data.length; i += 4 * 7) {
      const colour = `rgb(${data[i]}, ${data[i + 1]}, ${data[i + 2]})`;
      found[colour] = (found[colour] || 0) + 1;
    }
  });
  return found;
}"""
SWATCHES = """[...document.querySelectorAll(".gm-key-fill")]
  .map((one) => getComputedStyle(one).backgroundColor)"""


def near(one, other):
    """Whether two colours of a style differ by what a canvas rounds."""
    pairs = zip(*(map(int, re.findall(r"\d+", colour)) for colour in (one, other)), strict=True)
    return all(abs(a - b) <= 2 for a, b in pairs)


@pytest.mark.parametrize("zoom", [15, 17])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_legend_has_the_colours_of_the_map(visit, fetched, theme, zoom):
    page, _ = visit(f"/?theme={theme}&level=grid#map={zoom}/38.9/119.6")
    fetched(page)
    ground = page.evaluate("getComputedStyle(map_main.getContainer()).backgroundColor")
    shown = page.evaluate(SHOWN, ground)
    swatches = page.evaluate(SWATCHES)
    assert len(swatches) >= 3
    assert len(set(swatches)) == len(swatches)
    often = [colour for colour, count in shown.items() if count > 500]
    met = [one for one in swatches if any(near(one, colour) for colour in often)]
    assert len(met) >= 3, (swatches, often)
