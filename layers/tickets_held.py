"""Open and recent tickets in memory, as columns: what is drawn of 100,000 comes from no query.

A snapshot never changes; what has changed in the store makes a new one of it. Nobody who reported,
and no words of theirs, are held.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Text,
    case,
    extract,
    or_,
    select,
    type_coerce,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.orm import Session

from gridmap.model import Decision, Ticket
from gridmap.moments import to_moment, to_moments
from gridmap.routing.kinds import KINDS, kind_column
from gridmap.storage.geometries import coordinates, raw
from gridmap.storage.geopackage import schema
from layers.kept import Kept
from layers.tiles.mercator import Tile

#: Number of the kind of exception of a ticket; 0 is none.
KIND_NUMBERS = {kind: number for number, kind in enumerate(KINDS, start=1)}
#: In place of the unit of a ticket that no unit has.
NO_UNIT = -1
#: More changed ranges than these are read anew as a whole.
_MOST_RANGES = 2_000
_IDS_A_QUERY = 500
_WORLD = Tile(0, 0, 0)


@dataclass(frozen=True)
class Columns:
    """
    Tickets by ascending id; all arrays have shape (n,) or (n, 2).

    Attributes
    ----------
    lonlat
        Degrees of the store; NaN without a place.
    world
        Eastward and southward in the Mercator square of the world, 0 to 1.
    reported
        Moments, microseconds since 1970.
    matter
        Place in `HeldTickets.matters`.
    kind
        Kind of exception as in `KIND_NUMBERS`.
    unit_id
        The unit version of the current decision, `NO_UNIT` without.
    """

    ids: npt.NDArray[np.int64]
    number: npt.NDArray[np.object_]
    lonlat: npt.NDArray[np.float64]
    world: npt.NDArray[np.float64]
    is_open: npt.NDArray[np.bool_]
    is_flagged: npt.NDArray[np.bool_]
    reported: npt.NDArray[np.int64]
    matter: npt.NDArray[np.int32]
    kind: npt.NDArray[np.uint8]
    unit_id: npt.NDArray[np.int64]

    def taken(self, rows: Any) -> Columns:
        """Return some of the rows, by their numbers or a mask."""
        return Columns(*(getattr(self, field.name)[rows] for field in fields(self)))

    def changed(self, is_gone: npt.NDArray[np.bool_], others: Columns) -> Columns:
        """Return these without some, and with others, in the order of their ids.

        A ticket changed in its place and one that is new at the end, which is nearly all that ever
        happens, cost a copy each.
        """
        if np.array_equal(self.ids[is_gone], others.ids):
            copied = Columns(*(getattr(self, field.name).copy() for field in fields(self)))
            for field in fields(self):
                getattr(copied, field.name)[is_gone] = getattr(others, field.name)
            return copied
        kept = self.taken(~is_gone) if is_gone.any() else self
        both = Columns(
            *(
                np.concatenate([getattr(kept, field.name), getattr(others, field.name)])
                for field in fields(self)
            )
        )
        is_ordered = not len(kept.ids) or not len(others.ids) or others.ids[0] > kept.ids[-1]
        return both if is_ordered else both.taken(np.argsort(both.ids, kind="stable"))


class HeldTickets(Kept):
    """
    A snapshot of the open tickets and the recent ones, and what was made of it.

    Attributes
    ----------
    columns
        The tickets.
    matters
        Code and name of every matter that one of them has or had.
    since
        From when on closed tickets are held.
    """

    def __init__(
        self, columns: Columns, matters: Sequence[tuple[str, str]], since: datetime
    ) -> None:
        super().__init__()
        self.columns = columns
        self.matters = list(matters)
        self.since = since

    def __len__(self) -> int:
        return len(self.columns.ids)

    @classmethod
    def load(cls, session: Session, since: datetime) -> HeldTickets:
        """
        Read the tickets of a store.

        Parameters
        ----------
        session
            Of `Store.read()`; the snapshot is what it sees.
        since
            Closed tickets that were reported before this day (in UTC) are left out.
        """
        since = _day(since)
        matters: dict[tuple[str, str], int] = {}
        rows = session.connection().execute(_query(session, since)).all()
        columns = _columns(rows, matters)
        return cls(columns, list(matters), since)

    def after(self, session: Session, ranges: Iterable[tuple[int, int]]) -> HeldTickets:
        """
        Return the snapshot of a later session, in which tickets have changed.

        Parameters
        ----------
        session
            Of `Store.read()`.
        ranges
            First and last ids of tickets that were added, changed, decided anew or deleted.
        """
        changed = _merged_ranges(ranges)
        if not changed:
            return self
        if len(changed) > _MOST_RANGES:
            return HeldTickets.load(session, self.since)
        rows: list[Any] = []
        for condition in _conditions(changed):
            rows += session.connection().execute(_query(session, self.since).where(condition)).all()
        matters = {matter: place for place, matter in enumerate(self.matters)}
        others = _columns(sorted(rows, key=lambda row: row.id), matters)
        columns = self.columns.changed(_within(self.columns.ids, changed), others)
        return HeldTickets(columns, list(matters), self.since)

    def forward(self, since: datetime) -> HeldTickets:
        """Return the snapshot without closed tickets that were reported before a later day."""
        since = _day(since)
        if since <= self.since:
            return self
        kept = self.columns.is_open | (self.columns.reported >= to_moment(since))
        return HeldTickets(self.columns.taken(kept), self.matters, since)


def _day(at: datetime) -> datetime:
    """Return when the day of a moment began, in UTC."""
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _query(session: Session, since: datetime) -> Select[Any]:
    """Select the tickets to be held, as plain values."""
    return (
        select(
            Ticket.id,
            Ticket.number,
            raw(session, Ticket.geometry).label("place"),
            case((Ticket.status == "open", 1), else_=0).label("is_open"),
            case((Decision.flagged, 1), else_=0).label("is_flagged"),
            _moment(session).label("reported"),
            Ticket.matter_code,
            Ticket.matter,
            kind_column.label("kind"),
            Decision.unit_id,
        )
        .select_from(Ticket)
        .outerjoin(Decision, (Decision.ticket_id == Ticket.id) & Decision.is_current)
        .where(or_(Ticket.status == "open", Ticket.reported_at >= since))
        .order_by(Ticket.id)
    )


def _moment(session: Session) -> ColumnElement[Any]:
    """Select when a ticket was reported: no object for each time, which would take longest."""
    if session.get_bind().dialect.name == schema.NAME:
        return type_coerce(Ticket.reported_at, Text())
    return sql_cast(extract("epoch", Ticket.reported_at) * 1_000_000, BigInteger)


def _conditions(ranges: Sequence[tuple[int, int]]) -> Iterator[ColumnElement[bool]]:
    """Return conditions that together hold for the ids in some ranges."""
    single = [first for first, last in ranges if first == last]
    for start in range(0, len(single), _IDS_A_QUERY):
        yield Ticket.id.in_(single[start : start + _IDS_A_QUERY])
    for first, last in ranges:
        if first < last:
            yield Ticket.id.between(first, last)


def _columns(rows: Sequence[Any], matters: dict[tuple[str, str], int]) -> Columns:
    """Turn rows into columns; matters that are new are added to those known."""
    values = list(zip(*rows, strict=True)) or [()] * 10
    ids, number, place, is_open, is_flagged, reported, code, matter, kind, unit = values
    lonlat = coordinates(place)
    named = ((one or "", other or "") for one, other in zip(code, matter, strict=True))
    places = [matters.setdefault(one, len(matters)) for one in named]
    return Columns(
        ids=np.array(ids, dtype=np.int64),
        number=np.array(number, dtype=object),
        lonlat=lonlat,
        world=_WORLD.place(lonlat),
        is_open=np.array(is_open, dtype=bool),
        is_flagged=np.array(is_flagged, dtype=bool),
        reported=_moments(reported),
        matter=np.array(places, dtype=np.int32),
        kind=np.array([KIND_NUMBERS.get(one, 0) for one in kind], dtype=np.uint8),
        unit_id=np.array([NO_UNIT if one is None else one for one in unit], dtype=np.int64),
    )


def _moments(values: Sequence[Any]) -> npt.NDArray[np.int64]:
    if values and isinstance(values[0], str):
        return to_moments(np.array([text.removesuffix("Z") for text in values], dtype="M8[us]"))
    return np.array(values, dtype=np.int64)


def _merged_ranges(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _within(ids: npt.NDArray[np.int64], ranges: Sequence[tuple[int, int]]) -> npt.NDArray[np.bool_]:
    """Tell which ids lie in one of some ranges, which are in order and apart."""
    firsts, lasts = np.array(ranges, dtype=np.int64).T
    place = np.searchsorted(firsts, ids, side="right") - 1
    within: npt.NDArray[np.bool_] = (place >= 0) & (ids <= lasts[place])
    return within
