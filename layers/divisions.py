"""What is known of units at large: which levels there are and how wide, what lies below what."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from gridmap.model import LEVELS, Unit
from gridmap.sight import Sight
from gridmap.storage.geometries import raw, shapes
from layers.kept import kept, moments
from layers.reading import valid_at
from layers.unit_tree import Lineages, UnitTree

#: A level is drawn by itself where its units are about this wide on average.
WIDE_ENOUGH_PX = 36.0
TILE_PX = 512
#: Units of a level that are measured.
_SAMPLE = 100
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


def division(session: Session, scheme: str, at: datetime) -> Division:
    """Return a scheme as it is at a moment."""
    key = ("division", scheme, edition(session, at))
    return kept(session, "organisation").once(key, lambda: _measured(session, scheme, at))


def tree(session: Session) -> UnitTree:
    """Return all units without their ground."""
    return kept(session, "organisation").once("tree", lambda: UnitTree.read(session))


def lineages(session: Session, at: datetime) -> Lineages:
    """Return what lies below what at a moment."""
    key = ("lineages", edition(session, at))
    return kept(session, "organisation").once(key, lambda: tree(session).lineages(at))


def seen_rows(session: Session, sight: Sight, at: datetime) -> npt.NDArray[np.bool_] | None:
    """Tell which rows of the tree are in sight at a moment, shape (n,); None: all."""
    return None if sight.grounds is None else _seen(session, sight, at)[0]


def seen_units(session: Session, sight: Sight, at: datetime) -> frozenset[int] | None:
    """Return the ids of all versions of the units that are in sight at a moment; None: all."""
    return None if sight.grounds is None else _seen(session, sight, at)[1]


def _seen(
    session: Session, sight: Sight, at: datetime
) -> tuple[npt.NDArray[np.bool_], frozenset[int]]:
    """Find what is in sight among the units in memory.

    The store would be asked once for each sight whenever a unit or a duty changes, 5 ms and more
    for each of hundreds of open maps.
    """
    known, number = kept(session, "organisation"), edition(session, at)
    parts = known.once(("parts", number), lambda: tree(session).parts(at))

    def make() -> tuple[npt.NDArray[np.bool_], frozenset[int]]:
        units = tree(session)
        rows = units.seen(sight.grounds or (), parts)
        return rows, frozenset(units.ids[rows].tolist())

    return known.once(("seen", sight.key, number), make)


def edition(session: Session, at: datetime) -> int:
    """Give a moment a number: of two with the same nothing begins or ends between them."""
    return moments(session, "organisation").edition(at)


def next_moment(session: Session, at: datetime) -> datetime | None:
    """Return when the next unit, duty or absence begins or ends."""
    return moments(session, "organisation").after(at)


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
