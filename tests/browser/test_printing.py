"""What is printed: in light colours whatever the screen has, with the title and the date."""

import pytest

#: How light the pictures of the tiles are on the ground of the map, from 0 to 255.
LIGHT = """() => {
  const ground = getComputedStyle(map_main.getContainer()).backgroundColor;
  let [sum, count] = [0, 0];
  document.querySelectorAll(".leaflet-tiles-pane .gm-tile canvas").forEach((canvas) => {
    const { width, height } = canvas;
    const sheet = Object.assign(document.createElement("canvas"), { width, height });
    const pen = sheet.getContext("2d");
    pen.fillStyle = ground;
    pen.fillRect(0, 0, width, height);
    pen.drawImage(canvas, 0, 0);
    const { data } = pen.getImageData(0, 0, width, height);
    for (let i = 0; i < data.length; i += 4 * 97) {
      sum += data[i + 1];
      count += 1;
    }
  });
  return sum / count;
}"""
GROUND = "getComputedStyle(map_main.getContainer()).backgroundColor"


@pytest.mark.parametrize("path", ["/", "/tickets/1"])
def test_dark_page_is_printed_light_with_title_and_date(visit, fetched, path):
    page, watch = visit(path + "?theme=dark", language="zh")
    fetched(page)
    assert page.evaluate(LIGHT) < 120 or path != "/"
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate(GROUND) == "rgb(244, 242, 236)"
    assert page.evaluate(LIGHT) > 160
    sheet = page.locator(".gm-sheet").inner_text()
    assert page.title() in sheet
    assert page.evaluate("new Date().getFullYear() + '年'") in sheet
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert page.locator(".gm-sheet").count() == 0
    assert page.evaluate(GROUND) == "rgb(22, 25, 29)"
    assert page.evaluate(LIGHT) < 120 or path != "/"
    assert watch.wrong == []


def test_page_without_a_map_is_printed_light(visit):
    page, _ = visit("/tickets?theme=dark", language="zh")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    ink = page.evaluate("getComputedStyle(document.querySelector('th')).color")
    assert ink == "rgb(90, 95, 102)"
