"""Which tickets are meant: by state, matter, time, exception, unit, and by who asks."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, timedelta

import numpy as np
import numpy.typing as npt
from sqlalchemy.orm import Session

from gridmap.errors import InputError
from gridmap.intake.moments import parse_moment
from gridmap.moments import to_moment
from gridmap.routing.kinds import KINDS
from layers.divisions import lineages, seen_rows, tree
from layers.layer import Asked, Parameter
from layers.tickets_held import KIND_NUMBERS, HeldTickets
from layers.unit_tree import UnitTree
from layers.words import WORDS

Mask = npt.NDArray[np.bool_]

#: Closed tickets older than this are in the list of tickets, not on the map.
RECENT_TIME = timedelta(days=366)
#: What a settled question knows: the tree of units, which of its rows are in sight and which are
#: asked for (None: all), and from when on a ticket is recent.
TREE, SEEN, UNDER, RECENT = "tree", "seen", "under", "recent"

STATES = {"open": WORDS["open"], "closed": WORDS["closed"], "all": ("全部", "All")}
_CLOCK = re.compile(r"\d:|T\d")
_MOST_CHARACTERS = 100


def read_state(text: str) -> str:
    """Read `open`, `closed` or `all`."""
    if text not in STATES:
        message = f"{text!r} is no state of tickets: use {', '.join(STATES)}."
        raise InputError(message)
    return text


def read_words(text: str) -> str:
    """Read the code of a matter or of a unit, or words of a name."""
    if len(text) > _MOST_CHARACTERS:
        message = f"{len(text):,} characters are too many: give at most {_MOST_CHARACTERS}."
        raise InputError(message)
    return text.strip()


def read_since(text: str) -> int | None:
    """Read the moment from which on; a date means its beginning in the site's time zone."""
    return to_moment(parse_moment(text)) if text.strip() else None


def read_until(text: str) -> int | None:
    """Read the moment until which; a date means its end in the site's time zone."""
    if not text.strip():
        return None
    moment = parse_moment(text)
    return to_moment(moment if _CLOCK.search(text) else moment + timedelta(days=1))


def read_exception(text: str) -> str:
    """Read a kind of exception, `any` of them, or nothing for all tickets."""
    if text not in ("", "any", *KINDS):
        message = f"{text!r} is no kind of exception: use any, {', '.join(KINDS)}."
        raise InputError(message)
    return text


STATE = Parameter("state", ("状态", "State"), read_state, "open", STATES)
MATTER = Parameter("matter", ("事项", "Matter"), read_words)
SINCE = Parameter("since", ("起始", "Since"), read_since)
UNTIL = Parameter("until", ("截止", "Until"), read_until)
UNIT = Parameter("unit", ("单元", "Unit"), read_words)
_KINDS = {"any": ("全部例外", "Any exception"), **{kind: WORDS[kind] for kind in KINDS}}
EXCEPTION = Parameter("exception", ("例外", "Exception"), read_exception, "", _KINDS)


def settle(session: Session, asked: Asked) -> Asked:
    """Put the units of the store and the day into a question, and what they mean for its answer."""
    units = tree(session)
    midnight = asked.now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    moves = asked.sight.grounds is not None or bool(asked.values["unit"])
    number = units.edition(asked.now) if moves else 0
    values = {
        **asked.values,
        TREE: units,
        SEEN: seen_rows(session, asked.sight, asked.now),
        UNDER: _under(session, asked),
        RECENT: to_moment(midnight - RECENT_TIME),
    }
    texts = {**asked.texts, "units": f"{units.key}.{number}", "day": f"{midnight:%Y%m%d}"}
    return replace(asked, values=values, texts=texts)


def chosen(held: HeldTickets, asked: Asked) -> Mask:
    """Tell which of the tickets held are meant by a settled question; shape (n,)."""
    key = ("chosen", asked.sight.key, *sorted(asked.texts.items()))
    return held.once(key, lambda: _chosen(held, asked))


def _chosen(held: HeldTickets, asked: Asked) -> Mask:
    columns, values = held.columns, asked.values
    mask: Mask = columns.is_open | (columns.reported >= values[RECENT])
    if values["state"] != "all":
        mask &= columns.is_open == (values["state"] == "open")
    if values["matter"]:
        mask &= _matters(held, values["matter"])[columns.matter]
    if values["since"] is not None:
        mask &= columns.reported >= values["since"]
    if values["until"] is not None:
        mask &= columns.reported < values["until"]
    if values["exception"]:
        wanted = KIND_NUMBERS.get(values["exception"])
        mask &= (columns.kind > 0) if wanted is None else (columns.kind == wanted)
    for units in (values[UNDER], values[SEEN]):
        if units is not None:
            mask &= _of_units(held, values[TREE], units)
    return mask


def _matters(held: HeldTickets, text: str) -> Mask:
    """Tell which matters have a code that begins with a text, or the text in their name."""
    found = [code.startswith(text) or text in name for code, name in held.matters]
    return np.array(found, dtype=bool)


def _under(session: Session, asked: Asked) -> Mask | None:
    """Tell which rows of the tree are versions of the unit asked for, or lie below it."""
    if not asked.values["unit"]:
        return None
    units = tree(session)
    tops = [number for number, (_, code) in enumerate(units.names) if code == asked.values["unit"]]
    under = lineages(session, asked.now).under(np.array(tops, dtype=np.int64))
    found: Mask = under[units.number_of_row]
    return found


def unit_rows(held: HeldTickets, units: UnitTree) -> npt.NDArray[np.int64]:
    """Return the row in the tree of the unit of each ticket, -1 without one; shape (n,)."""
    return held.once(("rows", units.key), lambda: units.rows_of(held.columns.unit_id))


def _of_units(held: HeldTickets, units: UnitTree, wanted: Mask) -> Mask:
    """Tell which tickets have one of some units, given by row of the tree."""
    rows = unit_rows(held, units)
    if not len(wanted):
        return np.zeros(len(rows), dtype=bool)
    found: Mask = (rows >= 0) & wanted[rows]
    return found


def open_by_unit(held: HeldTickets, session: Session, asked: Asked, scheme: str) -> dict[str, int]:
    """Count the open tickets in sight by code of the unit, those of the units below included.

    Units without any are left out.
    """
    units = tree(session)
    rows = unit_rows(held, units)
    counted = held.columns.is_open & (rows >= 0)
    seen = seen_rows(session, asked.sight, asked.now)
    if seen is not None:
        counted &= _of_units(held, units, seen)
    own = np.bincount(units.number_of_row[rows[counted]], minlength=len(units.names))
    sums = lineages(session, asked.now).summed(own)
    found = np.flatnonzero(sums).tolist()
    return {units.names[n][1]: int(sums[n]) for n in found if units.names[n][0] == scheme}
