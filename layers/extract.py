"""The features of a layer themselves, whole and unsimplified, as programs and downloads take them.

Rows come in batches, so that memory is bounded however many there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy import BigInteger, Select, func, literal, null, select
from sqlalchemy.orm import Session

from gridmap.model import SRID
from gridmap.storage.geometries import raw, shapes
from layers.base import Bounds
from layers.layer import Asked, Field, MapLayer, Points
from layers.tickets_held import HeldTickets
from layers.tickets_points import found, told

_BATCH_ROWS = 2_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: What tables tell of a ticket besides what the map does.
REPORTED_AT = Field("reported_at", ("反映时间", "Reported at"))


@dataclass(frozen=True)
class Extract:
    """
    What is wanted of a layer.

    Attributes
    ----------
    layer, asked
        The layer, and the question, settled.
    bounds
        The ground that features meet, in degrees; None is everywhere.
    zoom
        That of the map on which they are shown: a layer may show other rows from afar.
    held
        The tickets, for a layer of them.
    """

    layer: MapLayer
    asked: Asked
    bounds: Bounds | None
    zoom: int
    held: HeldTickets | None = None

    @property
    def fields(self) -> tuple[Field, ...]:
        """What is told of each feature, in that order."""
        is_tickets = isinstance(self.layer.source, Points)
        return (*self.layer.fields, REPORTED_AT) if is_tickets else self.layer.fields

    @property
    def queries(self) -> dict[str, Select[Any]]:
        """Select the rows that are shown, by table: those of its first part; others repeat them."""
        source = self.layer.source
        found: dict[str, Select[Any] | None] = {}
        if isinstance(source, Points):
            return {}
        for part in source.parts:
            table = source.table_of(part)
            if found.get(table) is None:
                found[table] = part.query(self.asked, self.zoom)
        return {table: query for table, query in found.items() if query is not None}


class RowId(NamedTuple):
    """Which row: its table, empty for the layer's own, and its number there."""

    table: str
    number: int


@dataclass(frozen=True)
class Batch:
    """
    Some features.

    Attributes
    ----------
    ids
        Of the rows in the layer's own table; `table-id` for those of another.
    shapes
        Their geometries in degrees, longitude first, shape (n,).
    rows
        What is told of them, in the order of the fields.
    """

    ids: list[int] | list[str]
    shapes: npt.NDArray[np.object_]
    rows: list[tuple[Any, ...]]

    def of(self, wanted: npt.NDArray[np.bool_]) -> Batch:
        """Return those that are wanted; `wanted` has shape (n,)."""
        places = np.flatnonzero(wanted).tolist()
        ids: Any = [self.ids[place] for place in places]
        return Batch(ids, self.shapes[wanted], [self.rows[place] for place in places])


def batches(session: Session, extract: Extract, one: RowId | None = None) -> Iterator[Batch]:
    """
    Read features: tickets the newest first, others by table and id.

    Parameters
    ----------
    session
        A read; what it sees does not change in between.
    extract
        What is wanted.
    one
        The one that is wanted; None is all of them.
    """
    own = extract.layer.source.table
    box = None if extract.bounds is None else shapely.box(*extract.bounds)
    if isinstance(extract.layer.source, Points):
        yield from () if one and one.table else _tickets(extract, one and one.number)
    for table, query in extract.queries.items():
        prefix = "" if table == own else f"{table}-"
        if one is not None and one.table != prefix.rstrip("-"):
            continue
        for batch in _read(session, extract, _narrowed(extract, query, one), prefix):
            yield batch if box is None else batch.of(shapely.intersects(batch.shapes, box))


def needs_tickets(layer: MapLayer) -> bool:
    """Tell whether a layer is drawn or told from the tickets held."""
    told_from_tickets = layer.values is not None and layer.values.needs_tickets
    return isinstance(layer.source, Points) or told_from_tickets


def count(session: Session, extract: Extract, most: int) -> int:
    """Count the features whose box meets the ground, up to one more than `most`."""
    if isinstance(extract.layer.source, Points):
        return len(_ticket_rows(extract, most + 1))
    found = 0
    for query in extract.queries.values():
        rows = _narrowed(extract, query, None).with_only_columns(
            query.selected_columns["id"], maintain_column_froms=True
        )
        counted = select(func.count()).select_from(rows.limit(most + 1 - found).subquery())
        found += session.scalars(counted).one()
    return found


def kinds(extract: Extract) -> tuple[type, ...]:
    """Return the Python type of each field's values; texts where the store does not say."""
    if isinstance(extract.layer.source, Points):
        known = {"flagged": bool, REPORTED_AT.key: datetime}
        return tuple(known.get(field.key, str) for field in extract.fields)
    columns: dict[str, Any] = {}
    for query in extract.queries.values():
        columns = {**query.selected_columns, **columns}
    return tuple(_kind(columns.get(field.key)) for field in extract.fields)


def _kind(column: Any) -> type:
    try:
        kind: type = str if column is None else column.type.python_type
    except NotImplementedError:
        return str
    return kind


def geometry_type(extract: Extract) -> str:
    """Return the type of all shapes, such as MULTIPOLYGON; GEOMETRY when they may differ."""
    if isinstance(extract.layer.source, Points):
        return "POINT"
    columns: list[Any] = [one.selected_columns["geometry"] for one in extract.queries.values()]
    found = {str(column.type.geometry_type) for column in columns}
    return found.pop() if len(found) == 1 else "GEOMETRY"


def _narrowed(extract: Extract, query: Select[Any], one: RowId | None) -> Select[Any]:
    columns = query.selected_columns
    if extract.bounds is not None:
        box = func.ST_MakeEnvelope(*extract.bounds, SRID)
        query = query.where(columns["geometry"].op("&&")(box))
    # As wide as the numbers that addresses may name: some ids are narrower.
    return query if one is None else query.where(columns["id"] == literal(one.number, BigInteger))


def _read(session: Session, extract: Extract, query: Select[Any], prefix: str) -> Iterator[Batch]:
    columns: Any = query.selected_columns
    keys = [field.key for field in extract.fields]
    told_of = [columns[key] if key in columns else null().label(key) for key in keys]
    geometry = raw(session, columns["geometry"])
    query = query.with_only_columns(
        columns["id"], geometry, *told_of, maintain_column_froms=True
    ).order_by(columns["id"])
    some = {"yield_per": _BATCH_ROWS}
    with session.execute(query, execution_options=some) as found:  # closed if nobody reads on
        for rows in found.partitions():
            ids, blobs, *values = zip(*rows, strict=True)
            named: Any = [f"{prefix}{number}" for number in ids] if prefix else list(ids)
            yield Batch(named, shapes(blobs), list(zip(*values, strict=True)))


def _ticket_rows(extract: Extract, limit: int) -> npt.NDArray[np.int64]:
    """Return the rows of the tickets that are wanted; there are none where none are held."""
    source, held = extract.layer.source, extract.held
    assert isinstance(source, Points)
    assert held is not None
    return found(held, source, extract.asked, extract.bounds, limit)


def _tickets(extract: Extract, row_id: int | None) -> Iterator[Batch]:
    held = extract.held
    assert held is not None
    rows = _ticket_rows(extract, len(held))
    if row_id is not None:
        rows = rows[held.columns.ids[rows] == row_id]
    for start in range(0, len(rows), _BATCH_ROWS):
        some = rows[start : start + _BATCH_ROWS]
        known = told(held, extract.asked, some)
        known[REPORTED_AT.key] = [
            _EPOCH + timedelta(microseconds=moment)
            for moment in held.columns.reported[some].tolist()
        ]
        values = [known[field.key] for field in extract.fields]
        points = shapely.points(held.columns.lonlat[some])
        yield Batch(held.columns.ids[some].tolist(), points, list(zip(*values, strict=True)))
