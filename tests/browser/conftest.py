"""The demonstration, served to a browser that can reach no other host."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from support.pages import FETCHED, Watch, demonstration_served, go, picture_path
from support.waiting import until

# What stands beside a map follows after six seconds at the most.
expect.set_options(timeout=12_000)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the demonstration is served."""
    with demonstration_served(tmp_path_factory.mktemp("browser")) as address:
        yield address


@pytest.fixture(scope="session")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Say where a screenshot goes."""
    temporary = tmp_path_factory.mktemp("pictures")
    return lambda name: picture_path(name, temporary)


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
