"""Fixtures for all tests: two stores, a browser, a live server, the real data.

A store or a browser that is missing is an error of the run, never a skip.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from support.browser import ARGUMENTS, chromium_path
from support.postgres import WITH_POSTGIS, Cluster
from support.server import serve

from gridmap.storage import Store, create_store, open_store

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

hypothesis.settings.register_profile("default", deadline=None, max_examples=50)
hypothesis.settings.register_profile(
    "ci", hypothesis.settings.get_profile("default"), derandomize=True
)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "default")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A PostgreSQL cluster; `postgres.database(template=PLAIN)` makes one without PostGIS."""
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
def empty_store_url(request: pytest.FixtureRequest) -> str:
    """Where a store can be made and none is yet, once for either back end."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(scope="session")
def geopackage_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An embedded store with its tables, to be copied: that is quicker than making each."""
    path = tmp_path_factory.mktemp("template") / "gridmap.gpkg"
    create_store(f"geopackage:///{path}").close()
    return path


@pytest.fixture(scope="session")
def postgis_template(postgres: Cluster) -> str:
    """Name of a database with a store's tables, to be copied."""
    name = "store_template"
    postgres.create(name, template=WITH_POSTGIS)
    create_store(postgres.url(name)).close()
    return name


@pytest.fixture
def geopackage_store_url(geopackage_url: str, geopackage_template: Path, tmp_path: Path) -> str:
    """Address of a fresh embedded store with its tables and nothing in them."""
    shutil.copy(geopackage_template, tmp_path)
    return geopackage_url


@pytest.fixture
def postgis_store_url(postgres: Cluster, postgis_template: str) -> Iterator[str]:
    """Address of a fresh store on PostGIS with its tables and nothing in them."""
    with postgres.database(template=postgis_template) as url:
        yield url


@pytest.fixture(params=["geopackage", "postgis"])
def store_url(request: pytest.FixtureRequest) -> str:
    """Address of a fresh store, once for either back end."""
    return str(request.getfixturevalue(f"{request.param}_store_url"))


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """A fresh store, once for either back end."""
    store = open_store(store_url)
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
