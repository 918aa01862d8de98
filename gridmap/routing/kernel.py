"""The compiled loop over points: each finds its polygon in the raster.

Nothing imports this module before it is needed: importing numba takes longer than routing a few
points.
"""

from __future__ import annotations

from typing import NamedTuple

from gridmap.compiling import compiled
from gridmap.routing.edges import Floats, Indices

Doubts = tuple[float, float]

# What a cell of the raster may hold, besides the number of the one polygon that covers all of it.
NOBODY = -1
UNSURE = -2  # of a cell and of a point: the exact way decides
LISTED = -3  # or below: the cell has a list, which begins at entry LISTED - value

BLOCK = 1024


class Grid(NamedTuple):
    """Where the cells lie: south-western corner, side, counts, and the doubt about a border."""

    west: float
    south: float
    side: float
    columns: int
    rows: int
    margin: float


class Raster(NamedTuple):
    """
    A raster of cells over polygons.

    Attributes
    ----------
    grid
        Where the cells lie.
    bounds
        West, south, east and north of all polygons.
    cells
        A polygon, NOBODY, UNSURE or LISTED and below, shape (rows * columns,).
    entries
        Of the lists, polygon by polygon: x and y of both ends of an edge in the cell, relative to
        its centre, NaN where a polygon covers the cell without one; and a key, which is twice the
        number of the polygon, one more where it holds the centre, and inverted (~) at the end of
        a list, shape (entries, 5).
    doubts
        What a cross product must exceed to be told from 0: with a vertex, with an edge.
    """

    grid: Grid
    bounds: tuple[float, float, float, float]
    cells: Indices
    entries: Floats
    doubts: Doubts


@compiled
def cover(x: Floats, y: Floats, answer: Indices, raster: Raster) -> None:
    """
    Find the lowest polygon that covers each point, or leave the point to the exact way.

    Parameters
    ----------
    x, y
        Shape (n,).
    answer
        Written: a polygon, NOBODY or UNSURE, shape (n,).
    raster
        The cells.
    """
    # In blocks, looking up all cells of a block before walking any list: the look-ups, each of
    # which may have to wait for memory, then wait together.
    for begin in range(0, x.size, BLOCK):
        end = min(begin + BLOCK, x.size)
        look_up(x[begin:end], y[begin:end], answer[begin:end], raster)
        for i in range(begin, end):
            if answer[i] <= LISTED:
                answer[i] = _search(
                    x[i], y[i], LISTED - answer[i], raster.grid, raster.entries, raster.doubts
                )


@compiled
def look_up(x: Floats, y: Floats, cells: Indices, raster: Raster) -> None:
    """Write what the cell of each point holds, NOBODY outside of the raster and for NaN."""
    grid = raster.grid
    west, south, east, north = raster.bounds
    for i in range(x.size):
        if west <= x[i] <= east and south <= y[i] <= north:
            row, column = _cell(x[i], y[i], grid)
            cells[i] = raster.cells[row * grid.columns + column]
        else:
            cells[i] = NOBODY


@compiled
def _cell(x: float, y: float, grid: Grid) -> tuple[int, int]:
    return (
        min(int((y - grid.south) / grid.side), grid.rows - 1),
        min(int((x - grid.west) / grid.side), grid.columns - 1),
    )


@compiled
def _search(x: float, y: float, entry: int, grid: Grid, entries: Floats, doubts: Doubts) -> int:
    """
    Walk a cell's list to the first polygon that holds the point.

    A polygon holds the point if it holds the centre of the cell and the way from there to the
    point crosses an even number of its edges, or if neither.
    """
    # No raster is passed: to count the references to its arrays would take longer than the walk.
    row, column = _cell(x, y, grid)
    x -= grid.west + (column + 0.5) * grid.side
    y -= grid.south + (row + 0.5) * grid.side
    polygon, holds, is_last = NOBODY, False, False
    while not is_last:
        key = int(entries[entry, 4])
        is_last = key < 0
        key = ~key if is_last else key
        if key >> 1 != polygon:
            if holds:
                return polygon
            polygon, holds = key >> 1, key & 1 == 1
        crossed = _crosses(x, y, entry, entries, doubts)
        if crossed == UNSURE:
            return UNSURE
        holds ^= crossed == 1
        entry += 1
    return polygon if holds else NOBODY


@compiled
def _crosses(x: float, y: float, entry: int, entries: Floats, doubts: Doubts) -> int:
    """Tell whether an edge lies across the way from a cell's centre to a point; NaN does not."""
    vertex_doubt, edge_doubt = doubts
    ax, ay = entries[entry, 0], entries[entry, 1]
    bx, by = entries[entry, 2], entries[entry, 3]
    start_side, end_side = x * ay - y * ax, x * by - y * bx
    if abs(start_side) <= vertex_doubt or abs(end_side) <= vertex_doubt:
        return UNSURE
    if (start_side > 0) == (end_side > 0):
        return 0
    # The side of the edge on which the centre lies, cross(a - b, a), is cross(a, b).
    centre_side = ax * by - ay * bx
    point_side = (bx - ax) * (y - ay) - (by - ay) * (x - ax)
    if abs(centre_side) <= edge_doubt or abs(point_side) <= edge_doubt:
        return UNSURE
    return int((centre_side > 0) != (point_side > 0))
