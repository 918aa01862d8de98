"""What somebody may see: the tickets of certain units and of all that lies below them.

Units, buildings and streets are for everybody. A ticket, its count, and the telephone numbers of
those on duty follow the sight: a ticket is seen by whoever sees the unit of its current decision,
and one that no unit has by those who see everything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from hashlib import blake2b
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy.orm import Session, aliased

from gridmap.model import Decision, Unit

_KEY_BYTES = 16


@dataclass(frozen=True)
class Sight:
    """
    The right to see the tickets of some ground.

    Attributes
    ----------
    grounds
        Scheme and code of the units at the top; what lies below them is seen too. None: everything.
    """

    grounds: frozenset[tuple[str, str]] | None

    @cached_property
    def key(self) -> str:
        """A short text that two sights share only if they are the same; `all` for everything."""
        if self.grounds is None:
            return "all"
        digest = blake2b(repr(sorted(self.grounds)).encode(), digest_size=_KEY_BYTES)
        return digest.hexdigest()


EVERYTHING = Sight(None)


def units_in_sight(sight: Sight, at: datetime | None = None) -> Select[Any]:
    """
    Select the ids of all versions of the units that somebody sees.

    Where a unit lies is told by its version of the moment, or the last one if it has ended: ground
    that moves to another community is seen there with all its past, and no longer where it was.

    Parameters
    ----------
    sight
        Whose sight it is.
    at
        The moment; now when left out.
    """
    if sight.grounds is None:
        return select(Unit.id)
    ground = _ground(sight.grounds, at or datetime.now(UTC))
    return select(Unit.id).join(
        ground, and_(Unit.scheme == ground.c.scheme, Unit.code == ground.c.code)
    )


def _ground(tops: Iterable[tuple[str, str]], at: datetime) -> CTE:
    """Select scheme and code of some units and of all that lie below them at a moment."""
    is_top = [and_(Unit.scheme == scheme, Unit.code == code) for scheme, code in tops]
    ground = (
        select(Unit.scheme, Unit.code)
        .where(or_(*is_top) if is_top else false())
        .cte("ground", recursive=True)
    )
    below = aliased(Unit)
    return ground.union(
        select(below.scheme, below.code)
        .join(ground, and_(below.scheme == ground.c.scheme, below.parent_code == ground.c.code))
        .where(below.valid_from <= at, ~_is_outdated(below, at))
    )


def _is_outdated(unit: type[Unit], at: datetime) -> ColumnElement[bool]:
    """Return the condition that a later version of a unit has begun."""
    later = aliased(Unit)
    return (
        select(later.id)
        .where(
            later.scheme == unit.scheme,
            later.code == unit.code,
            later.valid_from > unit.valid_from,
            later.valid_from <= at,
        )
        .exists()
    )


def unit_ids(session: Session, sight: Sight, at: datetime | None = None) -> set[int] | None:
    """Return the ids of all versions of the units that somebody sees; None: all there are."""
    if sight.grounds is None:
        return None
    return set(session.scalars(units_in_sight(sight, at)))


def is_seen(sight: Sight, at: datetime | None = None) -> ColumnElement[bool]:
    """Return the condition that a ticket, joined with its current decision, is seen."""
    if sight.grounds is None:
        return true()
    return Decision.unit_id.in_(units_in_sight(sight, at))
