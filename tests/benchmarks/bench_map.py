"""Benchmark: the district map in Chromium, beside plain Folium of the same district.

Run it as `python tests/benchmarks/bench_map.py`. Both are opened in one run, in fresh windows
without a cache. Ours is the whole page as `gridmap serve` answers it, with the tickets shown as the
plain page has them: base map, units, legend, tools; first by a process that has answered nothing
yet, then again and again. Plain Folium gets its page ready made, packed, from a server beside: what
Folium takes to write it is told apart (`plain_written_s`). It draws a path for each shape, as is
Folium's default, and once more on canvas (`plain_canvas_painted_ms`). npm brings the libraries that
it links to into a temporary folder. Chromium reaches no other host.
"""

from __future__ import annotations

import argparse
import gzip
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from threading import Thread
from typing import Any

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS.parent), str(TESTS)]  # the rooms before the tests named like them

import plain_folium  # noqa: E402
from support import scaled  # noqa: E402
from support.browser import ARGUMENTS, chromium_path  # noqa: E402
from support.looking import first_view, heap_bytes, move, roam, service, window  # noqa: E402

from gridmap.storage import create_store  # noqa: E402

#: Tells when all of a plain page is on the screen: it does everything before it is loaded.
WATCH = """
addEventListener("load", () => requestAnimationFrame(() => requestAnimationFrame(() => {
  window.paintedMs = performance.now();
})));
"""
#: Pixels right and down of a round that ends where it began.
ROUND = [(500, 0), (0, 400), (-500, 0), (-500, 0), (0, -400), (500, 0)]
PLAIN_LIMIT_S = 240
OUR_ASSETS = TESTS.parent / "layers" / "assets" / "leaflet"


def run(
    units: int = 5_000,
    buildings: int = 100_000,
    tickets: int = 100_000,
    *,
    rounds: int = 5,
    roaming_s: float = 60,
    with_npm: bool = True,
) -> dict[str, float]:
    """Measure, and answer the figures by name.

    Parameters
    ----------
    units, buildings, tickets
        The size of the district.
    rounds
        How often each page is opened; medians are told.
    roaming_s
        How long our map is panned while its memory is watched.
    with_npm
        Whether npm may bring plain Folium's libraries; else it has our Leaflet alone and is given
        no tickets, which is to its advantage.
    """
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder, url = Path(name), f"geopackage:///{name}/bench.gpkg"
        store = create_store(url)
        scaled.fill(store, units=units, buildings=buildings, tickets=tickets)
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(ARGUMENTS))
        with service(url) as address:
            figures = _ours(browser, f"{address}/?show=tickets", rounds, roaming_s)
        began = time.perf_counter()
        page = plain_folium.page(store, buildings=buildings, tickets=tickets if with_npm else 0)
        figures["plain_written_s"] = time.perf_counter() - began
        store.close()
        libraries = plain_folium.fetch_libraries(folder / "npm") if with_npm else OUR_ASSETS
        figures |= _plain(browser, page, libraries)
        browser.close()
    figures["ratio"] = figures["plain_painted_ms"] / figures["ours_painted_ms"]
    return figures


def _ours(browser: Any, url: str, rounds: int, roaming_s: float) -> dict[str, float]:
    sizes, painted = [], []
    for _ in range(rounds + 1):
        with window(browser) as (page, came):
            painted.append(first_view(page, url))
            page.wait_for_timeout(500)  # whatever still comes counts as transferred
            sizes.append(sum(came) / 1000)
    with window(browser) as (page, _came):
        first_view(page, url)
        figures = {**_moved(page), **_heap(page, roaming_s)}
    return {
        "ours_kilobytes": max(sizes),
        "ours_cold_ms": painted[0],
        "ours_painted_ms": median(painted[1:]),
        **figures,
    }


def _moved(page: Any) -> dict[str, float]:
    """Zoom in to single houses and out again, and pan at each zoom."""
    moves = []
    for zoom in (1, 1, 1, 1, -1, -1):
        moves.append(move(page, zoom=zoom))
        moves += [move(page, dx, dy) for dx, dy in ROUND]
    late = sorted(one["late_ms"] for one in moves)
    return {"late_ms": median(late), "latest_ms": late[-1], "moves": len(moves)}


def _heap(page: Any, roaming_s: float) -> dict[str, float]:
    """Compare the heap after the second round, when all is at hand, with that after the last."""
    heaps = roam(page, roaming_s, ROUND)
    began, ended = heaps[1] / 1e6, heap_bytes(page) / 1e6
    return {"heap_rounds": len(heaps), "heap_began_mb": began, "heap_ended_mb": ended}


def _plain(browser: Any, page: str, libraries: Path) -> dict[str, float]:
    canvas = '"preferCanvas": true'
    assert canvas in page
    paths = page.replace(canvas, '"preferCanvas": false')
    kilobytes, painted_ms = _open_plain(browser, paths, libraries)
    _, canvas_ms = _open_plain(browser, page, libraries)
    return {
        "plain_kilobytes": kilobytes,
        "plain_painted_ms": painted_ms,
        "plain_canvas_painted_ms": canvas_ms,
    }


def _open_plain(browser: Any, page: str, libraries: Path) -> tuple[float, float]:
    with _served(page, libraries) as url, window(browser) as (shown, came):
        shown.add_init_script(WATCH)
        shown.goto(url, wait_until="commit", timeout=PLAIN_LIMIT_S * 1000)
        shown.wait_for_function("window.paintedMs", timeout=PLAIN_LIMIT_S * 1000)
        return sum(came) / 1000, float(shown.evaluate("window.paintedMs"))


@contextmanager
def _served(page: str, libraries: Path) -> Iterator[str]:
    """Serve a page and its libraries, packed as ours are, from a thread."""
    packed = gzip.compress(page.encode(), 6)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, body = "text/html; charset=utf-8", packed
            if self.path != "/":
                found = plain_folium.library(libraries, self.path.rpartition("/")[2])
                body = gzip.compress(found)
                kind = "text/css" if self.path.endswith("css") else "text/javascript"
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    for name, value in run().items():
        print(f"{name:24} {value:10.1f}")
