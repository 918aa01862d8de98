"""The small town on either store."""

from __future__ import annotations

import pytest
from support.stock import fill

from gridmap.storage import Store


@pytest.fixture
def town(store: Store) -> Store:
    """A store with the small town."""
    fill(store)
    return store
