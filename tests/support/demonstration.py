"""A store that holds the demonstration district, as `gridmap demo` makes it."""

from __future__ import annotations

from pathlib import Path

from gridmap.storage import Store, create_store
from web.demonstration import fill


def demonstration_store(url: str, folder: Path) -> Store:
    """Make it; rejected rows go into a folder."""
    store = create_store(url)
    fill(store, folder / "rejected.csv", lambda line: None)
    return store
