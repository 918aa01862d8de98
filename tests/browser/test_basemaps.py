"""Base maps of other hosts in a browser: tiles of a host on the loopback, invented."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from flask import Flask, Response
from pyproj import Geod
from support.pages import Watch, go
from support.server import serve
from support.waiting import until

from gridmap.basemaps import OWN, BaseMap
from gridmap.datum import wgs84_to_gcj02
from gridmap.settings import Settings
from gridmap.storage import open_store
from web import create_app, demonstration

#: A picture of one pixel; a tile may have any size.
PIXEL = bytes.fromhex(
    "47494638396101000100800000aabbcc00000021f90400000000002c00000000010001000002024401003b"
)
CENTRE = (119.6052, 38.9012)
#: Where on the earth of its own datum a tile's north-western corner lies, and where it is drawn.
DRAWN = """() => {
  const frame = map_main.getContainer().getBoundingClientRect();
  const tiles = [...document.querySelectorAll("img.leaflet-tile")].filter((one) => one.complete);
  return tiles.map((one) => {
    const box = one.getBoundingClientRect();
    const [z, x, y] = one.src.match(/\\/(\\d+)\\/(\\d+)\\/(\\d+)\\.gif/).slice(1).map(Number);
    const own = map_main.unproject(L.point(x * 256, y * 256), z);
    const at = map_main.containerPointToLatLng([box.left - frame.left, box.top - frame.top]);
    return [z, own.lng, own.lat, at.lng, at.lat];
  });
}"""


@pytest.fixture(scope="module")
def tile_host() -> Iterator[str]:
    """A host of tiles."""
    host = Flask("tiles")

    @host.get("/<path:path>")
    def tile(path: str) -> Response:
        return Response(PIXEL, mimetype="image/gif")

    with serve(host) as address:
        yield address


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory):
    path: Path = tmp_path_factory.mktemp("basemaps") / "gridmap-demo.gpkg"
    demonstration.make(path, lambda line: None)
    store = open_store(f"geopackage:///{path}")
    yield store
    store.close()


@pytest.fixture
def offering(chromium, store):
    """Open the district of a site that offers some base maps."""
    opened = []

    def open_page(*base_maps: BaseMap):
        settings = replace(Settings.from_environ({}), base_maps=base_maps)
        server = serve(create_app({"STORE": store, "SETTINGS": settings}))
        context = chromium.new_context(viewport={"width": 1366, "height": 768})
        opened.append((context, server))
        page = context.new_page()
        watch = Watch(page)
        go(page, server.__enter__() + "/", "en")
        return page, watch

    yield open_page
    for context, server in opened:
        context.close()
        server.__exit__(None, None, None)


def city(host: str, key: str = "city", **more) -> BaseMap:
    urls = (f"{host}/{key}/{{z}}/{{x}}/{{y}}.gif",)
    return BaseMap(key, ("城市", "City"), urls=urls, attribution="City survey, invented", **more)


def look_at_centre(page, zoom: int) -> None:
    lon, lat = CENTRE
    page.evaluate(f"map_main.setView([{lat}, {lon}], {zoom}, {{ animate: false }})")
    until(
        page,
        "(() => { const all = [...document.querySelectorAll('img.leaflet-tile')];"
        " return all.length > 3 && all.every((one) => one.complete); })()",
    )
    page.wait_for_timeout(400)


def misses_m(page, zoom: int, convert) -> np.ndarray:
    """How far from where it belongs each tile near the centre is drawn."""
    rows = np.array([row for row in page.evaluate(DRAWN) if row[0] == zoom])
    near = np.hypot(rows[:, 3] - CENTRE[0], rows[:, 4] - CENTRE[1]) < 0.01
    assert near.any()
    rows = rows[near]
    pictured = np.column_stack(convert(rows[:, 3], rows[:, 4]))
    _, _, metres = Geod(ellps="WGS84").inv(*pictured.T, rows[:, 1], rows[:, 2])
    return metres


def test_picture_in_gcj02_is_moved_and_nothing_else(offering, tile_host):
    page, watch = offering(city(tile_host, datum="gcj02"))
    for zoom in (16, 18):
        look_at_centre(page, zoom)
        pixel_m = 40_075_016 * np.cos(np.radians(CENTRE[1])) / 256 / 2**zoom
        assert misses_m(page, zoom, wgs84_to_gcj02).max() < 1 + pixel_m
        assert misses_m(page, zoom, lambda lon, lat: (lon, lat)).min() > 100
    page.evaluate("map_main.panBy([300, 200], { animate: false })")
    page.wait_for_timeout(500)
    assert misses_m(page, 18, wgs84_to_gcj02).max() < 1.5

    tiles = [url for url in watch.asked if re.search(r"/api/tiles/[^/]*\bunits\b", url)]
    lon, lat = CENTRE
    column = int((lon + 180) / 360 * 2**15)
    assert any(f"/{column}/" in url for url in tiles), "tiles of units are asked for in WGS 84"
    look_at_centre(page, 16)
    box = page.locator(".folium-map").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.locator(".leaflet-popup").wait_for()
    (asked,) = [url for url in watch.asked if "/api/route?" in url]
    given = dict(part.split("=") for part in asked.split("?")[1].split("&"))
    assert given["datum"] == "wgs84"
    assert float(given["lon"]) == pytest.approx(lon, abs=3e-5)
    assert float(given["lat"]) == pytest.approx(lat, abs=3e-5)
    assert watch.wrong == []


def test_base_maps_are_switched_one_for_the_other(offering, tile_host):
    page, watch = offering(OWN, city(tile_host))
    assert not [url for url in watch.asked if url.startswith(tile_host)]
    page.locator(".leaflet-control-layers").hover()
    page.get_by_label("City").check()
    page.locator("img.leaflet-tile").first.wait_for()
    assert "City survey, invented" in page.locator(".leaflet-control-attribution").inner_text()
    assert "For internal use" in page.locator(".leaflet-control-attribution").inner_text()
    assert not page.evaluate("map_main.hasLayer(basemap_city) === false")
    page.wait_for_timeout(450)
    assert "base=city" in page.url
    page.reload()
    page.locator("img.leaflet-tile").first.wait_for()
    page.locator(".leaflet-control-layers").hover()
    page.get_by_label("Own map").check()
    assert page.locator("img.leaflet-tile").count() == 0
    assert "City survey" not in page.locator(".leaflet-control-attribution").inner_text()
    assert watch.wrong == []


def test_policy_names_the_hosts_of_the_base_maps_and_no_other(offering, tile_host):
    page, _ = offering(city(tile_host, subdomains=()))
    policy = page.request.get(page.url).headers["content-security-policy"]
    (images,) = [part for part in policy.split("; ") if part.startswith("img-src")]
    assert images == f"img-src 'self' data: {tile_host}"
    asked = page.evaluate(
        "(url) => new Promise((done) => { const one = new Image();"
        " one.onload = () => done('shown'); one.onerror = () => done('refused'); one.src = url; })",
        tile_host.replace("127.0.0.1", "localhost") + "/other.gif",
    )
    assert asked == "refused"


def test_a_base_map_that_cannot_be_had_is_told(offering):
    page, _ = offering(city("http://127.0.0.1:9"))
    until(page, "document.querySelector('.gm-told')?.textContent.includes('City')")
    assert page.locator(".gm-told").inner_text() == "The base map City cannot be loaded"
