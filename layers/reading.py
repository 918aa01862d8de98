"""What the layers draw, read from the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from gridmap.model import GENERAL_SCHEME, Decision, Import, Ticket, Unit
from gridmap.sight import Sight, is_seen
from gridmap.storage.geometries import raw, shapes
from layers.base import Bounds
from layers.units import UnitArea


def valid_at(at: datetime, unit: Any = Unit) -> ColumnElement[bool]:
    """Return the condition that a unit, by the model or by its columns, is valid at a moment."""
    return and_(unit.valid_from <= at, or_(unit.valid_to.is_(None), unit.valid_to > at))


def geometries(values: Iterable[Any]) -> np.ndarray:
    """Turn geometry columns of the store into shapely geometries, shape (n,); none stays none."""
    blobs = [None if value is None else bytes(value.data) for value in values]
    found: np.ndarray = shapely.from_wkb(np.array(blobs, dtype=object))
    return found


def levels(session: Session, at: datetime) -> dict[tuple[str, str], int]:
    """Count the units that have an area, by scheme and level."""
    query = (
        select(Unit.scheme, Unit.level, func.count())
        .where(Unit.geometry.is_not(None), valid_at(at))
        .group_by(Unit.scheme, Unit.level)
    )
    return {(scheme, level): count for scheme, level, count in session.execute(query)}


def open_tickets(session: Session, at: datetime, sight: Sight) -> Counter[tuple[str, str]]:
    """Count open tickets in sight by scheme and code, those of the units below included."""
    decided = (
        select(Unit.scheme, Unit.code, func.count())
        .join(Decision, Decision.unit_id == Unit.id)
        .join(Ticket, Ticket.id == Decision.ticket_id)
        .where(Decision.is_current, Ticket.status == "open", is_seen(sight, at))
        .group_by(Unit.scheme, Unit.code)
    )
    parents = parent_codes(session, at)
    counts: Counter[tuple[str, str]] = Counter()
    for scheme, code, count in session.execute(decided):
        for ancestor in lineage(code, scheme, parents):
            counts[scheme, ancestor] += count
    return counts


def parent_codes(session: Session, at: datetime) -> dict[tuple[str, str], str | None]:
    """Return each valid unit's parent, by scheme and code; buildings and below are left out."""
    query = select(Unit.scheme, Unit.code, Unit.parent_code).where(
        valid_at(at), Unit.level.not_in(("building", "entrance"))
    )
    return {(scheme, code): parent for scheme, code, parent in session.execute(query)}


def lineage(code: str, scheme: str, parents: Mapping[tuple[str, str], str | None]) -> list[str]:
    """Return a unit's code and those of the units above it, from the narrowest to the widest."""
    chain: list[str] = []
    current: str | None = code
    while current is not None and current not in chain:
        chain.append(current)
        current = parents.get((scheme, current))
    return chain


def unit_areas(
    session: Session,
    at: datetime,
    *,
    scheme: str = GENERAL_SCHEME,
    level: str | None = None,
    codes: Iterable[str] | None = None,
    counts: Mapping[tuple[str, str], int] | None = None,
) -> list[UnitArea]:
    """Read units that have an area: of one level, or those with the given codes."""
    conditions = [Unit.scheme == scheme, Unit.geometry.is_not(None), valid_at(at)]
    if level is not None:
        conditions.append(Unit.level == level)
    if codes is not None:
        conditions.append(Unit.code.in_(list(codes)))
    rows = session.execute(
        select(Unit.code, Unit.name, Unit.parent_code, Unit.geometry)
        .where(*conditions)
        .order_by(Unit.code)
    ).all()
    names = _names(session, at, scheme, {row.parent_code for row in rows})
    counts = counts or {}
    return [
        UnitArea(
            code=row.code,
            name=row.name,
            label=_short(row.name, names.get(row.parent_code)),
            open_tickets=counts.get((scheme, row.code), 0),
            area=area,
        )
        for row, area in zip(rows, geometries(row.geometry for row in rows), strict=True)
    ]


def _names(session: Session, at: datetime, scheme: str, codes: set[str | None]) -> dict[str, str]:
    query = select(Unit.code, Unit.name).where(
        Unit.scheme == scheme, Unit.code.in_([code for code in codes if code]), valid_at(at)
    )
    return dict(session.execute(query).all())


def _short(name: str, parent: str | None) -> str:
    """Leave out the parent's name where it only repeats what the place on the map says."""
    return name.removeprefix(parent) or name if parent else name


def has_openstreetmap(session: Session) -> bool:
    """Say whether places or streets of OpenStreetMap have been brought in."""
    query = select(Import.id).where(Import.kind == "osm", Import.accepted > 0).limit(1)
    return session.scalar(query) is not None


def unit_bounds(session: Session, at: datetime) -> Bounds:
    """Return the bounds of all valid units, at least one of which has an area."""
    query = select(raw(session, Unit.geometry)).where(Unit.geometry.is_not(None), valid_at(at))
    west, south, east, north = shapely.total_bounds(shapes(session.scalars(query))).tolist()
    return west, south, east, north
