"""An application over the small town, once for either back end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from support.stock import fill

from gridmap.storage import Store
from web import create_app


@pytest.fixture
def app(store: Store) -> Flask:
    """The application over a stocked store."""
    fill(store)
    return create_app({"STORE": store, "TESTING": True})


@pytest.fixture
def empty_app(store: Store) -> Flask:
    """The application over a store with nothing in it."""
    return create_app({"STORE": store, "TESTING": True})


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    """A browser without a memory of languages, that asks for Chinese."""
    with app.test_client() as client:
        yield client
