"""Benchmark: opening the district map in Chromium, beside plain `folium.GeoJson` of the same units.

Run it as `python tests/benchmarks/bench_map.py`. Both pages come from one waitress server in one
run, made anew from the same store for every request and packed alike, to fresh windows without a
cache, in turn. Our page is the whole page of the
service: units, outlines, names, streets, water, legend, the question. The plain page is what
Folium writes for the 150 units with a colour and a tooltip. Chromium reaches no other host here,
so the plain page's links are answered locally: Leaflet by our copy, the other libraries (jQuery,
Bootstrap, Font Awesome …) by files of the same names in a folder, if one is given. Without it they
are empty, which counts in Folium's favour.
"""

from __future__ import annotations

import argparse
import gzip
import re
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS.parent), str(TESTS)]  # the rooms before the tests named like them

import folium  # noqa: E402
import geopandas  # noqa: E402
from flask import Flask, Response  # noqa: E402
from support.browser import ARGUMENTS, chromium_path  # noqa: E402
from support.demonstration import demonstration_store  # noqa: E402
from support.server import serve  # noqa: E402

from gridmap.storage import Store  # noqa: E402
from layers.reading import open_tickets, unit_areas  # noqa: E402
from layers.units import COLOURS, class_bounds  # noqa: E402
from web import create_app  # noqa: E402

#: Tells when the units are on the screen: all paths of an SVG, or our own mark; one frame later.
WATCH = """
const look = () => {
  const paths = document.querySelectorAll(".leaflet-overlay-pane path").length;
  const marks = performance.getEntriesByName("gridmap-painted").length;
  if (paths >= 150 || marks) requestAnimationFrame(() => { window.paintedMs = performance.now(); });
  else requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""


def plain_page(store: Store) -> str:
    """Write the units of the finest level as Folium does, its links made local."""
    now = datetime.now(UTC)
    with store.read() as session:
        areas = unit_areas(session, now, level="grid", counts=open_tickets(session, now))
    frame = geopandas.GeoDataFrame(
        {"name": [unit.name for unit in areas], "open": [unit.open_tickets for unit in areas]},
        geometry=[unit.area for unit in areas],
        crs="EPSG:4326",
    )
    bounds = class_bounds(frame["open"].tolist())

    def style(feature: dict[str, Any]) -> dict[str, Any]:
        rank = sum(feature["properties"]["open"] >= bound for bound in bounds)
        return {"fillColor": COLOURS[rank], "color": "#7d6a58", "weight": 1, "fillOpacity": 0.66}

    drawn = folium.Map(tiles=None)
    tooltip = folium.GeoJsonTooltip(["name", "open"])
    folium.GeoJson(frame, style_function=style, tooltip=tooltip).add_to(drawn)
    west, south, east, north = frame.total_bounds.tolist()
    drawn.fit_bounds([[south, west], [north, east]])
    return local(drawn.get_root().render())


def local(page: str) -> str:
    """Point Leaflet's links to our copy and all others to this server."""
    page = re.sub(r'https://[^"]+/leaflet\.js', "/assets/leaflet/leaflet.js", page)
    page = re.sub(r'https://[^"]+/leaflet\.css', "/assets/leaflet/leaflet.css", page)
    return re.sub(r'(src|href)="https://[^"]+/([^"/]+)"', r'\1="/library/\2"', page)


def with_plain_page(store: Store, libraries: Path | None) -> Flask:
    """Make the service with the plain page beside its own."""
    app = create_app({"STORE": store})
    app.after_request_funcs[None] = [
        function for function in app.after_request_funcs[None] if function.__name__ != "_harden"
    ]
    app.add_url_rule("/plain", view_func=lambda: plain_page(store))

    @app.get("/library/<name>")
    def library(name: str) -> Response:
        found = next(libraries.rglob(name), None) if libraries else None
        kind = "text/css" if name.endswith(".css") else "text/javascript"
        packed = gzip.compress(found.read_bytes()) if found else b""
        return Response(
            packed, mimetype=kind, headers={"Content-Encoding": "gzip"} if packed else {}
        )

    return app


def load(browser: Any, url: str) -> tuple[float, float]:
    """Open a page in a fresh window: kilobytes that came and milliseconds until it was painted."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    came: list[float] = []
    network.on("Network.loadingFinished", lambda event: came.append(event["encodedDataLength"]))
    page.add_init_script(WATCH)
    page.goto(url)
    page.wait_for_function("window.paintedMs")
    painted_ms = float(page.evaluate("window.paintedMs"))
    context.close()
    return sum(came) / 1000, painted_ms


def run(rounds: int = 7, libraries: Path | None = None) -> dict[str, float]:
    """Measure, and answer the medians by name."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder:
        store = demonstration_store(f"geopackage:///{folder}/bench.gpkg", Path(folder))
        with serve(with_plain_page(store, libraries)) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium_path(), args=list(ARGUMENTS)
            )
            pages = {"ours": f"{address}/", "plain": f"{address}/plain"}
            seen: dict[str, list[tuple[float, float]]] = {name: [] for name in pages}
            for _ in range(rounds + 1):  # in turn; the first round warms both and is left out
                for name, url in pages.items():
                    seen[name].append(load(browser, url))
            browser.close()
        store.close()
    figures: dict[str, float] = {}
    for name, loads in seen.items():
        figures[f"{name}_kilobytes"] = median(size for size, _ in loads[1:])
        figures[f"{name}_painted_ms"] = median(painted for _, painted in loads[1:])
    return figures


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--libraries", type=Path, help="folder with the plain page's libraries")
    for name, value in run(libraries=parser.parse_args().libraries).items():
        print(f"{name:20} {value:10.1f}")
