"""What is known of units at large: which levels there are, how wide they are, when they change.

A tile is a function of the rows that meet it; what depends on all units is told apart from it. It
is kept until the organisation changes.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np
import shapely
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from gridmap.model import GENERAL_SCHEME, LEVELS, Absence, Duty, Revision, Unit
from gridmap.storage.geometries import raw, shapes
from layers.reading import valid_at

#: A level is drawn by itself where its units are about this wide on average.
WIDE_ENOUGH_PX = 36.0
TILE_PX = 512
#: Units of a level that are measured.
_SAMPLE = 500
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
        self._lock = Lock()
        self._found: OrderedDict[tuple[str, int], Division] = OrderedDict()

    def next_moment(self, at: datetime) -> datetime | None:
        """Return when the next unit, duty or absence begins or ends."""
        place = bisect_right(self._moments, at)
        return self._moments[place] if place < len(self._moments) else None

    def of(self, session: Session, scheme: str, at: datetime) -> Division:
        """Return a scheme as it is at a moment."""
        key = (scheme, bisect_right(self._moments, at))
        with self._lock:
            found = self._found.get(key)
        if found is None:
            found = _measured(session, scheme, at)
            with self._lock:
                self._found[key] = found
                while len(self._found) > 64:
                    self._found.popitem(last=False)
        return found


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


__all__ = ["GENERAL_SCHEME", "Division", "Divisions", "divisions", "wide_enough_from"]
