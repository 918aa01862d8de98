"""What is told of changes: which tables, and where, within one's sight."""

from __future__ import annotations

import math
from collections.abc import Iterable, Set
from typing import Any, TypeAlias

import orjson

from gridmap.storage.changes import Change, Cursor
from layers.base import Bounds

#: Table to the boxes in which it has changed; None: anything of it may have changed, anywhere.
Tables: TypeAlias = dict[str, list[Bounds] | None]

#: Those of the change log.
ALL_TABLES = (
    "units", "seats", "people", "duties", "absences", "places", "streets", "circles", "bays",
    "sheds", "tickets",
)  # fmt: skip
#: What is kept from those who do not see the unit.
SEEN_BY_SIGHT = frozenset({"tickets"})
#: More boxes than these are told as the one around them all.
MOST_BOXES = 50
#: Boxes are widened to whole steps of this, in degrees: 0.1 m.
_STEP = 1e-6
_DECIMALS = 6


def everything() -> Tables:
    """Say that anything may have changed."""
    return dict.fromkeys(ALL_TABLES)


def told(changes: Iterable[Change], seen: Set[int] | None) -> Tables:
    """Say what has changed to those who see certain units.

    Parameters
    ----------
    changes
        What the log tells.
    seen
        Ids of the units in sight; None: all, and tickets that no unit has.

    Returns
    -------
    tables
        Those with a change in sight. A limited sight gets no box of a ticket: the box of one that
        leaves it would tell where it is now. A bulk write may concern any unit, and is told to all.
    """
    tables: Tables = {}
    for change in changes:
        if _is_kept_from(change, seen):
            continue
        boxes = tables.setdefault(change.table, [])
        if _is_anywhere(change):
            tables[change.table] = None
        elif boxes is not None and change.bounds is not None:
            boxes.append(change.bounds)
    if seen is not None:
        # With a unit, ground may have come into sight, or gone.
        limited = SEEN_BY_SIGHT if "units" in tables else SEEN_BY_SIGHT & tables.keys()
        tables.update(dict.fromkeys(limited))
    return {table: boxes and _few(boxes) for table, boxes in tables.items()}


def _is_range(change: Change) -> bool:
    return change.first_id < change.last_id


def _is_kept_from(change: Change, seen: Set[int] | None) -> bool:
    if seen is None or change.table not in SEEN_BY_SIGHT or _is_range(change):
        return False
    return change.unit_id not in seen


def _is_anywhere(change: Change) -> bool:
    # One ticket without a place is nowhere on the map: only counts change.
    return change.bounds is None and (change.table not in SEEN_BY_SIGHT or _is_range(change))


def _few(boxes: list[Bounds]) -> list[Bounds]:
    """Return each box once, on whole steps, or the one around them if they are many."""
    different = list(dict.fromkeys(map(_widened, boxes)))
    if len(different) <= MOST_BOXES:
        return different
    west, south, east, north = zip(*different, strict=True)
    return [(min(west), min(south), max(east), max(north))]


def _widened(box: Bounds) -> Bounds:
    west, south = (round(math.floor(at / _STEP) * _STEP, _DECIMALS) for at in box[:2])
    east, north = (round(math.ceil(at / _STEP) * _STEP, _DECIMALS) for at in box[2:])
    return west, south, east, north


def event(cursor: Cursor, tables: Tables, *, reset: bool) -> bytes:
    """Write an event of a stream (https://html.spec.whatwg.org/multipage/server-sent-events.html).

    Parameters
    ----------
    cursor
        From where a broken stream goes on.
    tables
        What has changed.
    reset
        Whether it is unknown what has changed, because the log does not reach back so far.
    """
    name = b"reset" if reset else b"changes"
    return b"id: %b\nevent: %b\ndata: %b\n\n" % (cursor.encode(), name, _json({"tables": tables}))


def place(cursor: Cursor) -> bytes:
    """Write what only moves the place of a stream, and shows that it is still open.

    A comment would do for proxies, but no script in a browser would hear it.
    """
    return b"id: %b\nevent: here\ndata: {}\n\n" % cursor.encode()


def polled(cursor: Cursor, tables: Tables, *, reset: bool) -> bytes:
    """Write the same for those who have no stream and ask."""
    return _json({"cursor": cursor, "reset": reset, "tables": tables})


def _json(told: Any) -> bytes:
    return orjson.dumps(told)
