"""What is known of units at large: which levels there are, how wide they are, when they change.

A tile is a function of the rows that meet it; what depends on all units is told apart from it. It
is kept until the organisation changes.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from gridmap.model import LEVELS, Absence, Duty, Revision, Unit
from gridmap.sight import Sight, unit_ids
from gridmap.storage.geometries import raw, shapes
from layers.reading import valid_at
from layers.unit_tree import Lineages, UnitTree

T = TypeVar("T")

#: A level is drawn by itself where its units are about this wide on average.
WIDE_ENOUGH_PX = 36.0
TILE_PX = 512
#: Units of a level that are measured.
_SAMPLE = 100
_MOST_KEPT = 256
#: Levels that a map chooses by itself; houses and their doors are drawn only where asked for.
_CHOSEN = tuple(level for level in LEVELS if level not in ("building", "entrance"))


@dataclass(frozen=True)
class Division:
    """
    One scheme at one time.

    Attributes
    ----------
    widths_deg
        Average width of the units by level, the widest level first, in degrees of longitude.
    """

    widths_deg: dict[str, float]

    def from_zooms(self) -> tuple[tuple[str, int], ...]:
        """Return the levels that a map chooses, each with the zoom of tiles from which it does."""
        chosen: list[tuple[str, int]] = []
        for level, width_deg in self.widths_deg.items():
            if level not in _CHOSEN:
                continue
            zoom = 0 if not chosen else max(wide_enough_from(width_deg), chosen[-1][1])
            chosen.append((level, zoom))
        return tuple(chosen)


def wide_enough_from(width_deg: float) -> int:
    """Return the zoom of tiles from which something is drawn wide enough to be told apart."""
    if width_deg <= 0:
        return 0
    return max(0, math.ceil(math.log2(WIDE_ENOUGH_PX * 360 / (width_deg * TILE_PX))))


class Divisions:
    """A snapshot of all schemes."""

    def __init__(self, moments: Sequence[datetime]) -> None:
        self._moments = list(moments)
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()

    def next_moment(self, at: datetime) -> datetime | None:
        """Return when the next unit, duty or absence begins or ends."""
        place = bisect_right(self._moments, at)
        return self._moments[place] if place < len(self._moments) else None

    def edition(self, at: datetime) -> int:
        """Give a moment a number: of two with the same nothing begins or ends between them."""
        return bisect_right(self._moments, at)

    def of(self, session: Session, scheme: str, at: datetime) -> Division:
        """Return a scheme as it is at a moment."""
        key = ("division", scheme, self.edition(at))
        return self._once(key, lambda: _measured(session, scheme, at))

    def tree(self, session: Session) -> UnitTree:
        """Return all units without their ground."""
        return self._once("tree", lambda: UnitTree.read(session))

    def lineages(self, session: Session, at: datetime) -> Lineages:
        """Return what lies below what at a moment."""
        key = ("lineages", self.edition(at))
        return self._once(key, lambda: self.tree(session).lineages(at))

    def seen(self, session: Session, sight: Sight, at: datetime) -> npt.NDArray[np.bool_]:
        """Tell which rows of the tree are in sight at a moment; shape (n,)."""
        key = ("seen", sight.key, self.edition(at))
        return self._once(key, lambda: self._seen(session, sight, at))

    def _seen(self, session: Session, sight: Sight, at: datetime) -> npt.NDArray[np.bool_]:
        known, ids = self.tree(session).ids, unit_ids(session, sight, at)
        if ids is None:
            return np.ones(len(known), dtype=bool)
        return np.isin(known, np.fromiter(ids, dtype=np.int64, count=len(ids)))

    def _once(self, key: Hashable, make: Callable[[], T]) -> T:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return cast(T, self._kept[key])
        made = make()
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return made


_kept: WeakKeyDictionary[Engine, tuple[int, Divisions]] = WeakKeyDictionary()


def divisions(session: Session) -> Divisions:
    """Return what is known of the units that a session sees."""
    query = select(Revision.value).where(Revision.subject == "organisation")
    revision = session.scalars(query).one()
    engine = session.connection().engine
    held = _kept.get(engine)
    if held is None or held[0] != revision:
        held = (revision, Divisions(_moments(session)))
        _kept[engine] = held
    return held[1]


def _moments(session: Session) -> list[datetime]:
    """Return every moment at which a unit, duty or absence begins or ends, in order."""
    found: set[datetime | None] = set()
    for table in (Unit, Duty, Absence):
        for column in (table.valid_from, table.valid_to):
            found.update(session.scalars(select(column).distinct()))
    return sorted(moment.astimezone(UTC) for moment in found if moment is not None)


def _measured(session: Session, scheme: str, at: datetime) -> Division:
    widths: dict[str, float] = {}
    for level in LEVELS:
        query = (
            select(raw(session, Unit.geometry))
            .where(
                Unit.scheme == scheme,
                Unit.level == level,
                Unit.geometry.is_not(None),
                valid_at(at),
            )
            .order_by(Unit.id)
            .limit(_SAMPLE)
        )
        areas = shapes(session.scalars(query))
        if len(areas):
            bounds = shapely.bounds(areas)
            widths[level] = float(np.nanmean(bounds[:, 2] - bounds[:, 0]))
    return Division(widths)
