"""Tiles that are held, made up: of some rows, for a question that nobody asked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import numpy as np

from gridmap.sight import EVERYTHING
from layers.catalogue import catalogue
from layers.layer import Asked
from layers.tiles.cache import Entry, Group
from layers.tiles.making import Made
from layers.tiles.mercator import Tile

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def entry(
    tile: Tile, ids: Iterable[int] = (), also: Iterable[int] = (), size_bytes: int = 0
) -> Entry:
    """A tile that holds some units, which depend on others."""
    held, further = (
        {"units": np.array(sorted(some), dtype=np.int64)} if some else {}
        for some in (set(ids), set(also))
    )
    return Entry(tile, Made(b"x" * size_bytes, held, further), "tag")


def group(key: str, entries: Iterable[Entry] = ()) -> Group:
    """Tiles of a layer of the catalogue."""
    found = Group(catalogue()[key], Asked({}, NOW, EVERYTHING), None)
    for one in entries:
        found.tiles.setdefault(one.tile.z, {})[one.tile.x, one.tile.y] = one
    return found
