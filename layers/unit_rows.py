"""Units as tiles take them: which levels at which zoom, with their names, and until when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeAlias

import shapely
from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session

from gridmap.errors import InputError
from gridmap.model import GENERAL_SCHEME, LEVELS, ORIGINS, Unit
from gridmap.storage.changes import Change
from gridmap.storage.geometries import raw, shapes
from layers.divisions import division, tree
from layers.divisions import next_moment as next_begin_or_end
from layers.layer import LAST_ZOOM, Asked, Field, Parameter
from layers.reading import valid_at
from layers.tiles.mercator import Box
from layers.words import WORDS

#: Levels, the widest first, each with the zoom of tiles from which it is drawn.
Levels: TypeAlias = tuple[tuple[str, int], ...]

AUTO = "auto"
_IDS_A_QUERY = 500
#: The key under which a question knows its levels once it is settled.
LEVELS_KEY = "levels"

FIELDS = (
    Field("code", ("编码", "Code")),
    Field("name", ("名称", "Name")),
    Field("label", ("图上名称", "Label"), popup=False),
    Field("level", ("层级", "Level"), {level: WORDS[level] for level in LEVELS}),
    Field("origin", ("来源", "Origin"), {origin: WORDS[origin] for origin in ORIGINS}),
)


def read_level(text: str) -> str:
    """Read a level, or `auto`."""
    if text != AUTO and text not in LEVELS:
        message = f"{text!r} is no level: use {AUTO}, {', '.join(LEVELS)}."
        raise InputError(message)
    return text


def read_scheme(text: str) -> str:
    """Read the name of a scheme; one that no unit has is empty ground."""
    if not text or len(text) > 100:
        message = f"{text[:100]!r} is no scheme: give its name, such as {GENERAL_SCHEME}."
        raise InputError(message)
    return text


LEVEL = Parameter(
    "level",
    ("层级", "Level"),
    read_level,
    AUTO,
    {AUTO: ("随缩放", "By zoom"), **{level: WORDS[level] for level in LEVELS}},
)
SCHEME = Parameter("scheme", ("网格体系", "Scheme"), read_scheme, GENERAL_SCHEME)


def settle_levels(session: Session, asked: Asked) -> Asked:
    """Say which levels are drawn from which zoom: the finest whose units are wide enough."""
    if asked.values["level"] == AUTO:
        levels = division(session, asked.values["scheme"], asked.now).from_zooms()
    else:
        levels = ((asked.values["level"], 0),)
    text = " ".join(f"{level}:{zoom}" for level, zoom in levels)
    return replace(
        asked,
        values={**asked.values, LEVELS_KEY: levels},
        texts={**asked.texts, LEVELS_KEY: text},
    )


def next_moment(session: Session, asked: Asked) -> datetime | None:
    """Return when the next unit begins or ends."""
    return tree(session).next_moment(asked.now)


def next_on_duty(session: Session, asked: Asked) -> datetime | None:
    """Return when the next unit, duty or absence begins or ends."""
    return next_begin_or_end(session, asked.now)


def level_at(asked: Asked, zoom: int) -> str | None:
    """Return the level that is drawn at a zoom."""
    return _last(asked.values, zoom, 1)


def level_above(asked: Asked, zoom: int) -> str | None:
    """Return the level of which the outlines are drawn at a zoom."""
    if asked.values["level"] == AUTO:
        return _last(asked.values, zoom, 2)
    rank = list(LEVELS).index(asked.values["level"])
    return list(LEVELS)[rank - 1] if rank else None


def at_level(asked: Asked, level: str | None) -> Select[Any] | None:
    """Select the units of a level in the scheme that is asked for; None where there is no level."""
    if level is None:
        return None
    return rows(asked, UNITS.c.scheme == asked.values["scheme"], UNITS.c.level == level)


def zooms(asked: Asked) -> list[tuple[str, int, int]]:
    """Return the levels of a settled question with the first and the last zoom of each."""
    levels: Levels = asked.values[LEVELS_KEY]
    ends = [from_zoom - 1 for _level, from_zoom in levels[1:]] + [LAST_ZOOM]
    return [
        (level, from_zoom, end)
        for (level, from_zoom), end in zip(levels, ends, strict=False)
        if from_zoom <= end
    ]


def _last(values: Mapping[str, Any], zoom: int, place: int) -> str | None:
    levels: Levels = values[LEVELS_KEY]
    drawn = [level for level, from_zoom in levels if from_zoom <= zoom]
    return drawn[-place] if len(drawn) >= place else None


#: The columns of units, and those of the unit above each: plain ones, since a query made of the
#: model takes three times as long to write, which is felt in a tile.
UNITS = Unit.metadata.tables["units"]
_ABOVE = UNITS.alias("above")


def rows(asked: Asked, *conditions: ColumnElement[bool]) -> Select[Any]:
    """Select the units that are valid and meet conditions, with the fields and the unit above.

    Conditions are of the columns of `UNITS`.
    """
    unit, above = UNITS.c, _ABOVE.c
    is_above = and_(
        above.scheme == unit.scheme, above.code == unit.parent_code, valid_at(asked.now, above)
    )
    return (
        select(
            unit.id,
            unit.geometry,
            unit.code,
            unit.name,
            _SHORT_NAME.label("label"),
            unit.level,
            unit.origin,
            above.id.label("above_id"),
        )
        .select_from(UNITS.outerjoin(_ABOVE, is_above))
        .where(unit.geometry.is_not(None), valid_at(asked.now, unit), *conditions)
    )


def below(session: Session, changes: Sequence[Change]) -> list[Change]:
    """
    Return the units right below changed ones as changed, where they lie elsewhere.

    Their names are told without that of the unit above, which may be so only now: it has come
    back, or has another code. Those that lie in its box are looked at because of that.
    """
    boxes: defaultdict[int, list[Box | None]] = defaultdict(list)
    for change in changes:
        if change.table == "units" and change.first_id == change.last_id:
            boxes[change.first_id].append(change.bounds)
    conditions = [
        _ABOVE.c.id.between(change.first_id, change.last_id)
        for change in changes
        if change.table == "units" and change.first_id < change.last_id
    ]
    singly = list(boxes)
    conditions += [
        _ABOVE.c.id.in_(singly[start : start + _IDS_A_QUERY])
        for start in range(0, len(singly), _IDS_A_QUERY)
    ]
    return [
        Change("units", unit_id, unit_id, None, box)
        for condition in conditions
        for above_id, unit_id, box in _below(session, condition)
        if not any(_is_within(box, outer) for outer in boxes[above_id])
    ]


def _below(session: Session, condition: ColumnElement[bool]) -> Iterator[tuple[int, int, Box]]:
    """Find the units below some: the id of the one above, their own, their box in degrees."""
    query = (
        select(_ABOVE.c.id, UNITS.c.id, raw(session, Unit.geometry))
        .join(_ABOVE, and_(_ABOVE.c.scheme == UNITS.c.scheme, _ABOVE.c.code == UNITS.c.parent_code))
        .where(UNITS.c.geometry.is_not(None), condition)
    )
    for above_id, unit_id, blob in session.execute(query):
        west, south, east, north = shapely.bounds(shapes([blob])[0]).tolist()
        yield above_id, unit_id, (west, south, east, north)


def _is_within(inner: Box, outer: Box | None) -> bool:
    return outer is not None and shapely.box(*outer).covers(shapely.box(*inner))


#: The column of `rows` that names a further row on which a feature depends.
ALSO = ("above_id",)


def _short_name(unit: Any, above: Any) -> ColumnElement[str]:
    """Leave out the name of the unit above where the place on the map says it."""
    length = func.length(above.name)
    repeats = and_(func.substr(unit.name, 1, length) == above.name, func.length(unit.name) > length)
    return case((repeats, func.substr(unit.name, length + 1)), else_=unit.name)


_SHORT_NAME = _short_name(UNITS.c, _ABOVE.c)
