"""What is told of features apart from tiles, kept as JSON until a row of its tables changes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from gridmap.sight import Sight
from gridmap.storage.changes import Change
from layers.tiles.cache import GroupKey

_MOST_KEPT = 256


@dataclass(frozen=True)
class Told:
    """
    Values of a layer for one question.

    Attributes
    ----------
    tables
        Whose changes change them.
    sight
        Of whom they are told.
    until
        When they are no longer right although no row changes.
    """

    body: bytes
    etag: str
    tables: tuple[str, ...]
    sight: Sight
    until: datetime | None


class ToldValues:
    """Values by question; the oldest go first. Whoever uses it holds a lock."""

    def __init__(self) -> None:
        self._held: OrderedDict[GroupKey, Told] = OrderedDict()

    def get(self, key: GroupKey, now: datetime) -> Told | None:
        """Return values that are held and still right at a moment."""
        found = self._held.get(key)
        if found is None or (found.until is not None and found.until <= now):
            return None
        self._held.move_to_end(key)
        return found

    def put(self, key: GroupKey, told: Told) -> None:
        """Hold values."""
        self._held[key] = told
        self._held.move_to_end(key)
        while len(self._held) > _MOST_KEPT:
            self._held.popitem(last=False)

    def concerned(self, changes: Sequence[Change]) -> list[tuple[GroupKey, Told, list[Change]]]:
        """Return what is made of tables in which something has changed, and what that is."""
        found = []
        for key, told in self._held.items():
            theirs = [change for change in changes if change.table in told.tables]
            if theirs:
                found.append((key, told, theirs))
        return found

    def drop(self, keys: Iterable[GroupKey]) -> None:
        """Hold some no longer."""
        for key in keys:
            self._held.pop(key, None)

    def clear(self) -> None:
        """Hold nothing."""
        self._held.clear()
