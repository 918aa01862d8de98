"""What was made of a state of the store, kept while that state lasts.

A tile is a function of the rows that meet it. What depends on all units, or all places, is made
once for each revision of them, and is found here.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Hashable, Set
from datetime import UTC, datetime
from threading import Lock
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from gridmap.model import Absence, Duty, Place, Unit

T = TypeVar("T")

#: Where a session has what is kept for it, by subject; sessions that see the same may share it.
KEPT = "kept"

_MOST = 256
#: Asked at every request; a query made of the model takes twice as long to say the same.
_REVISION = text("SELECT value FROM revisions WHERE subject = :subject")
#: Tables by subject of a revision, whose rows begin and end.
_TIMED: dict[str, tuple[Any, ...]] = {
    "organisation": (Unit, Duty, Absence),
    "gazetteer": (Place,),
}


class Kept:
    """Things by key, the least recently used ones forgotten; threads may share it."""

    def __init__(self) -> None:
        self._found: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> Any:
        """Return what was made under a key; None if nothing was."""
        with self._lock:
            return self._found.get(key)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what was made under a key, or make it."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return cast(T, self._found[key])
        made = make()
        with self._lock:
            self._found[key] = made
            while len(self._found) > _MOST:
                self._found.popitem(last=False)
        return made

    def lent(self) -> Kept:
        """Return the same for whoever may see a later state: what that one makes is not kept."""
        return _Lent(self)


class _Lent(Kept):
    """What is kept, to be looked at."""

    def __init__(self, kept: Kept) -> None:
        super().__init__()
        self._found, self._lock = kept._found, kept._lock

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        found = self.get(key)
        return make() if found is None else cast(T, found)


class Moments:
    """All moments at which something begins or ends."""

    def __init__(self, moments: Set[datetime]) -> None:
        self._moments = sorted(moments)

    def after(self, at: datetime) -> datetime | None:
        """Return the next one after a moment."""
        place = bisect_right(self._moments, at)
        return self._moments[place] if place < len(self._moments) else None

    def edition(self, at: datetime) -> int:
        """Give a moment a number: between two with the same nothing begins or ends."""
        return bisect_right(self._moments, at)


_by_engine: WeakKeyDictionary[Engine, dict[str, tuple[int, Kept]]] = WeakKeyDictionary()


def kept(session: Session, subject: str) -> Kept:
    """Return what is kept of the revision of a subject that a session sees.

    A session that writes has one of its own each time: what it sees may never be stored.
    """
    if not session.info.get("is_snapshot"):
        return Kept()
    found = session.info.setdefault(KEPT, {})
    if subject not in found:
        found[subject] = _kept(session, subject)
    return cast(Kept, found[subject])


def _kept(session: Session, subject: str) -> Kept:
    connection = session.connection()
    revision = connection.execute(_REVISION, {"subject": subject}).scalar_one()
    by_subject = _by_engine.setdefault(connection.engine, {})
    held = by_subject.get(subject)
    if held is None or held[0] != revision:
        held = by_subject[subject] = (revision, Kept())
    return held[1]


def moments(session: Session, subject: str) -> Moments:
    """Return when the things of a subject begin and end: `organisation` or `gazetteer`."""
    return kept(session, subject).once("moments", lambda: _moments(session, subject))


def _moments(session: Session, subject: str) -> Moments:
    found: set[datetime | None] = set()
    for table in _TIMED[subject]:
        for column in (table.valid_from, table.valid_to):
            found.update(session.scalars(select(column).where(column.is_not(None)).distinct()))
    return Moments({moment.astimezone(UTC) for moment in found if moment is not None})
