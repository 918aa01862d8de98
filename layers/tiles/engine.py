"""Tiles and values of layers, for whoever asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from threading import Lock

import orjson
from sqlalchemy.orm import Session

from gridmap.storage import Store
from layers.layer import Asked, MapLayer, Points
from layers.tickets_asked import RECENT_TIME
from layers.tickets_held import HeldTickets
from layers.tiles.cache import Entry, GroupKey
from layers.tiles.flights import Flights
from layers.tiles.keeping import Keeper, Since
from layers.tiles.making import made_of_points, made_of_rows
from layers.tiles.mercator import Tile
from layers.tiles.told import Told

_LIMIT_BYTES = 64 * 2**20
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
    """
    Tiles of a store, kept until they change; threads may share it.

    Parameters
    ----------
    store
        Where the rows are.
    limit_bytes
        How much memory the tiles that are kept may take.
    """

    def __init__(self, store: Store, *, limit_bytes: int = _LIMIT_BYTES) -> None:
        self._store = store
        self._keeper = Keeper(store, limit_bytes)
        self._flights = Flights()
        self._tickets: tuple[int, HeldTickets] | None = None
        self._reading_tickets = Lock()

    def tile(self, wanted: Sequence[tuple[MapLayer, Asked]], z: int, x: int, y: int) -> Answer:
        """
        Return a tile of one layer or of several, one after the other.

        Raises
        ------
        InputError
            There is no such tile.
        """
        tile = Tile(z, x, y)
        entries = self._at_hand(wanted, tile) or self._entries(wanted, tile)
        if len(entries) == 1:
            return Answer(entries[0].made.body, entries[0].etag)
        tags = "".join(entry.etag for entry in entries)
        return Answer(b"".join(entry.made.body for entry in entries), _tag(tags.encode()))

    def values(self, layer: MapLayer, asked: Asked) -> Answer:
        """Return what is told of a layer's features apart from their tiles, as JSON."""
        assert layer.values is not None
        with self._snapshot(asked.now) as (session, generation):
            settled = layer.settle(session, asked)
            key = _key(layer, settled, follows_sight=layer.values.follows_sight)
            told = self._flights.once(
                key,
                lambda: self._keeper.get_values(key, settled.now),
                lambda: self._told(session, generation, layer, settled),
            )
        return Answer(told.body, told.etag)

    def held(self) -> HeldTickets:
        """Return the tickets that are held in memory, as they are now."""
        with self._snapshot(datetime.now(UTC)) as (session, generation):
            return self._held(session, generation)

    def _at_hand(self, wanted: Sequence[tuple[MapLayer, Asked]], tile: Tile) -> list[Entry] | None:
        """Return tiles if all are held and the store, asked once, has not changed."""
        with self._store.read() as session:
            if not self._keeper.is_current(session):
                return None
            entries = []
            for layer, asked in wanted:
                settled = layer.settle(session, asked)
                entry = self._keeper.get(_tile_key(layer, settled), tile, settled.now)
                if entry is None or session.in_transaction():  # settled by a later snapshot
                    return None
                entries.append(entry)
            return entries

    def _entries(self, wanted: Sequence[tuple[MapLayer, Asked]], tile: Tile) -> list[Entry]:
        with self._snapshot(max(asked.now for _, asked in wanted)) as (session, generation):
            return [
                self._entry(session, generation, layer, layer.settle(session, asked), tile)
                for layer, asked in wanted
            ]

    @contextmanager
    def _snapshot(self, now: datetime) -> Iterator[tuple[Session, int]]:
        with self._store.read() as session:
            yield session, self._keeper.look(session, now)

    def _entry(
        self, session: Session, generation: int, layer: MapLayer, asked: Asked, tile: Tile
    ) -> Entry:
        key = _tile_key(layer, asked)
        return self._flights.once(
            (key, tile),
            lambda: self._keeper.get(key, tile, asked.now),
            lambda: self._made(session, generation, layer, asked, tile),
        )

    def _made(
        self, session: Session, generation: int, layer: MapLayer, asked: Asked, tile: Tile
    ) -> Entry:
        if isinstance(layer.source, Points):
            until = None
            made = made_of_points(self._held(session, generation), layer, asked, tile)
        else:
            until = layer.source.moment(session, asked)
            made = made_of_rows(session, layer, asked, tile)
        entry = Entry(tile, made, _tag(made.body))
        key = _tile_key(layer, asked)
        self._keeper.put(key, layer, asked, entry, Since(generation, until))
        return entry

    def _told(self, session: Session, generation: int, layer: MapLayer, asked: Asked) -> Told:
        values = layer.values
        assert values is not None
        held = self._held(session, generation) if values.needs_tickets else None
        body = orjson.dumps(values.read(session, held, asked))
        until = values.moment(session, asked)
        told = Told(body, _tag(body), values.tables, asked.sight, until)
        key = _key(layer, asked, follows_sight=values.follows_sight)
        self._keeper.put_values(key, told, generation)
        return told

    def _held(self, session: Session, generation: int) -> HeldTickets:
        """Bring the tickets held up to a snapshot; they may be newer."""
        with self._reading_tickets:
            if self._tickets is not None and self._tickets[0] >= generation:
                return self._tickets[1]
            changes = self._tickets and self._keeper.changes_since(self._tickets[0])
            # A day more: what is recent is counted from midnight, in every process alike.
            since = datetime.now(UTC) - RECENT_TIME - timedelta(days=1)
            if self._tickets is None or changes is None:
                held = HeldTickets.load(session, since)
            else:
                changed = [one for one in changes if one.table == "tickets"]
                held = self._tickets[1].forward(since)
                held = held.after(session, [(one.first_id, one.last_id) for one in changed])
            self._tickets = generation, held
            return held


def _tile_key(layer: MapLayer, asked: Asked) -> GroupKey:
    return _key(layer, asked, follows_sight=layer.audience == "sight")


def _key(layer: MapLayer, asked: Asked, *, follows_sight: bool) -> GroupKey:
    """Return what tells answers apart, besides the place."""
    return layer.key, tuple(sorted(asked.texts.items())), asked.sight.key if follows_sight else ""


def _tag(body: bytes) -> str:
    return blake2b(body, digest_size=_TAG_BYTES).hexdigest()
