"""Pages of the service in a browser: what they show, what they ask for, what goes wrong on them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page
from support.server import serve
from support.waiting import until

from gridmap.storage import open_store
from web import create_app, demonstration

#: Screenshots that README.md shows, by page, language, width and theme.
IN_README = {
    "whose-zh-1366": "district.png",
    "whose-en-390": "phone.png",
    "unit-zh-1366-light": "unit.png",
    "boundary-zh-1366-light": "exceptions.png",
    "layers-en-390-dark": "phone-dark.png",
}

FETCHED = "typeof gridmap === 'undefined' || gridmap.waiting === 0"


@contextmanager
def demonstration_served(folder: Path) -> Iterator[str]:
    """Serve the demonstration; yields its address."""
    path = folder / "gridmap-demo.gpkg"
    demonstration.make(path, lambda line: None)
    store = open_store(f"geopackage:///{path}")
    with serve(create_app({"STORE": store})) as address:
        yield address
    store.close()


def picture_path(name: str, temporary: Path) -> Path:
    """Say where a screenshot goes: those of the README to the folder GRIDMAP_SCREENSHOTS names."""
    named = os.environ.get("GRIDMAP_SCREENSHOTS")
    if named and name in IN_README:
        Path(named).mkdir(parents=True, exist_ok=True)
        return Path(named) / IN_README[name]
    return temporary / f"{name}.png"


class Watch:
    """What a page asked for and what went wrong on it."""

    def __init__(self, page: Page) -> None:
        self.asked: list[str] = []
        self.wrong: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("requestfailed", self._miss)
        page.on("response", self._see)
        page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        page.on("console", self._hear)

    def _miss(self, request) -> None:
        # What the page itself gives up, such as a tile that has left the view, is no failure.
        if request.failure != "net::ERR_ABORTED":
            self.wrong.append(f"failed: {request.url}: {request.failure}")

    def _see(self, response) -> None:
        if response.status >= 400:
            self.wrong.append(f"{response.status}: {response.url}")

    def _hear(self, message) -> None:
        if message.type in {"error", "warning"}:
            self.wrong.append(f"console: {message.text}")


def go(page: Page, url: str, language: str) -> None:
    """Open an address in a language and wait until its map is painted."""
    bare, hash_sign, fragment = url.partition("#")
    asked = f"{bare}{'&' if '?' in bare else '?'}lang={language}"
    page.goto(f"{asked}{hash_sign}{fragment}")
    if page.locator(".folium-map").count():
        until(page, "performance.getEntriesByName('gridmap-painted').length > 0")
