"""Base maps of other hosts on a Folium map: one at a time, never with markup of their own."""

from __future__ import annotations

import json

import folium

from gridmap.basemaps import BaseMap
from gridmap.settings import Settings
from layers.base import base_map
from layers.basemaps import OnlineBaseMap
from layers.page import take_apart

CITY = BaseMap(
    "city-map",
    ("城市", "City"),
    urls=("https://tiles.example/{z}/{x}/{y}.png", "https://tiles.example/names/{z}/{x}/{y}.png"),
    datum="gcj02",
    attribution="<b>城市测绘院</b>",
    approval_no="示例S(2026)002号",
    max_zoom=17,
)


def test_page_gets_addresses_datum_and_attribution():
    layer = OnlineBaseMap(CITY, language="zh", show=True)
    data = json.loads(layer.block)
    assert data["urls"] == list(CITY.urls)
    assert (data["datum"], data["maxZoom"], data["tellsAddress"]) == ("gcj02", 17, False)
    assert data["attribution"] == "<b>城市测绘院</b> 示例S(2026)002号"
    assert "\\u003cb\\u003e" in layer.block, "markup of a list is never markup of the page"


def test_layer_control_offers_them_one_at_a_time():
    drawn = base_map((117, 40, 118, 41), "en", Settings.from_environ({}))
    drawn.add_child(OnlineBaseMap(CITY, language="en", show=True))
    drawn.add_child(
        OnlineBaseMap(BaseMap("b", ("乙", "B"), urls=CITY.urls), language="en", show=False)
    )
    control = folium.LayerControl()
    drawn.add_child(control)
    script = take_apart(drawn, str).script
    assert list(control.base_layers) == ["City", "B"]
    assert not control.overlays
    assert "basemap_city_map.addTo(map_main)" in script
    assert "basemap_b.addTo(map_main)" not in script
