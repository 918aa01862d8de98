"""Which tiles a change concerns: those that hold one of its rows, and those that one now meets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
import shapely
from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import Session

from gridmap.sight import Sight
from gridmap.storage.changes import Change
from layers.divisions import seen_units
from layers.layer import MapLayer, Points, Shapes
from layers.tickets_asked import SEEN, TREE
from layers.tiles.cache import Entry, Group
from layers.tiles.drawing import MARGIN
from layers.tiles.making import parts_at
from layers.tiles.mercator import Box, Tile
from layers.tiles.rows import meets, shapes_where

#: So many ids go into one question to the store.
_IDS_A_QUERY = 500


@dataclass
class Suspect:
    """A tile in whose neighbourhood rows have changed that it did not hold, by table their ids."""

    entry: Entry
    ids: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))


def in_sight(
    session: Session, changes: Sequence[Change], sight: Sight, at: datetime
) -> list[Change]:
    """Return the changes that somebody may notice; of tickets, those of units in sight."""
    seen = seen_units(session, sight, at)
    if seen is None:
        return list(changes)
    return [
        change
        for change in changes
        if change.table != "tickets" or _is_range(change) or change.unit_id in seen
    ]


def noticed(group: Group, changes: Sequence[Change]) -> list[Change]:
    """
    Return the changes that may concern a group of points; of tickets, those of units in sight.

    In sight when the question was settled, not now: the units may be again as they were then, and
    what was made then is right again.
    """
    seen = group.asked.values.get(SEEN)
    if seen is None:
        return list(changes)
    ids = [-1 if change.unit_id is None else change.unit_id for change in changes]
    rows = group.asked.values[TREE].rows_of(np.array(ids, dtype=np.int64))
    return [
        change
        for change, row in zip(changes, rows.tolist(), strict=True)
        if _is_range(change) or (row >= 0 and seen[row])
    ]


def _is_range(change: Change) -> bool:
    """Tell whether a change is of many rows: tickets of any unit may be among them."""
    return change.first_id != change.last_id


def by_box(group: Group, changes: Iterable[Change]) -> list[Entry]:
    """Return the tiles of points that changes may concern; what has no place is in none."""
    found = {
        entry.tile: entry
        for change in changes
        if change.bounds is not None
        for entry in group.meeting(change.bounds)
    }
    return list(found.values())


def by_rows(
    group: Group, changes: Sequence[Change], depending: Sequence[Change] = ()
) -> tuple[list[Entry], list[Suspect]]:
    """
    Tell tiles of shapes that changes concern from those of which the store must be asked.

    Of a range of rows it is not known which have changed: its box decides. Rows that depend on
    changed ones have not changed themselves: what is told of others by them stays.
    """
    sure: dict[Tile, Entry] = {}
    suspects: dict[Tile, Suspect] = {}
    for place, change in enumerate((*changes, *depending)):
        tells_more = _has_further(group.layer, change.table) and place < len(changes)
        if tells_more:
            sure |= {one.tile: one for one in group.entries() if one.depends_on(change)}
        if change.bounds is not None:
            near = group.meeting(change.bounds)
        elif tells_more:
            near = group.entries()
        else:
            continue
        for entry in near:
            if _is_range(change) or entry.holds(change):
                sure[entry.tile] = entry
            else:
                suspect = suspects.setdefault(entry.tile, Suspect(entry))
                suspect.ids[change.table].add(change.first_id)
    return list(sure.values()), [one for tile, one in suspects.items() if tile not in sure]


def proven(
    session: Session, group: Group, suspects: Sequence[Suspect], now: datetime
) -> list[Entry]:
    """Return the tiles that rows now meet which they did not hold."""
    found: list[Entry] = []
    for zoom in sorted({suspect.entry.tile.z for suspect in suspects}):
        some = [suspect for suspect in suspects if suspect.entry.tile.z == zoom]
        found += _proven_at(session, group, zoom, some, now)
    return found


def _proven_at(
    session: Session, group: Group, zoom: int, suspects: Sequence[Suspect], now: datetime
) -> list[Entry]:
    assert isinstance(group.layer.source, Shapes)
    boxes = [suspect.entry.tile.box(MARGIN) for suspect in suspects]
    frame: Box = tuple(shapely.total_bounds(shapely.box(*np.array(boxes).T)).tolist())
    hit = np.zeros(len(suspects), dtype=bool)
    for part, query in parts_at(group.layer, replace(group.asked, now=now), zoom):
        table = group.layer.source.table_of(part)
        ids = sorted(set().union(*(suspect.ids[table] for suspect in suspects)))
        for start in range(0, len(ids), _IDS_A_QUERY):
            some = ids[start : start + _IDS_A_QUERY]
            columns = [query.selected_columns[key] for key in ("id", *part.also)]
            condition: ColumnElement[bool] = or_(*(column.in_(some) for column in columns))
            shapes = shapes_where(session, query, condition, frame)
            hit |= [bool(meets(shapes, box).any()) for box in boxes]
    return [suspect.entry for suspect, is_hit in zip(suspects, hit, strict=True) if is_hit]


def _has_further(layer: MapLayer, table: str) -> bool:
    """Tell whether what is told of rows may come from further rows of a table."""
    source = layer.source
    return isinstance(source, Shapes) and any(
        part.also and source.table_of(part) == table for part in source.parts
    )


def concerns_maybe(group: Group, entry: Entry, changes: Sequence[Change]) -> bool:
    """Tell whether changes may concern a tile that was made without them, without asking."""
    west, south, east, north = entry.tile.box(group.reach)
    for change in changes:
        if change.table not in tables(group.layer):
            continue
        if _has_further(group.layer, change.table):
            return True  # a row that the tile does not know may be told of by it now
        if change.bounds is None:
            if not isinstance(group.layer.source, Points):
                return True
        elif not (
            change.bounds[0] > east
            or change.bounds[2] < west
            or change.bounds[1] > north
            or change.bounds[3] < south
        ):
            return True
    return False


def tables(layer: MapLayer) -> set[str]:
    """Name the tables of which a layer's tiles are made."""
    source = layer.source
    if isinstance(source, Points):
        return {source.table}
    return {source.table_of(part) for part in source.parts}
