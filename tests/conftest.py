"""Fixtures for all tests: two stores, a browser, a live server, the real data.

A store or a browser that is missing is an error of the run, never a skip.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from support.browser import ARGUMENTS, chromium_path
from support.postgres import Cluster
from support.server import serve

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from gridmap.storage import Store

hypothesis.settings.register_profile("default", deadline=None, max_examples=50)
hypothesis.settings.register_profile(
    "ci", hypothesis.settings.get_profile("default"), derandomize=True
)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "default")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A PostgreSQL cluster; `postgres.database(postgis=False)` makes one without the extension."""
    cluster = Cluster()
    yield cluster
    cluster.stop()


@pytest.fixture(scope="session")
def postgres_url(postgres: Cluster) -> str:
    """Address of the cluster's maintenance database."""
    return postgres.url("postgres")


@pytest.fixture
def postgis_url(postgres: Cluster) -> Iterator[str]:
    """Address of a fresh database with PostGIS."""
    with postgres.database() as url:
        yield url


@pytest.fixture(scope="module")
def module_postgis_url(postgres: Cluster) -> Iterator[str]:
    """Address of one database with PostGIS for a whole module, as property tests need it."""
    with postgres.database() as url:
        yield url


@pytest.fixture
def geopackage_url(tmp_path: Path) -> str:
    """Address of an embedded store that does not exist yet."""
    return f"geopackage:///{tmp_path / 'gridmap.gpkg'}"


@pytest.fixture(params=["geopackage", "postgis"])
def store_url(request: pytest.FixtureRequest) -> str:
    """Address of an empty store, once for either back end."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """A store with its tables and nothing in them, once for either back end."""
    from gridmap.storage import create_store

    store = create_store(store_url)
    yield store
    store.close()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of the real data that acceptance tests read, named by GRIDMAP_REAL_DATA."""
    if not os.environ.get("GRIDMAP_REAL_DATA"):
        pytest.skip("GRIDMAP_REAL_DATA names no folder with real data")
    folder = Path(os.environ["GRIDMAP_REAL_DATA"])
    assert folder.is_dir(), f"GRIDMAP_REAL_DATA names {folder}, which is no folder"
    return folder


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Chromium that resolves no foreign host.

    It lives for a module: while it does, no other event loop can run in this thread.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """An empty page in a context of its own."""
    context = chromium.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture
def live_server() -> Iterator[Callable[..., str]]:
    """Serve an application: `live_server(app)` answers its address on the loopback."""
    with ExitStack() as servers:

        def start(app: Callable[..., Any], *, threads: int = 4) -> str:
            return servers.enter_context(serve(app, threads=threads))

        yield start
