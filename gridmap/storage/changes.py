"""What has changed in a store since somebody last looked, whoever changed it.

Triggers write the table `changes`; `news` reads on from a cursor. What it tells and what its
session sees are one snapshot: whoever throws away what it names holds nothing that is out of date.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, delete, func, insert, select, text, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from gridmap.model import ChangeLog, LoggedChange
from gridmap.storage.geopackage import schema

#: A place in the log: opaque, without spaces, short enough for an address.
Cursor: TypeAlias = str

#: More changes than these are told as a log that no longer reaches back.
MOST = 10_000

#: Rows that one statement may write and still be logged each for itself.
SINGLY = 1_000
#: Beyond every number.
_NOWHERE = 2**62
#: The box of what is not looked for one by one.
ANYWHERE = (-180.0, -90.0, 180.0, 90.0)

_COLUMNS = "table_name, row_id, last_row_id, unit_id, west, south, east, north"
_EMBEDDED = text(
    "SELECT log.identity, log.pruned, coalesce((SELECT max(id) FROM changes), 0) AS place,"
    f" {_COLUMNS} FROM change_log AS log LEFT JOIN changes ON changes.id > :since"
    f" ORDER BY changes.id LIMIT {MOST + 1}"
)
# Ids do not become visible in their order: what a snapshot sees and an earlier one did not is told
# by the transactions. Those from `oldest` on are looked at. Transactions of the future are of the
# life that a restored database had before.
_POSTGIS = text(
    f"SELECT log.identity, log.pruned, pg_current_snapshot()::text AS place, {_COLUMNS}"
    " FROM change_log AS log LEFT JOIN changes ON changes.xid >= :oldest"
    " AND changes.xid < pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
    " AND NOT pg_visible_in_snapshot(changes.xid::text::xid8, CAST(:since AS pg_snapshot))"
    f" ORDER BY changes.id LIMIT {MOST + 1}"
)


@dataclass(frozen=True, slots=True)
class Change:
    """Rows that were inserted, changed or deleted.

    Attributes
    ----------
    table
        Whose rows; a decision is told as a change of its ticket, under `tickets`.
    first_id, last_id
        The row, or the range in which the rows of a bulk write lie.
    unit_id
        Of one ticket: the unit of its current decision, before or after. None for a ticket that no
        unit has, for a range (then any unit may be concerned) and for other tables.
    bounds
        West, south, east, north in degrees of the store: where the rows were or are. None without a
        geometry.
    """

    table: str
    first_id: int
    last_id: int
    unit_id: int | None
    bounds: tuple[float, float, float, float] | None


@dataclass(frozen=True, slots=True)
class News:
    """What has changed since a cursor.

    Attributes
    ----------
    changes
        In the order in which they were logged.
    cursor
        From where to go on.
    complete
        Whether `changes` are all; if not they are empty, and anything may have changed.
    """

    changes: list[Change]
    cursor: Cursor
    complete: bool


def news(session: Session, since: Cursor | None) -> News:
    """Tell what a session sees and a cursor does not.

    Parameters
    ----------
    session
        Of `Store.read()`.
    since
        `News.cursor` of an earlier look. None, the cursor of another store, one that is older than
        the log or younger than the session, or no cursor at all make incomplete news.
    """
    identity, _, place = (since or "").partition("-")
    embedded = session.get_bind().dialect.name == schema.NAME
    found, reached = (_since_id if embedded else _since_snapshot)(session, place)
    log = found[0]
    complete = reached and identity == log.identity and len(found) <= MOST
    return News(_changes(found) if complete else [], f"{log.identity}-{log.place}", complete)


def log(session: Session, table: str, first: int, last: int, box: Sequence[float | None]) -> None:
    """Log a range of rows as one change, where the triggers that would log them are gone."""
    west, south, east, north = box
    session.execute(
        insert(LoggedChange).values(
            table_name=table,
            row_id=first,
            last_row_id=last,
            west=west,
            south=south,
            east=east,
            north=north,
            at=datetime.now(UTC),
        )
    )


def prune(session: Session, before: datetime) -> None:
    """Take away what was logged before a moment, and keep how far that went.

    Parameters
    ----------
    session
        Of `Store.write()`.
    """
    number: InstrumentedAttribute[Any]
    old: list[ColumnElement[bool]] = [LoggedChange.at < before]
    if session.get_bind().dialect.name == schema.NAME:
        # The newest row stays: SQLite would give its id again.
        number = LoggedChange.id
        old.append(number < select(func.max(number)).scalar_subquery())
    else:
        # What came after a transaction that still runs stays, as every cursor goes back to that.
        number = LoggedChange.xid
        old.append(number < text("pg_snapshot_xmin(pg_current_snapshot())::text::bigint"))
    last = session.scalar(select(func.max(number)).where(*old))
    if last is not None:
        session.execute(update(ChangeLog).values(pruned=last))
        session.execute(delete(LoggedChange).where(number <= last))


def _since_id(session: Session, place: str) -> tuple[Sequence[Any], bool]:
    """Find what is above an id, and tell whether the log reaches back to it."""
    known = int(place) if re.fullmatch(r"[0-9]{1,18}", place) else None
    found = session.execute(_EMBEDDED, {"since": _NOWHERE if known is None else known}).all()
    return found, known is not None and found[0].pruned <= known <= found[0].place


def _since_snapshot(session: Session, place: str) -> tuple[Sequence[Any], bool]:
    """Find what a snapshot does not see, and tell whether the log reaches back to it."""
    known = _limits(place)
    since = {"since": place, "oldest": known[0]} if known else {"since": "1:1:", "oldest": _NOWHERE}
    found = session.execute(_POSTGIS, since).all()
    now = _limits(found[0].place)
    if known is None or now is None:
        return found, False
    # A restored log may have been pruned up to a transaction that is still to come.
    lost = known[0] <= found[0].pruned < now[0]
    return found, known[1] <= now[1] and not lost


def _limits(place: str) -> tuple[int, int] | None:
    """Read xmin and xmax of a pg_snapshot; None for what PostgreSQL would not take."""
    if not re.fullmatch(r"[0-9]{1,18}:[0-9]{1,18}:([0-9]{1,18}(,[0-9]{1,18})*)?", place):
        return None
    oldest, newest, running = place.split(":")
    xmin, xmax = int(oldest), int(newest)
    between = [int(xid) for xid in running.split(",")] if running else []
    in_order = sorted(between) == between and all(xmin <= xid < xmax for xid in between)
    return (xmin, xmax) if 0 < xmin <= xmax and in_order else None


def _changes(found: Sequence[Any]) -> list[Change]:
    return [
        Change(table, first, last, unit, None if west is None else (west, south, east, north))
        for *_log, table, first, last, unit, west, south, east, north in found
        if table is not None
    ]
