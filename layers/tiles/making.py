"""One tile of a layer out of the rows of a store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sqlalchemy.orm import Session

from layers.layer import Asked, By, MapLayer, Part, Shapes
from layers.tiles.drawing import MARGIN, Style, drawn, sizes_px
from layers.tiles.mercator import Tile
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
        By table the rows that it depends on: those that meet it, and those told along with them;
        sorted.
    """

    body: bytes
    ids: dict[str, npt.NDArray[np.int64]]


def make(session: Session, layer: MapLayer, asked: Asked, tile: Tile) -> Made:
    """Make a tile of a layer for a settled question."""
    assert isinstance(layer.source, Shapes)
    bodies: list[bytes] = []
    ids: dict[str, list[npt.NDArray[np.int64]]] = {}
    if layer.min_zoom <= tile.z <= layer.max_zoom:
        for part in layer.source.parts:
            query = part.query(asked, tile.z)
            if query is None:
                continue
            held = ids.setdefault(layer.source.table_of(part), [])
            rows = _largest(_noted(read(session, query, part, tile.box(MARGIN)), held), tile)
            if rows is not None:
                bodies.append(_bounded(tile, rows, _style(layer, part, tile)))
    known = {table: np.unique(np.concatenate(found)) for table, found in ids.items() if found}
    return Made(b"".join(bodies), known)


def _noted(batches: Iterator[Rows], held: list[npt.NDArray[np.int64]]) -> Iterator[Rows]:
    for rows in batches:
        held += [rows.ids, rows.also]
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
