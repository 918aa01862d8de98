"""What the first map would wait for, done when a service starts."""

from __future__ import annotations

from contextlib import suppress
from threading import Thread

from flask import Flask

from gridmap.errors import StoreError
from layers.tiles.engine import Tiles
from layers.tiles.making import make_ready


def begin(app: Flask) -> None:
    """Load compiled code and the tickets of the store, seconds for 100,000, beside requests."""
    tiles: Tiles = app.extensions["gridmap_tiles"]
    Thread(target=_make_ready, args=(tiles,), name="making ready").start()


def _make_ready(tiles: Tiles) -> None:
    make_ready()
    with suppress(StoreError), tiles.tickets():  # what is wrong with the store requests tell
        pass
