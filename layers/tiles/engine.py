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


@dataclass(frozen=True)
class Seen:
    """
    One state of the store.

    Attributes
    ----------
    session
        That reads it.
    generation
        Which one it is, of those that this process has seen.
    held
        Its tickets, where they are needed.
    """

    session: Session
    generation: int
    held: HeldTickets | None


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
        with self._snapshot(asked.now, with_tickets=layer.values.needs_tickets) as seen:
            settled = layer.settle(seen.session, asked)
            key = _key(layer, settled, follows_sight=layer.values.follows_sight)
            told = self._flights.once(
                key,
                lambda: self._keeper.get_values(key, settled.now),
                lambda: self._told(seen, layer, settled),
            )
        return Answer(told.body, told.etag)

    @contextmanager
    def tickets(self) -> Iterator[tuple[Session, HeldTickets]]:
        """Give a session and the tickets that are held in memory, both of the same state."""
        with self._snapshot(datetime.now(UTC), with_tickets=True) as seen:
            assert seen.held is not None
            yield seen.session, seen.held

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
        now = max(asked.now for _, asked in wanted)
        with_tickets = any(isinstance(layer.source, Points) for layer, _ in wanted)
        with self._snapshot(now, with_tickets=with_tickets) as seen:
            return [
                self._entry(seen, layer, layer.settle(seen.session, asked), tile)
                for layer, asked in wanted
            ]

    @contextmanager
    def _snapshot(self, now: datetime, *, with_tickets: bool) -> Iterator[Seen]:
        """Take a snapshot, and another one where the tickets held have gone on meanwhile."""
        while True:
            with self._store.read() as session:
                generation = self._keeper.look(session, now)
                held = self._held(session, generation) if with_tickets else None
                if held is not None or not with_tickets:
                    yield Seen(session, generation, held)
                    return

    def _entry(self, seen: Seen, layer: MapLayer, asked: Asked, tile: Tile) -> Entry:
        key = _tile_key(layer, asked)
        return self._flights.once(
            (key, tile),
            lambda: self._keeper.get(key, tile, asked.now),
            lambda: self._made(seen, layer, asked, tile),
        )

    def _made(self, seen: Seen, layer: MapLayer, asked: Asked, tile: Tile) -> Entry:
        if isinstance(layer.source, Points):
            assert seen.held is not None
            until = None
            made = made_of_points(seen.held, layer, asked, tile)
        else:
            until = layer.source.moment(seen.session, asked)
            made = made_of_rows(seen.session, layer, asked, tile)
        entry = Entry(tile, made, _tag(made.body))
        key = _tile_key(layer, asked)
        self._keeper.put(key, layer, asked, entry, Since(seen.generation, until))
        return entry

    def _told(self, seen: Seen, layer: MapLayer, asked: Asked) -> Told:
        values = layer.values
        assert values is not None
        body = orjson.dumps(values.read(seen.session, seen.held, asked))
        until = values.moment(seen.session, asked)
        told = Told(body, _tag(body), values.tables, asked.sight, until)
        key = _key(layer, asked, follows_sight=values.follows_sight)
        self._keeper.put_values(key, told, seen.generation)
        return told

    def _held(self, session: Session, generation: int) -> HeldTickets | None:
        """Bring the tickets held up to a snapshot; None if they are of a newer one."""
        with self._reading_tickets:
            if self._tickets is not None and self._tickets[0] >= generation:
                return self._tickets[1] if self._tickets[0] == generation else None
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
