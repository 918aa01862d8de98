"""Benchmark: our client of vector tiles beside Leaflet.VectorGrid 1.3, on the same tiles.

Run it as `python tests/benchmarks/bench_client.py`. One service answers both, warm, to fresh
windows in turn; both draw the base map and the grids of a scaled district, without names, which
VectorGrid cannot write. VectorGrid comes from npm into a temporary folder, for this benchmark
alone. It is mended: `L.DomEvent.fakeStop`, which it calls at every click, is gone from Leaflet 1.9.

Told of each, as medians: milliseconds until all is drawn and one frame has shown it, the heap of
its scripts then, and the milliseconds of script that a movement of the pointer costs.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS.parent), str(TESTS)]  # the rooms before the tests named like them

from flask import Flask, Response  # noqa: E402
from support import scaled  # noqa: E402
from support.browser import ARGUMENTS, chromium_path  # noqa: E402
from support.looking import LAPTOP, heap_bytes, until  # noqa: E402
from support.server import serve  # noqa: E402

from gridmap.settings import Settings  # noqa: E402
from gridmap.storage import create_store  # noqa: E402
from layers.base import base_map  # noqa: E402
from layers.catalogue import catalogue  # noqa: E402
from layers.layer import MapLayer  # noqa: E402
from layers.page import take_apart  # noqa: E402
from layers.tiled import Addresses, Tiled  # noqa: E402
from web import create_app  # noqa: E402

VECTOR_GRID = "leaflet.vectorgrid@1.3.0"
ADDRESSES = Addresses("/api/tiles/KEYS/{z}/{x}/{y}", "/api/values/KEY", lambda page: "/VALUE")
POINTER_MOVES = 60
HEAD = '<!doctype html><meta charset="utf-8"><style>html,body{height:100%;margin:0}</style>'
MENDED = "L.DomEvent.fakeStop = L.DomEvent.fakeStop || (() => {});"
#: The same layers for VectorGrid, whose tiles are those of one zoom less than the map's: it knows
#: no zoom offset.
VECTOR_GRID_SCRIPT = """
const map = L.map("map", { preferCanvas: true });
const hidden = [];
const styles = {
  units: { fill: true, fillColor: "#fdebc8", fillOpacity: 0.6, weight: 0.8, color: "#7a6f60" },
  water: { fill: true, fillColor: "#b9d6e8", fillOpacity: 1, stroke: false },
  green: { fill: true, fillColor: "#d5e6c3", fillOpacity: 1, stroke: false },
  buildings: { fill: true, fillColor: "#e2dcd1", fillOpacity: 1, weight: 0.5, color: "#c4bbab" },
  streets: { weight: 2, color: "#cfc8bb" },
};
let left = 2;
const add = (keys, query, interactive) => {
  const layer = L.vectorGrid.protobuf("/api/tiles/" + keys + "/{z}/{x}/{y}" + query, {
    tileSize: 512, interactive, rendererFactory: L.canvas.tile,
    getFeatureId: (one) => one.properties.code,
    vectorTileLayerStyles: new Proxy(styles, { get: (all, key) => all[key] || hidden }),
  });
  const fetched = layer._getVectorTilePromise;
  layer._getVectorTilePromise = (at) => fetched.call(layer, { x: at.x, y: at.y, z: at.z - 1 });
  layer.once("load", () => {
    left -= 1;
    const mark = () => performance.mark("gridmap-painted");
    if (!left) requestAnimationFrame(() => requestAnimationFrame(mark));
  });
  layer.on("mouseover", ({ layer: { properties }, target }) => {
    target.setFeatureStyle(properties.code, { ...styles.units, weight: 3, color: "#d01c8b" });
  });
  layer.on("mouseout", ({ layer: { properties }, target }) => {
    target.resetFeatureStyle(properties.code);
  });
  layer.addTo(map);
};
map.fitBounds(BOUNDS, { animate: false });
add("KEYS", "", false);
add("units", "?level=grid", true);
"""


def base_layers() -> list[MapLayer]:
    """Return the layers of the base map that both draw."""
    return [_nameless(layer) for layer in catalogue().values() if layer.group == "base"]


def _nameless(layer: MapLayer) -> MapLayer:
    paints = tuple(paint for paint in layer.paints if paint.kind != "label")
    return replace(layer, paints=paints, values=None)


def our_page(bounds: tuple[float, float, float, float]) -> str:
    """Write the page of our client."""
    drawn = base_map(bounds, "en", Settings.from_environ({}))
    told: dict[str, Any] = {"addresses": ADDRESSES, "language": "en"}
    drawn.add_child(Tiled(base_layers(), **told))
    units = _nameless(catalogue()["units"])
    drawn.add_child(Tiled(units, parameters={"level": "grid"}, **told))
    parts = take_apart(drawn, lambda path: f"/assets/{path}")
    links = "".join(f'<link rel="stylesheet" href="{url}">' for url in parts.styles)
    scripts = "".join(f'<script src="{url}"></script>' for url in parts.scripts)
    box = f'<div style="height:100%">{parts.html}</div>'
    return f"{HEAD}{links}{box}{scripts}<script>{parts.script}</script>"


def vector_grid_page(bounds: tuple[float, float, float, float]) -> str:
    """Write the page of VectorGrid."""
    west, south, east, north = bounds
    keys = "+".join(layer.key for layer in base_layers())
    script = VECTOR_GRID_SCRIPT.replace("KEYS", keys)
    script = script.replace("BOUNDS", str([[south, west], [north, east]]))
    return (
        f'{HEAD}<link rel="stylesheet" href="/assets/leaflet/leaflet.css">'
        '<div id="map" style="height:100%"></div><script src="/assets/leaflet/leaflet.js"></script>'
        f'<script src="/vectorgrid.js"></script><script>{MENDED}{script}</script>'
    )


def fetch_vector_grid(folder: Path) -> bytes:
    """Bring VectorGrid from npm into a folder, and return its bundle."""
    quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--no-save", "--silent"]
    subprocess.run(["npm", "install", "--prefix", str(folder), *quiet, VECTOR_GRID], check=True)
    bundle = "leaflet.vectorgrid/dist/Leaflet.VectorGrid.bundled.min.js"
    return (folder / "node_modules" / bundle).read_bytes()


def with_pages(app: Flask, bounds: tuple[float, float, float, float], bundle: bytes) -> Flask:
    """Add both pages to the service, free of its policy."""
    app.after_request_funcs[None] = [
        function for function in app.after_request_funcs[None] if function.__name__ != "_harden"
    ]
    script = Response(bundle, mimetype="text/javascript")
    app.add_url_rule("/ours", "ours", lambda: our_page(bounds))
    app.add_url_rule("/vectorgrid", "peer", lambda: vector_grid_page(bounds))
    app.add_url_rule("/vectorgrid.js", "peer_script", lambda: script)
    return app


def look(browser: Any, url: str) -> dict[str, float]:
    """Open a page in a fresh window, then move the pointer over it."""
    context = browser.new_context(viewport=LAPTOP)
    page = context.new_page()
    page.goto(url, wait_until="commit")
    until(page, "performance.getEntriesByName('gridmap-painted').length > 0", 60)
    painted_ms = page.evaluate("performance.getEntriesByName('gridmap-painted')[0].startTime")
    heap_mb = heap_bytes(page) / 1e6
    devtools = context.new_cdp_session(page)
    devtools.send("Performance.enable")
    before = _busy_s(devtools)
    for step in range(POINTER_MOVES):
        page.mouse.move(300 + 13 * step, 200 + 6 * step)
        page.wait_for_timeout(16)
    hover_ms = 1000 * (_busy_s(devtools) - before) / POINTER_MOVES
    context.close()
    return {"drawn_ms": painted_ms, "heap_mb": heap_mb, "hover_ms": hover_ms}


def _busy_s(devtools: Any) -> float:
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    return float(next(one["value"] for one in metrics if one["name"] == "ScriptDuration"))


def run(units: int = 3_000, buildings: int = 30_000, rounds: int = 5) -> dict[str, float]:
    """Measure, and answer the medians by name: `ours_drawn_ms`, `peer_heap_mb` and so on."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        bundle = fetch_vector_grid(Path(name))
        store = create_store(f"geopackage:///{name}/bench.gpkg")
        scaled.fill(store, units=units, buildings=buildings, tickets=0)
        bounds = _middle(store)
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(ARGUMENTS))
        with serve(with_pages(create_app({"STORE": store}), bounds, bundle)) as address:
            pages = {"ours": f"{address}/ours", "peer": f"{address}/vectorgrid"}
            seen: dict[str, list[dict[str, float]]] = {side: [] for side in pages}
            for _ in range(rounds + 1):  # in turn; the first round warms both and is left out
                for side, url in pages.items():
                    seen[side].append(look(browser, url))
        browser.close()
        store.close()
    return {
        f"{side}_{figure}": median(one[figure] for one in found[1:])
        for side, found in seen.items()
        for figure in found[0]
    }


def _middle(store: Any) -> tuple[float, float, float, float]:
    """Return the bounds of the middle of the district, about two thirds of it."""
    from datetime import UTC, datetime

    from layers.reading import unit_bounds

    with store.read() as session:
        west, south, east, north = unit_bounds(session, datetime.now(UTC))
    x, y = (east - west) / 6, (north - south) / 6
    return west + x, south + y, east - x, north - y


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=3_000)
    parser.add_argument("--buildings", type=int, default=30_000)
    asked = parser.parse_args()
    for name, value in run(asked.units, asked.buildings).items():
        print(f"{name:20} {value:10.1f}")
