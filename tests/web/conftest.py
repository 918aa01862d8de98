"""An application over the small town, on either back end.

Most tests only read and share one for their module; a test that changes something takes `app`, a
fresh one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from flask import Flask
from flask.testing import FlaskClient
from support.stock import fill

from gridmap.storage import Store, create_store
from web import create_app


@pytest.fixture
def app(store: Store) -> Flask:
    """A fresh application over a stocked store."""
    fill(store)
    return create_app({"STORE": store, "TESTING": True})


@pytest.fixture
def empty_app(store: Store) -> Flask:
    """A fresh application over a store with nothing in it."""
    return create_app({"STORE": store, "TESTING": True})


@pytest.fixture(scope="module", params=["geopackage", "postgis"])
def shared_app(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """An application that all tests of a module read."""
    with ExitStack() as opened:
        url = f"geopackage:///{tmp_path_factory.mktemp('web') / 'gridmap.gpkg'}"
        if request.param == "postgis":
            url = opened.enter_context(request.getfixturevalue("postgres").database())
        store = create_store(url)
        opened.callback(store.close)
        fill(store)
        yield create_app({"STORE": store, "TESTING": True})


@pytest.fixture
def client(shared_app: Flask) -> FlaskClient:
    """A browser without a memory of languages, that asks for Chinese."""
    return shared_app.test_client()
