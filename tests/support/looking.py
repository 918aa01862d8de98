"""Maps looked at in Chromium: what came, when it was painted, how it follows a hand, its memory."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from support.postgres import free_port

LAPTOP, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
ROOT = Path(__file__).parents[2]
_SERVE = "from gridmap.cli import main; main()"
#: Moves the map and tells how long after its last tile, or the end of the movement, it was drawn:
#: the frame after the one in which the client has said that nothing is missing.
_MOVE = """
([dx, dy, zoom]) => new Promise((resolve) => {
  const map = map_main;
  const began = performance.now();
  let moved = began;
  performance.setResourceTimingBufferSize(100000);
  map.once("moveend", () => { moved = performance.now(); });
  const drawn = () => requestAnimationFrame(() => {
    const now = performance.now();
    const tiles = performance.getEntriesByType("resource")
      .filter((one) => one.startTime >= began && one.name.includes("/api/tiles/"));
    const last = Math.max(moved, ...tiles.map((one) => one.responseEnd));
    resolve({ late_ms: now - last, took_ms: now - began, tiles: tiles.length });
  });
  const wait = () => { if (moved > began) drawn(); else map.once("gm-tiles-drawn", wait); };
  map.once("gm-tiles-drawn", wait);
  if (zoom) map.setZoom(map.getZoom() + zoom); else map.panBy([dx, dy]);
})
"""


@contextmanager
def service(url: str) -> Iterator[str]:
    """Run `gridmap serve` on a store in a process of its own; yields its address."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVE, "--database", url, "serve", "--port", str(port)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/health", process)
        yield address
    finally:
        process.terminate()
        process.wait()


def _wait_for(url: str, process: subprocess.Popen[bytes], limit_s: float = 60) -> None:
    deadline = time.monotonic() + limit_s
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                message = f"The service does not answer at {url}."
                raise RuntimeError(message) from None
            time.sleep(0.1)
        else:
            return


@contextmanager
def window(browser: Any, size: dict[str, int] | None = None) -> Iterator[tuple[Any, list[float]]]:
    """Open an empty page without a cache; yields it and the list of bytes that came to it."""
    context = browser.new_context(viewport=size or LAPTOP)
    page = context.new_page()
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    came: list[float] = []
    network.on("Network.loadingFinished", lambda event: came.append(event["encodedDataLength"]))
    try:
        yield page, came
    finally:
        context.close()


def first_view(page: Any, url: str, *, limit_s: float = 60) -> float:
    """Open the district map; answers the milliseconds until all that it shows was painted."""
    page.goto(url, wait_until="commit", timeout=limit_s * 1000)
    painted = "performance.getEntriesByName('gridmap-painted')"
    until(page, f"{painted}.length > 0", limit_s)
    return float(page.evaluate(f"{painted}[0].startTime"))


def until(page: Any, condition: str, limit_s: float) -> None:
    """Wait until an expression is true, from outside: our pages let nothing evaluate texts."""
    deadline = time.monotonic() + limit_s
    while not page.evaluate(condition):
        if time.monotonic() > deadline:
            message = f"{page.url}: {condition} did not come true in {limit_s} s."
            raise RuntimeError(message)
        page.wait_for_timeout(100)  # the page itself notes when; to ask often would slow it


def move(page: Any, dx: int = 0, dy: int = 0, *, zoom: int = 0) -> dict[str, float]:
    """Pan by pixels, or zoom, as the keys do; tells `late_ms`, `took_ms` and how many `tiles`."""
    told: dict[str, float] = page.evaluate(_MOVE, [dx, dy, zoom])
    return told


def heap_bytes(page: Any) -> float:
    """Tell what the page's scripts hold, what is garbage left out."""
    devtools = page.context.new_cdp_session(page)
    for _ in range(2):  # what a finaliser lets go is garbage of the second time
        devtools.send("HeapProfiler.collectGarbage")
    used = float(devtools.send("Runtime.getHeapUsage")["usedSize"])
    devtools.detach()
    return used


def roam(page: Any, seconds: float, steps: Sequence[tuple[int, int]]) -> list[float]:
    """Walk the same round for so long; answers the heap after each round."""
    heaps: list[float] = []
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline or len(heaps) < 3:
        for dx, dy in steps:
            move(page, dx, dy)
        heaps.append(heap_bytes(page))
    return heaps
