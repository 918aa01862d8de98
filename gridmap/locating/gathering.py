"""The rows of a gazetteer from a store: units, places, streets and aliases valid at a time."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from gridmap.locating.rows import UNIT_KINDS, Rows
from gridmap.locating.writing import spelling
from gridmap.model import Alias, Place, Seat, Street, Unit
from gridmap.moments import BEFORE_ALL, FOREVER, to_moment
from gridmap.storage import Store
from gridmap.storage.geometries import raw, shapes

#: Pieces of streets of one name nearer than this are one street: about half a kilometre.
_GAP_DEG = 0.005
#: Tags that hold other names, and what `_take_tags` looks for at all.
_NAME_TAGS = ("alt_name", "old_name", "short_name", "name:en", "name:zh")
_TAGS = (*_NAME_TAGS, "locality", "cross_streets", "addr:neighbourhood", "addr:suburb")
#: Places that are read at a time.
_BATCH = 20_000
#: Kinds of places that nobody names by a number or a name of their own.
_NAMELESS = ("wall", "railway")

Shapes = npt.NDArray[Any]


def gather(store: Store) -> tuple[Rows, str]:
    """Read the rows, with their times, and the version of what was read."""
    rows, version = Rows(), store.gazetteer_version()  # before it is read: then it is never newer
    with store.read() as session:
        units = _units(session, rows)
        areas = _places(session, rows)
        _streets(session, rows)
        _aliases(session, rows)
    settle(rows, units, areas)
    return rows, str(version)


def settle(rows: Rows, units: dict[int, Any], areas: dict[int, Any]) -> None:
    """Find what lies in what; areas of units and of estates are given by entry."""
    rows.within = _within(rows, units | areas)
    rows.whole = _whole(rows, units, areas | rows.lines)


def _times(record: Any) -> tuple[int, int]:
    return to_moment(record.valid_from, BEFORE_ALL), to_moment(record.valid_to, FOREVER)


def _units(session: Session, rows: Rows) -> dict[int, Any]:
    """Take the units; their areas are returned by entry."""
    query = (
        select(
            Unit.scheme, Unit.level, Unit.code, Unit.name, Unit.parent_code, Unit.valid_from,
            Unit.valid_to, raw(session, Unit.geometry).label("shape"),
            raw(session, Seat.geometry).label("seat"),
        )
        .outerjoin(Seat, Seat.unit_id == Unit.id)
        .order_by(Unit.id)
    )  # fmt: skip
    found = session.execute(query).all()
    ground = shapes(record.shape for record in found)
    seats = shapes(record.seat for record in found)
    points = _points(np.where(shapely.is_missing(ground), seats, ground))
    entries: dict[tuple[str, str], int] = {}
    areas = {}
    for index, (record, box) in enumerate(zip(found, shapely.bounds(ground).tolist(), strict=True)):
        entry = rows.add(
            f"unit/{record.scheme}/{record.code}", record.level, record.name,
            code=record.code, box=tuple(box), point=points[index], valid=_times(record),
        )  # fmt: skip
        entries[record.scheme, record.code] = entry
        if ground[index] is not None:
            areas[entry] = ground[index]
    for entry, record in enumerate(found, start=len(rows) - len(found)):  # every version of each
        rows.parent[entry] = entries.get((record.scheme, record.parent_code or ""), -1)
    return areas


def _places(session: Session, rows: Rows) -> dict[int, Any]:
    """Take the places that have a name or a number; the areas of estates are returned."""
    query = (
        select(
            Place.id, Place.kind, Place.category, Place.name, Place.street, Place.number,
            Place.code, Place.unit_code, Place.parent_id, Place.tags, Place.valid_from,
            Place.valid_to, raw(session, Place.geometry).label("shape"),
        )
        .where(
            or_(
                Place.name.is_not(None),
                Place.number.is_not(None),
                Place.street.is_not(None),
                Place.kind == "address",
            ),
            Place.kind.not_in(_NAMELESS),
        )
        .order_by(Place.id)
    )  # fmt: skip
    units = {code: entry for entry, code in enumerate(rows.code) if code}
    entries: dict[int, int] = {}
    above: dict[int, int] = {}
    areas: dict[int, Any] = {}
    streamed = query.execution_options(yield_per=_BATCH)
    for records in session.connection().execute(streamed).partitions():
        geometry = shapes(record.shape for record in records)
        points, boxes = _points(geometry), shapely.bounds(geometry).tolist()
        for record, shape, point, box in zip(records, geometry, points, boxes, strict=True):
            entry = rows.add(
                f"place/{record.id}", record.kind, record.name, category=record.category,
                street=record.street, number=record.number, code=record.code,
                parent=units.get(record.unit_code or "", -1), box=tuple(box), point=point,
                valid=_times(record),
            )  # fmt: skip
            entries[record.id] = entry
            if record.parent_id is not None:
                above[entry] = record.parent_id
            if record.kind == "estate" and shapely.get_dimensions(shape) == 2:
                areas[entry] = shape
            if record.tags and any(key in record.tags for key in _TAGS):
                _take_tags(rows, entry, json.loads(record.tags))
    for entry, parent_id in above.items():
        rows.parent[entry] = entries.get(parent_id, rows.parent[entry])
    return areas


def _take_tags(rows: Rows, entry: int, tags: dict[str, Any]) -> None:
    """Take quarters, crossing streets and other names out of what a source says beside."""
    quarters = tags.get("locality") or [
        tags[key] for key in ("addr:neighbourhood", "addr:suburb") if key in tags
    ]
    if quarters:
        parts = quarters.split(",") if isinstance(quarters, str) else quarters
        rows.localities[entry] = [part.strip() for part in parts if part.strip()]
    if tags.get("cross_streets"):
        rows.crossings[entry] = list(tags["cross_streets"])
    _take_names(rows, entry, tags)


def _take_names(rows: Rows, entry: int, tags: dict[str, Any]) -> None:
    names = (tags.get(key) for key in _NAME_TAGS)
    for listed in filter(None, names):
        rows.aliases += [(name.strip(), entry) for name in listed.split(";") if name.strip()]


def _streets(session: Session, rows: Rows) -> None:
    """Join the pieces of streets that have one name and touch, or nearly."""
    shape = raw(session, Street.geometry).label("shape")
    query = (
        select(Street.name, Street.tags, shape).where(Street.name.is_not(None)).order_by(Street.id)
    )
    named: dict[str, list[Any]] = defaultdict(list)
    for record in session.execute(query):
        named[record.name].append(record)
    for name, records in named.items():
        lines = shapes(record.shape for record in records)
        for number, members in enumerate(_clusters(lines), start=1):
            line = shapely.union_all(lines[members])
            if line.geom_type == "MultiLineString":
                line = shapely.line_merge(line)
            middle = shapely.line_interpolate_point(_longest(line), 0.5, normalized=True)
            key = f"street/{name}" if number == 1 else f"street/{name}#{number}"
            entry = rows.add(
                key, "road", name, box=shapely.bounds(line).tolist(), point=(middle.x, middle.y)
            )
            rows.lines[entry] = line
            for tags in {records[member].tags for member in members} - {None}:
                _take_names(rows, entry, json.loads(tags))


def _longest(line: Any) -> Any:
    parts = shapely.get_parts(line)
    return parts[int(np.argmax(shapely.length(parts)))]


def _clusters(lines: Shapes) -> list[list[int]]:
    """Put lines together that lie within `_GAP_DEG` of each other, the largest cluster first."""
    if len(lines) == 1:
        return [[0]]
    cluster = list(range(len(lines)))

    def root(at: int) -> int:
        while cluster[at] != at:
            cluster[at] = cluster[cluster[at]]
            at = cluster[at]
        return at

    tree = shapely.STRtree(lines)
    for one, other in tree.query(lines, predicate="dwithin", distance=_GAP_DEG).T.tolist():
        cluster[root(one)] = root(other)
    members: dict[int, list[int]] = defaultdict(list)
    for at in range(len(lines)):
        members[root(at)].append(at)
    return sorted(members.values(), key=len, reverse=True)


def _aliases(session: Session, rows: Rows) -> None:
    """Take the other names of entries that are there; people use an old name long after."""
    entries = {key: entry for entry, key in enumerate(rows.key)}
    query = select(Alias.name, Alias.entry).where(Alias.withdrawn_at.is_(None))
    for name, key in session.execute(query.order_by(Alias.id)):
        if key in entries and spelling(name):
            rows.aliases.append((name, entries[key]))


def _within(rows: Rows, areas: dict[int, Any]) -> npt.NDArray[np.int64]:
    """Tell which entries lie on the ground of which: by their point, roads by their line."""
    if not areas:
        return np.empty((0, 2), np.int64)
    owners = np.array(list(areas), dtype=np.int64)
    shapes = np.array(list(areas.values()), dtype=object)
    shapely.prepare(shapes)
    tree = shapely.STRtree(shapes)
    points = shapely.points(rows.point.columns())
    for entry, line in rows.lines.items():
        points[entry] = line
    held, holder = tree.query(points, predicate="intersects")
    pairs = np.column_stack([held, owners[holder]])
    return pairs[_is_above(rows, pairs)]


def _whole(rows: Rows, units: dict[int, Any], shapes: dict[int, Any]) -> dict[int, int]:
    """Find for every area or line the finest unit that holds all of it; -1 where none does.

    A street on the boundary of two units lies in neither.
    """
    whole = dict.fromkeys(shapes, -1)
    if not units or not shapes:
        return whole
    owners, entries = list(units), list(shapes)
    tree = shapely.STRtree(list(units.values()))
    for place, owner in tree.query(list(shapes.values()), predicate="within").T.tolist():
        entry, unit = entries[place], owners[owner]
        known = whole[entry]
        if known < 0 or _RANK[rows.kind[unit]] > _RANK[rows.kind[known]]:
            whole[entry] = unit
    return whole


def _is_above(rows: Rows, pairs: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Keep pairs in which the second is the wider one."""
    rank = np.array([_RANK.get(kind, len(_RANK)) for kind in rows.kind])
    area = _area(rows)
    one, other = pairs[:, 0], pairs[:, 1]
    both_estates = (rank[other] == rank[one]) & (rank[one] == _RANK["estate"])
    larger_estate = both_estates & (area[other] > area[one])
    wider: npt.NDArray[np.bool_] = (rank[other] < rank[one]) | larger_estate
    return wider


#: From the widest; a building may lie in an estate, whatever table it is from.
_RANK = {kind: at for at, kind in enumerate((*UNIT_KINDS, "estate", "building", "entrance"))}


def _area(rows: Rows) -> npt.NDArray[np.float64]:
    box = rows.box.columns()
    area: npt.NDArray[np.float64] = (box[:, 2] - box[:, 0]) * (box[:, 3] - box[:, 1])
    return area


def _points(geometry: Shapes) -> list[tuple[float, float]]:
    """Find a point on each shape; NaN where there is none."""
    points = shapely.point_on_surface(geometry)
    lon, lat = shapely.get_x(points).tolist(), shapely.get_y(points).tolist()
    return list(zip(lon, lat, strict=True))
