"""Tiles and values of layers, for whoever asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import orjson
from sqlalchemy.orm import Session

from gridmap.storage import Store
from layers.layer import Asked, MapLayer, Points
from layers.tiles.making import Made, make
from layers.tiles.mercator import Tile

_TAG_BYTES = 12


@dataclass(frozen=True)
class Answer:
    """
    What is sent.

    Attributes
    ----------
    body
        The bytes of a tile, or JSON.
    etag
        A text that differs when the body does, without quotes.
    """

    body: bytes
    etag: str


class Tiles:
    """Tiles of a store; threads may share it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def tile(self, wanted: Sequence[tuple[MapLayer, Asked]], z: int, x: int, y: int) -> Answer:
        """
        Return a tile of one layer or of several.

        Raises
        ------
        InputError
            There is no such tile.
        """
        tile = Tile(z, x, y)
        with self._store.read() as session:
            made = [self._made(session, layer, asked, tile) for layer, asked in wanted]
        return _answer(b"".join(one.body for one in made))

    def values(self, layer: MapLayer, asked: Asked) -> Answer:
        """Return what is told of a layer's features apart from their tiles, as JSON."""
        assert layer.values is not None
        with self._store.read() as session:
            state = layer.values.read(session, None, layer.settle(session, asked))
        return _answer(orjson.dumps(state))

    def _made(self, session: Session, layer: MapLayer, asked: Asked, tile: Tile) -> Made:
        if isinstance(layer.source, Points):
            return Made(b"", {})
        return make(session, layer, layer.settle(session, asked), tile)


def _answer(body: bytes) -> Answer:
    return Answer(body, blake2b(body, digest_size=_TAG_BYTES).hexdigest())
