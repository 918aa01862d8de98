"""Tickets as the points of a tile: one by one where there is room, else gathered in clusters.

A cluster is a cell of 64 px, counted from the corner of the world, so that clusters stay where they
are while one pans. It stands at the middle of its tickets, or aside where the layer says so, and
one ticket alone stands for itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gridmap.routing.kinds import KINDS
from layers.layer import Asked, Points
from layers.tickets_asked import TREE, unit_rows
from layers.tickets_held import HeldTickets
from layers.tiles.mercator import Box, Tile

Ints = npt.NDArray[np.int64]

#: Cells along one side of a tile of 512 px.
CELLS = 8
#: How far beyond its edges a tile shows points, as a share of its width: a cluster's radius.
MARGIN = 1 / CELLS
#: How far beyond its edges a ticket may lie and still change a tile: a cell beyond it, whole.
REACH = MARGIN
#: More single tickets than these in one tile are drawn as clusters at any zoom.
MOST_SINGLE = 4_000
_KINDS = (None, *KINDS)


@dataclass(frozen=True)
class PointPart:
    """
    Points of one layer of a tile.

    Attributes
    ----------
    places
        Eastward and southward from the tile's north-western corner in tile widths, shape (n, 2).
    ids
        Of the tickets; None for clusters.
    attributes
        Lists of n.
    """

    name: str
    places: npt.NDArray[np.float64]
    ids: Ints | None
    attributes: dict[str, list[Any]]


def parts(held: HeldTickets, source: Points, asked: Asked, tile: Tile) -> list[PointPart]:
    """Return what a tile shows of the tickets that are meant by a settled question."""
    rows = np.flatnonzero(_near(held, tile) & source.rows(held, asked))
    places = held.columns.world.take(rows, axis=0) * 2.0**tile.z - (tile.x, tile.y)
    if tile.z >= source.single_from and len(rows) <= MOST_SINGLE:
        return [_singles(held, source, asked, rows, places)]
    cell, first, count, mean, corner = _cells(places)
    several = count > 1
    mean[several] += (corner[several] - mean[several]) * source.aside
    shown = _inside(mean)
    alone = first[shown & ~several]
    several &= shown
    opened = np.bincount(cell, weights=held.columns.is_open[rows], minlength=len(count))
    clusters = PointPart(
        source.cluster_part,
        mean[several],
        None,
        {"count": count[several].tolist(), "open": opened[several].astype(int).tolist()},
    )
    return [_singles(held, source, asked, rows[alone], places[alone]), clusters]


def told(held: HeldTickets, asked: Asked, rows: Ints) -> dict[str, list[Any]]:
    """Return what anybody who sees tickets may know of them: neither who reported nor the words."""
    columns = held.columns
    tree = asked.values[TREE]
    matters = [held.matters[place][1] or None for place in columns.matter[rows].tolist()]
    units = unit_rows(held, tree)[rows].tolist()
    return {
        "number": columns.number[rows].tolist(),
        "status": np.where(columns.is_open[rows], "open", "closed").tolist(),
        "matter": matters,
        "unit": [tree.rows[row][1] if row >= 0 else None for row in units],
        "flagged": columns.is_flagged[rows].tolist(),
        "exception": [_KINDS[kind] for kind in columns.kind[rows].tolist()],
    }


def found(held: HeldTickets, source: Points, asked: Asked, box: Box | None, limit: int) -> Ints:
    """Return the rows of the tickets that are meant and lie in a box, the newest first."""
    mask = source.rows(held, asked) & ~np.isnan(held.columns.lonlat[:, 0])
    if box is not None:
        west, south, east, north = box
        lon, lat = held.columns.lonlat.T
        mask = mask & (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    rows = np.flatnonzero(mask)
    newest = np.argsort(-held.columns.reported[rows], kind="stable")
    return rows[newest[:limit]]


def _near(held: HeldTickets, tile: Tile) -> npt.NDArray[np.bool_]:
    """Tell which tickets are in a tile or one cell around it."""
    scale = 2.0**-tile.z
    x, y = held.columns.world.T
    west, north = (tile.x - MARGIN) * scale, (tile.y - MARGIN) * scale
    east, south = (tile.x + 1 + MARGIN) * scale, (tile.y + 1 + MARGIN) * scale
    near: npt.NDArray[np.bool_] = (x >= west) & (x < east) & (y >= north) & (y < south)
    return near


def _singles(
    held: HeldTickets, source: Points, asked: Asked, rows: Ints,
    places: npt.NDArray[np.float64],
) -> PointPart:  # fmt: skip
    return PointPart(source.part, places, held.columns.ids[rows], told(held, asked, rows))


def _cells(
    places: npt.NDArray[np.float64],
) -> tuple[Ints, Ints, Ints, npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Gather places in cells.

    Returns
    -------
    tuple
        The cell of each place, shape (n,); and of each cell the first place, the number of places,
        their middle and the cell's upper right corner, shapes (m,), (m,), (m, 2), (m, 2).
    """
    across = CELLS + 2  # a cell beyond each edge
    column, row = (places * CELLS + 1).astype(np.int64).T  # none is negative: this rounds down
    number = row * across + column
    counts = np.bincount(number, minlength=across * across)
    used = np.flatnonzero(counts)
    order = np.empty(len(counts), dtype=np.int64)
    order[used] = np.arange(len(used))
    first = np.empty(len(counts), dtype=np.int64)
    first[number[::-1]] = np.arange(len(number))[::-1]
    sums = [np.bincount(number, weights=axis, minlength=len(counts))[used] for axis in places.T]
    mean = np.column_stack(sums) / counts[used, None]
    corner = np.column_stack([used % across, used // across - 1]) / CELLS
    return order[number], first[used], counts[used], mean, corner


def _inside(places: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Tell which places a tile shows: its own and those whose circle reaches into it."""
    half = MARGIN / 2
    inside: npt.NDArray[np.bool_] = np.all((places > -half) & (places < 1 + half), axis=1)
    return inside
