"""Rows of a part that meet a box, out of either store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy import ColumnElement, Select, func
from sqlalchemy.orm import Session

from gridmap.model.base import SRID
from gridmap.storage.connections import BINARY
from gridmap.storage.geometries import raw, shapes
from layers.layer import Part
from layers.tiles.mercator import Box

#: Rows in memory at once, beside those that are drawn.
BATCH = 5_000


@dataclass(frozen=True)
class Rows:
    """
    Rows of one part.

    Attributes
    ----------
    ids
        Shape (n,).
    shapes
        In degrees of the store, none empty, shape (n,).
    columns
        Attributes by key, each of n values.
    also
        Ids of further rows of the table on which these depend.
    """

    ids: npt.NDArray[np.int64]
    shapes: npt.NDArray[np.object_]
    columns: Mapping[str, Sequence[Any]]
    also: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ids)

    def in_order(self) -> Rows:
        """Return the rows by their ids: a store may give them in any order."""
        order = np.argsort(self.ids)
        return self if (order[1:] > order[:-1]).all() else self.take(order)

    def take(self, places: npt.NDArray[np.int64]) -> Rows:
        """Return some of the rows; what they depend on stays."""
        chosen = places.tolist()
        columns = {key: [column[one] for one in chosen] for key, column in self.columns.items()}
        return Rows(self.ids[places], self.shapes[places], columns, self.also)


def read(session: Session, query: Select[Any], part: Part, box: Box) -> Iterator[Rows]:
    """Read the rows of a part's query that meet a box in degrees, some thousands at a time."""
    geometry = query.selected_columns["geometry"]
    meeting = _with_bytes(session, query).where(
        geometry.op("&&")(func.ST_MakeEnvelope(*box, SRID)),
    )
    keys = [key for key in query.selected_columns.keys() if key not in ("id", "geometry")]  # noqa: SIM118
    answered = session.connection().execute(meeting, execution_options=BINARY)
    for batch in answered.partitions(BATCH):
        yield _rows(batch, keys, part, box)


def shapes_where(
    session: Session, query: Select[Any], condition: ColumnElement[bool], box: Box
) -> npt.NDArray[np.object_]:
    """Read the shapes of a part's rows that fulfil a condition, near a box in degrees."""
    geometry: Any = query.selected_columns["geometry"]
    chosen = query.with_only_columns(raw(session, geometry), maintain_column_froms=True)
    near = geometry.op("&&")(func.ST_MakeEnvelope(*box, SRID))
    return shapes(session.scalars(chosen.where(condition, near)))


def _with_bytes(session: Session, query: Select[Any]) -> Select[Any]:
    """Return a query that selects the id, the geometry as bytes, and the other columns."""
    columns = query.selected_columns
    others = [column for key, column in columns.items() if key not in ("id", "geometry")]
    geometry: Any = columns["geometry"]
    return query.with_only_columns(
        columns["id"], raw(session, geometry), *others, maintain_column_froms=True
    )


def _rows(batch: Sequence[Any], keys: list[str], part: Part, box: Box) -> Rows:
    columns = dict(zip(("id", "geometry", *keys), zip(*batch, strict=True), strict=True))
    found = shapes(columns.pop("geometry"))
    ids = np.array(columns.pop("id"), dtype=np.int64)
    also = [one for key in part.also for one in columns.pop(key) if one is not None]
    rows = Rows(ids, found, columns, np.unique(np.array(also, dtype=np.int64)))
    meeting = meets(found, box)
    return rows if meeting.all() else rows.take(np.flatnonzero(meeting))


def meets(found: npt.NDArray[np.object_], box: Box) -> npt.NDArray[np.bool_]:
    """Tell which shapes have a point in common with a box."""
    bounds = shapely.bounds(found)
    west, south, east, north = box
    apart = (bounds[:, 0] > east) | (bounds[:, 2] < west)
    apart |= (bounds[:, 1] > north) | (bounds[:, 3] < south) | np.isnan(bounds[:, 0])
    inside = (bounds[:, 0] >= west) & (bounds[:, 2] <= east)
    inside &= (bounds[:, 1] >= south) & (bounds[:, 3] <= north)
    unsure = ~apart & ~inside
    answer: npt.NDArray[np.bool_] = inside
    if unsure.any():
        frame = shapely.box(*box)
        shapely.prepare(frame)
        answer[unsure] = shapely.intersects(frame, found[unsure])
    return answer


def together(first: Rows, second: Rows) -> Rows:
    """Return the rows of both."""
    columns = {key: [*column, *second.columns[key]] for key, column in first.columns.items()}
    return Rows(
        np.concatenate([first.ids, second.ids]),
        np.concatenate([first.shapes, second.shapes]),
        columns,
        np.union1d(first.also, second.also),
    )
