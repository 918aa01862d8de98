"""The demonstration, served to a browser that can reach no other host."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from support.server import serve
from support.waiting import until

from gridmap.storage import open_store
from web import create_app, demonstration

#: Screenshots that README.md shows, by page, language and width.
IN_README = {
    "whose-zh-1366": "district.png",
    "whose-en-390": "phone.png",
    "unit-zh-1366": "unit.png",
    "boundary-zh-1366": "exceptions.png",
}

FETCHED = "typeof gridmap === 'undefined' || gridmap.waiting === 0"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the demonstration is served."""
    path = tmp_path_factory.mktemp("browser") / "gridmap-demo.gpkg"
    demonstration.make(path, lambda line: None)
    store = open_store(f"geopackage:///{path}")
    with serve(create_app({"STORE": store})) as address:
        yield address
    store.close()


@pytest.fixture(scope="session")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Say where a screenshot goes: those of the README to the folder GRIDMAP_SCREENSHOTS names."""
    named = os.environ.get("GRIDMAP_SCREENSHOTS")
    temporary = tmp_path_factory.mktemp("pictures")

    def path(name: str) -> Path:
        if named and name in IN_README:
            Path(named).mkdir(parents=True, exist_ok=True)
            return Path(named) / IN_README[name]
        return temporary / f"{name}.png"

    return path


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


@pytest.fixture
def fetched() -> Callable[[Page], None]:
    """Wait until everything that the layers of a map asked for has come."""
    return lambda page: until(page, FETCHED)


@pytest.fixture
def window(chromium: Browser) -> Iterator[Callable[..., tuple[Page, Watch]]]:
    """Open a fresh window of a width, watched from its beginning."""
    contexts = []

    def open_window(width: int) -> tuple[Page, Watch]:
        height = 844 if width < 600 else 768
        contexts.append(chromium.new_context(viewport={"width": width, "height": height}))
        page = contexts[-1].new_page()
        return page, Watch(page)

    yield open_window
    for context in contexts:
        context.close()


@pytest.fixture
def visit(
    window: Callable[..., tuple[Page, Watch]], address: str
) -> Callable[..., tuple[Page, Watch]]:
    """Open one page of the service in a window of its own."""

    def open_page(path: str, *, language: str = "zh", width: int = 1366) -> tuple[Page, Watch]:
        page, watch = window(width)
        go(page, address + path, language)
        return page, watch

    return open_page


@pytest.fixture
def walk(
    window: Callable[..., tuple[Page, Watch]], address: str
) -> Callable[..., Iterator[tuple[str, Page, Watch]]]:
    """Open pages one after the other in one window; each stops at what goes wrong on it."""

    def open_pages(
        paths: list[str], *, language: str, width: int
    ) -> Iterator[tuple[str, Page, Watch]]:
        page, watch = window(width)
        for path in paths:
            go(page, address + path, language)
            until(page, FETCHED)
            yield path, page, watch

    return open_pages
