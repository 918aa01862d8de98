"""What has changed in a store since somebody last looked, whoever changed it.

Triggers write the table `changes`; `news` reads on from a cursor. What it tells and what its
session sees are one snapshot: whoever throws away what it names holds nothing that is out of date.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from gridmap.model import ChangeLog, LoggedChange

#: A place in the log: opaque, without spaces, short enough for an address.
Cursor: TypeAlias = str

#: More changes than these are told as a log that no longer reaches back.
MOST = 10_000

#: Beyond every id.
_NOWHERE = 2**62
_EMBEDDED = text(
    "SELECT log.identity, log.pruned, coalesce((SELECT max(id) FROM changes), 0) AS last,"
    " table_name, row_id, last_row_id, unit_id, west, south, east, north"
    " FROM change_log AS log LEFT JOIN changes ON changes.id > :since"
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
    known = int(place) if re.fullmatch(r"[0-9]{1,18}", place) else None
    found = session.execute(_EMBEDDED, {"since": _NOWHERE if known is None else known}).all()
    log = found[0]
    complete = (
        known is not None
        and identity == log.identity
        and log.pruned <= known <= log.last
        and len(found) <= MOST
    )
    return News(_changes(found) if complete else [], f"{log.identity}-{log.last}", complete)


def prune(session: Session, before: datetime) -> None:
    """Take away what was logged before a moment, and keep how far that went.

    Parameters
    ----------
    session
        Of `Store.write()`.
    """
    # The newest row stays: SQLite would give its id again.
    newest = select(func.max(LoggedChange.id)).scalar_subquery()
    old = LoggedChange.at < before, LoggedChange.id < newest
    last = session.scalar(select(func.max(LoggedChange.id)).where(*old))
    if last is not None:
        session.execute(update(ChangeLog).values(pruned=last))
        session.execute(delete(LoggedChange).where(LoggedChange.id <= last))


def _changes(found: Sequence[Any]) -> list[Change]:
    return [
        Change(table, first, last, unit, None if west is None else (west, south, east, north))
        for *_log, table, first, last, unit, west, south, east, north in found
        if table is not None
    ]
