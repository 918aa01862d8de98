"""One tile of a layer out of the rows of a store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from sqlalchemy import Select
from sqlalchemy.orm import Session

from layers.layer import Asked, By, MapLayer, Part, Points, Shapes
from layers.tickets_held import HeldTickets
from layers.tickets_points import parts as point_parts
from layers.tiles.drawing import EXTENT, MARGIN, Style, drawn, sizes_px
from layers.tiles.encoding import drawn_points, encoded
from layers.tiles.mercator import Tile
from layers.tiles.paths import Integers
from layers.tiles.rows import Rows, read, together

#: A tile with more shapes is drawn without the smallest ones.
MOST_SHAPES = 20_000
#: A larger tile is drawn again without the smallest of its shapes.
MOST_BYTES = 500_000


@dataclass(frozen=True)
class Made:
    """
    A tile of one layer.

    Attributes
    ----------
    body
        Its bytes.
    ids
        By table the rows that meet it, sorted.
    also
        By table further rows on which these depend, sorted.
    """

    body: bytes
    ids: Mapping[str, Integers] = field(default_factory=dict)
    also: Mapping[str, Integers] = field(default_factory=dict)


def made_of_rows(session: Session, layer: MapLayer, asked: Asked, tile: Tile) -> Made:
    """Make a tile of a layer whose source are shapes, for a settled question."""
    assert isinstance(layer.source, Shapes)
    bodies: list[bytes] = []
    ids, also = _Noted(), _Noted()
    for part, query in parts_at(layer, asked, tile.z):
        table = layer.source.table_of(part)
        batches = read(session, query, part, tile.box(MARGIN))
        rows = _largest(_noted(batches, ids.of(table), also.of(table)), tile)
        if rows is not None:
            bodies.append(_bounded(tile, rows.in_order(), _style(layer, part, tile)))
    return Made(b"".join(bodies), ids.sorted(), also.sorted())


def parts_at(layer: MapLayer, asked: Asked, zoom: int) -> Iterator[tuple[Part, Select[Any]]]:
    """Return the parts that a layer of shapes has at a zoom, with their queries."""
    assert isinstance(layer.source, Shapes)
    if layer.min_zoom <= zoom <= layer.max_zoom:
        for part in layer.source.parts:
            query = part.query(asked, zoom)
            if query is not None:
                yield part, query


def made_of_points(held: HeldTickets, layer: MapLayer, asked: Asked, tile: Tile) -> Made:
    """Make a tile of a layer whose source are the tickets held, for a settled question."""
    assert isinstance(layer.source, Points)
    if not layer.min_zoom <= tile.z <= layer.max_zoom:
        return Made(b"")
    bodies = []
    for part in point_parts(held, layer.source, asked, tile):
        xy = np.floor(part.places.T * EXTENT).astype(np.int64)
        ids = np.zeros(xy.shape[1], dtype=np.int64) if part.ids is None else part.ids
        points = drawn_points(xy, np.arange(xy.shape[1]))
        bodies.append(encoded(part.name, EXTENT, [points], ids, part.attributes))
    return Made(b"".join(bodies))


def make_ready() -> None:
    """Load what tiles are made with, or compile it: the first tile would wait for it, seconds."""
    tile = Tile(14, 0, 0)
    west, south, east, north = tile.box(0.0)
    square = np.array([shapely.box(west, south, (west + east) / 2, (south + north) / 2)])
    rows = Rows(np.zeros(1, dtype=np.int64), square, {"label": ["·"]}, np.zeros(0, dtype=np.int64))
    drawn(tile, rows, Style("ready", shared=True, label="label"))


class _Noted:
    """Ids by table, while they are gathered."""

    def __init__(self) -> None:
        self._found: dict[str, list[Integers]] = {}

    def of(self, table: str) -> list[Integers]:
        return self._found.setdefault(table, [])

    def sorted(self) -> dict[str, Integers]:
        return {
            table: np.unique(np.concatenate(all_)) for table, all_ in self._found.items() if all_
        }


def _noted(batches: Iterator[Rows], ids: list[Integers], also: list[Integers]) -> Iterator[Rows]:
    for rows in batches:
        ids.append(rows.ids)
        also.append(rows.also)
        yield rows


def _largest(batches: Iterator[Rows], tile: Tile) -> Rows | None:
    """Put batches together, and leave out the smallest shapes of too many."""
    kept: Rows | None = None
    for rows in batches:
        kept = rows if kept is None else together(kept, rows)
        if len(kept) > MOST_SHAPES:
            kept = _larger(kept, tile, MOST_SHAPES)
    return kept


def _larger(rows: Rows, tile: Tile, count: int) -> Rows:
    sizes = sizes_px(tile, rows.shapes)
    return rows.take(np.sort(np.argsort(-sizes, kind="stable")[:count]))


def _bounded(tile: Tile, rows: Rows, style: Style) -> bytes:
    body = drawn(tile, rows, style)
    while len(body) > MOST_BYTES and len(rows) > 1:
        rows = _larger(rows, tile, max(1, int(0.8 * len(rows) * MOST_BYTES / len(body))))
        body = drawn(tile, rows, style)
    return body


def _style(layer: MapLayer, part: Part, tile: Tile) -> Style:
    return Style(
        part.name,
        shared=part.simplify == "coverage",
        label=part.label,
        told=_told(layer, part),
        shapes=part.shapes,
        marks=part.marks,
        last=tile.z == layer.max_zoom,
    )


def _told(layer: MapLayer, part: Part) -> tuple[str, ...]:
    """Name the columns by which labels are chosen, coloured and written."""
    told: dict[str, None] = {}
    for paint in layer.paints:
        if paint.kind == "label" and paint.part == part.name:
            colours = [paint.colour.attribute] if isinstance(paint.colour, By) else []
            told |= dict.fromkeys([*paint.where, *colours, paint.text])
    return tuple(key for key in told if key and key not in ("label", "room"))
