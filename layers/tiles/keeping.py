"""Answers that are kept until something they are made of changes, and not one moment longer.

Whoever answers first looks what is new in the store, in the snapshot of the answer. Snapshots are
taken one after the other, each begins a generation if something has changed, and what was made from
an older one is kept only if nothing since then can concern it. So no answer is older than the
question, in whichever process or thread it was made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from typing import Any

from sqlalchemy.orm import Session

from gridmap.storage import Store
from gridmap.storage.changes import Change, Cursor
from layers.kept import KEPT
from layers.layer import Asked, MapLayer, Points, Shapes
from layers.tiles.cache import Cache, Entry, Group, GroupKey
from layers.tiles.concern import (
    Suspect,
    by_box,
    by_rows,
    concerns_maybe,
    in_sight,
    noticed,
    proven,
    tables,
)
from layers.tiles.history import History
from layers.tiles.mercator import Tile
from layers.tiles.told import Told, ToldValues

#: More changes at once than these are not looked at one by one.
_MOST_CHANGES = 2_000
#: The store is asked about the suspects of so many groups, those with the most; of others they go.
_MOST_ASKED = 16


@dataclass(frozen=True)
class Since:
    """
    From when to when what was made is right.

    Attributes
    ----------
    generation
        Of the snapshot it was made from.
    until
        When it is no longer right although no row changes.
    """

    generation: int
    until: datetime | None


class Keeper:
    """Tiles and values that are held, and the place in the log up to which they are right."""

    def __init__(self, store: Store, limit_bytes: int) -> None:
        self._history = History()
        self._store = store
        self._cache = Cache(limit_bytes)
        self._values = ToldValues()
        # The place in the log, and what is kept of the state there: they change together, and last.
        self._current: tuple[Cursor | None, dict[str, Any]] = None, {}
        self._looking = Lock()
        self._lock = Lock()

    def look(self, session: Session, now: datetime) -> int:
        """
        Take the snapshot of a session, throw away what is no longer right, return the generation.

        Parameters
        ----------
        session
            Of `Store.read()`, and not used yet.
        now
            The moment of the question.
        """
        session.connection()  # a snapshot begins with the first question; waiting comes before
        with self._looking:
            cursor, kept = self._current
            news = self._store.news(session, cursor)
            if news.changes or not news.complete:
                kept = {}
            session.info[KEPT] = kept  # one that sees the same need not ask for revisions
            if not news.complete:
                with self._lock:
                    self._cache.clear()
                    self._values.clear()
                    self._history.restart()
            elif news.changes:
                self._throw_away(session, news.changes, now)
            self._current = news.cursor, kept
            return self._history.generation

    def is_current(self, session: Session) -> bool:
        """
        Tell whether nothing has changed since the last look: then what is held is right.

        Parameters
        ----------
        session
            Of `Store.read()`, and not used yet; it is lent what is kept, and gives nothing to it.
        """
        cursor, kept = self._current
        if self._store.cursor() != cursor:
            return False
        session.info[KEPT] = {subject: found.lent() for subject, found in kept.items()}
        return True

    def changes_since(self, generation: int) -> list[Change] | None:
        """Return what has changed since a generation; None if that is no longer known."""
        with self._lock:
            return self._history.since(generation)

    def get(self, key: GroupKey, tile: Tile, now: datetime) -> Entry | None:
        """Return a tile that is held and right."""
        with self._lock:
            group = self._cache.groups.get(key)
            if group is None or group.ends_before(now):
                return None
            return self._cache.get(key, tile)

    def put(self, key: GroupKey, layer: MapLayer, asked: Asked, entry: Entry, made: Since) -> None:
        """Hold a tile, unless what it was made from is no longer right."""
        with self._lock:
            changes = self._history.since(made.generation)
            if changes is None:
                return
            group = self._cache.groups.get(key)
            if group is not None and group.until != made.until and group.ends_before(asked.now):
                self._cache.drop_group(key)
                group = None
            if group is None:
                if changes:
                    return
                group = Group(layer, asked, made.until)
            if group.until == made.until and not concerns_maybe(group, entry, changes):
                self._cache.put(key, group, entry)

    def get_values(self, key: GroupKey, now: datetime) -> Told | None:
        """Return values that are held and right."""
        with self._lock:
            return self._values.get(key, now)

    def put_values(self, key: GroupKey, told: Told, generation: int) -> None:
        """Hold values, unless something they are made of has changed since."""
        with self._lock:
            changes = self._history.since(generation)
            if changes is not None and not any(one.table in told.tables for one in changes):
                self._values.put(key, told)

    def _throw_away(self, session: Session, changes: Sequence[Change], now: datetime) -> None:
        with self._lock:
            self._history.add(changes)
            groups = list(self._cache.groups.items())
            values = self._values.concerned(changes)
        found = [key for key, one, what in values if in_sight(session, what, one.sight, now)]
        with self._lock:
            self._values.drop(found)
        unsure: list[tuple[GroupKey, Group, list[Suspect]]] = []
        depending: dict[Any, list[Change]] = {}  # asked once for all groups of a kind
        for key, group in groups:
            concerned = [change for change in changes if change.table in tables(group.layer)]
            if not concerned:
                continue
            if len(concerned) > _MOST_CHANGES:
                with self._lock:
                    self._cache.drop_group(key)
            elif isinstance(group.layer.source, Points):
                with self._lock:
                    self._drop(key, by_box(group, noticed(group, concerned)))
            else:
                find = group.layer.source.depending
                if find is not None and find not in depending:
                    depending[find] = find(session, changes)
                further = depending.get(find, [])
                suspects = self._drop_shapes(session, key, group, concerned, further, now)
                unsure += [(key, group, suspects)] if suspects else []
        self._drop_suspects(session, unsure, now)

    def _drop_shapes(
        self,
        session: Session,
        key: GroupKey,
        group: Group,
        changes: Sequence[Change],
        depending: Sequence[Change],
        now: datetime,
    ) -> list[Suspect]:
        """Throw away what surely is not right, and return of what the store must be asked."""
        assert isinstance(group.layer.source, Shapes)
        until = group.layer.source.moment(session, replace(group.asked, now=now))
        with self._lock:
            if group.ends_before(now):
                self._cache.drop_group(key)
            group.until = until
            sure, suspects = by_rows(group, changes, depending)
            self._drop(key, sure)
        return suspects

    def _drop_suspects(
        self, session: Session, unsure: list[tuple[GroupKey, Group, list[Suspect]]], now: datetime
    ) -> None:
        """Throw away suspects that the store proves, and those of more groups than are asked about.

        A group costs a question for each zoom; hundreds of them would hold up whoever asks next.
        """
        unsure.sort(key=lambda one: -len(one[2]))
        for place, (key, group, suspects) in enumerate(unsure):
            if place < _MOST_ASKED:
                found = proven(session, group, suspects, now)
            else:
                found = [suspect.entry for suspect in suspects]
            with self._lock:
                self._drop(key, found)

    def _drop(self, key: GroupKey, entries: Iterable[Entry]) -> None:
        for entry in entries:
            self._cache.drop(key, entry)
