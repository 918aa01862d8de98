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

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, text, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from gridmap.model import ChangeLog, LoggedChange
from gridmap.storage.geopackage import schema

#: A place in the log: opaque, without spaces, short enough for an address.
Cursor: TypeAlias = str

#: More changes than these are told as a log that no longer reaches back.
MOST = 10_000

#: Rows that one statement may write and still be logged each for itself.
SINGLY = 1_000
#: The box of what is not looked for one by one.
ANYWHERE = (-180.0, -90.0, 180.0, 90.0)

_PLACE = {
    True: "SELECT identity, pruned, coalesce((SELECT max(id) FROM changes), 0) FROM change_log",
    False: "SELECT identity, pruned, pg_current_snapshot()::text FROM change_log",
}
_CHANGES = "SELECT table_name, row_id, last_row_id, unit_id, west, south, east, north FROM changes"
_AFTER_ID = text(f"{_CHANGES} WHERE id > :place ORDER BY id LIMIT {MOST + 1}")
# Ids do not become visible in their order: what a snapshot sees and an earlier one did not is told
# by the transactions, from the first that the earlier one did not see done. Transactions that are
# still to come are of the life that a restored database had before.
_AFTER_SNAPSHOT = text(
    f"{_CHANGES} WHERE xid >= CAST(:oldest AS bigint) AND xid < CAST(:newest AS bigint)"
    " AND NOT pg_visible_in_snapshot(xid::text::xid8, CAST(:place AS pg_snapshot))"
    f" ORDER BY id LIMIT {MOST + 1}"
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
    embedded = session.get_bind().dialect.name == schema.NAME
    identity, pruned, now = _place(session.connection(), embedded=embedded)
    cursor = _cursor(identity, now)
    if since == cursor:
        return News([], cursor, complete=True)
    own, _, place = (since or "").partition("-")
    found: Sequence[Any] | None = None
    if own == identity:
        after = _after_id if embedded else _after_snapshot
        found = after(session, place, str(now), pruned)
    if found is None or len(found) > MOST:
        return News([], cursor, complete=False)
    return News([_change(*row) for row in found], cursor, complete=True)


def cursor_of(connection: Connection) -> Cursor:
    """Tell the cursor of a moment: where it is that of earlier news, nothing has changed since.

    Parameters
    ----------
    connection
        One that commits by itself, which spares a server two more questions.
    """
    embedded = connection.dialect.name == schema.NAME
    identity, _, now = _place(connection, embedded=embedded)
    return _cursor(identity, now)


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

    Of two who do so at once the later one waits: it would say that less is gone than is.

    Parameters
    ----------
    session
        Of `Store.write()`.
    """
    session.execute(select(ChangeLog.pruned).with_for_update())
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


def _place(connection: Connection, *, embedded: bool) -> tuple[str, int, str | int]:
    """Ask by the driver itself: most requests ask no more than this."""
    driver: Any = connection.connection.driver_connection
    identity, pruned, now = driver.execute(_PLACE[embedded]).fetchone()
    return identity, pruned, now


def _cursor(identity: str, now: str | int) -> Cursor:
    return f"{identity}-{now}"


def _after_id(session: Session, place: str, now: str, pruned: int) -> Sequence[Any] | None:
    """Find what is above an id; None where the log does not reach back to it."""
    if not re.fullmatch(r"[0-9]{1,18}", place) or not pruned <= int(place) <= int(now):
        return None
    return session.execute(_AFTER_ID, {"place": int(place)}).all()


def _after_snapshot(session: Session, place: str, now: str, pruned: int) -> Sequence[Any] | None:
    """Find what a snapshot does not see; None where the log does not reach back to it."""
    then, here = _limits(place), _limits(now)
    if then is None or here is None or then[1] > here[1]:
        return None
    # A restored log may have been pruned up to a transaction that is still to come.
    if then[0] <= pruned < here[0]:
        return None
    limits = {"place": place, "oldest": then[0], "newest": here[1]}
    return session.execute(_AFTER_SNAPSHOT, limits).all()


def _limits(place: str) -> tuple[int, int] | None:
    """Read xmin and xmax of a pg_snapshot; None for what PostgreSQL would not take."""
    if not re.fullmatch(r"[0-9]{1,18}:[0-9]{1,18}:([0-9]{1,18}(,[0-9]{1,18})*)?", place):
        return None
    oldest, newest, running = place.split(":")
    xmin, xmax = int(oldest), int(newest)
    between = [int(xid) for xid in running.split(",")] if running else []
    in_order = sorted(between) == between and all(xmin <= xid < xmax for xid in between)
    return (xmin, xmax) if 0 < xmin <= xmax and in_order else None


def _change(table: str, first: int, last: int, unit: int | None, west: Any, *others: Any) -> Change:
    return Change(table, first, last, unit, None if west is None else (west, *others))
