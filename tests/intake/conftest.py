"""Fixtures of the tests of intake."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gridmap.storage import Store, create_store


@pytest.fixture
def embedded(geopackage_url: str) -> Iterator[Store]:
    """An embedded store, for what concerns the file and not the store."""
    store = create_store(geopackage_url)
    yield store
    store.close()
