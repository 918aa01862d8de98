"""Esc takes away what lies over the map, wherever the focus is."""


def test_escape_closes_a_notice_from_its_link(visit):
    page, watch = visit("/", language="en")
    box = page.locator(".folium-map").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.45, box["y"] + box["height"] * 0.55)
    link = page.locator(".leaflet-popup .gm-notice h3 a")
    link.wait_for()
    link.focus()
    page.keyboard.press("Escape")
    page.locator(".leaflet-popup").wait_for(state="detached")
    assert page.evaluate("document.activeElement.classList.contains('folium-map')")
    assert watch.wrong == []


def test_escape_folds_the_list_of_layers(visit):
    page, watch = visit("/", language="en")
    panel = page.locator(".leaflet-control-layers")
    panel.locator(".leaflet-control-layers-toggle").focus()
    page.keyboard.press("Enter")
    panel.locator("input").first.focus()
    assert "expanded" in panel.get_attribute("class")
    page.keyboard.press("Escape")
    assert "expanded" not in panel.get_attribute("class")
    assert page.evaluate("document.activeElement.className").endswith("layers-toggle")
    assert watch.wrong == []
