"""A raster of cells over polygons: millions of points find their polygon by arithmetic alone.

A cell that no edge touches knows its polygon. Another one lists the edges in it, polygon by
polygon, and which of these polygons hold its centre: whether one holds a point of the cell is told
by the number of its edges between the centre and the point. Where rounding could matter (a point
on an edge, an edge through a centre) the raster says so instead of answering.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gridmap.routing import kernel
from gridmap.routing.edges import Floats, Indices, Places, ring_edges
from gridmap.routing.filling import record, survey

UNSURE = kernel.UNSURE

# To keep: 4 bytes a cell, at most 16 MB, and 40 bytes an entry of the lists. Each edge takes an
# entry in one cell or two, and beyond that all edges and all overlaps together at most 9 million,
# 360 MB; 5,000 units of 60 vertices take 54 MB in all. To build: 8 bytes a cell more.
MOST_CELLS = 4_000_000
CELLS_PER_EDGE = 12
MOST_COVERED_CELLS = 5_000_000  # counted once for each polygon over it
MOST_TOUCHED_CELLS = 4_000_000  # counted once for each edge in it, the first not
LONGEST_LIST = 256  # beyond it, shapely's tree is faster

_EPSILON = float(np.finfo(np.float64).eps)


def build_raster(polygons: NDArray[Any]) -> kernel.Raster | None:
    """
    Lay a raster over polygons.

    The side of a cell comes from the data: some cells for each edge, fewer where the ground is so
    large, the edges so long or the overlaps so many that memory would not do.

    Parameters
    ----------
    polygons
        Polygons and multipolygons, shape (m,).

    Returns
    -------
    raster
        None where there is not a single edge.
    """
    start, end, ring, ring_polygon = ring_edges(polygons)
    if len(start) == 0:
        return None
    edges = np.hstack([start, end])
    first = np.searchsorted(ring_polygon[ring], np.arange(len(polygons) + 1)).astype(np.int32)
    grid = _lay_grid(edges, float(np.nansum(shapely.area(polygons))))
    cells = np.full(grid.rows * grid.columns, kernel.NOBODY, np.int32)
    counts = np.zeros(cells.size, np.int32)
    places = np.empty(_most_crossings(edges, first, grid))
    survey(edges, first, grid, cells, counts, np.full_like(cells, -1), places)
    listed, lists = _make_lists(cells, counts)
    entries = np.empty((lists[-1], 5))
    record(edges, first, grid, cells, lists, entries, places)
    cells[listed] = kernel.LISTED - lists[:-1]
    entries[lists[1:] - 1, 4] = -1 - entries[lists[1:] - 1, 4]
    return kernel.Raster(grid, _bounds(edges), cells, entries, _doubts(edges, grid))


def cover(raster: kernel.Raster, x: Floats, y: Floats) -> Indices:
    """
    Find the lowest polygon that covers each point.

    Parameters
    ----------
    raster
        From `build_raster`.
    x, y
        Shape (n,).

    Returns
    -------
    polygon
        Shape (n,); -1 where there is none and for NaN, UNSURE where the exact way must decide.
    """
    answer = np.empty(len(x), np.int32)
    kernel.cover(x, y, answer, raster)
    return answer


def sole(raster: kernel.Raster, x: Floats, y: Floats) -> Indices:
    """
    Find the polygon of each point that lies in a cell that at most one polygon and no edge touches.

    Parameters
    ----------
    raster
        From `build_raster`.
    x, y
        Shape (n,).

    Returns
    -------
    polygon
        Shape (n,); -1 where there is none and for NaN, less where the cell tells no more.
    """
    cells = np.empty(len(x), np.int32)
    kernel.look_up(x, y, cells, raster)
    return cells


def _bounds(edges: Floats) -> tuple[float, float, float, float]:
    west, south = edges.reshape(-1, 2).min(axis=0).tolist()
    east, north = edges.reshape(-1, 2).max(axis=0).tolist()
    return west, south, east, north


def _lay_grid(edges: Floats, covered: float) -> kernel.Grid:
    west, south, east, north = _bounds(edges)
    width, height = east - west, north - south
    length = np.abs(edges[:, 2:] - edges[:, :2]).sum()
    rounding = 16 * _EPSILON * max(map(abs, (west, south, east, north)))
    most_cells = min(MOST_CELLS, 1_000 + CELLS_PER_EDGE * len(edges))
    side = max(
        np.sqrt(width * height / most_cells),
        max(width, height) / most_cells,
        np.sqrt(covered / MOST_COVERED_CELLS),
        length / MOST_TOUCHED_CELLS,
        64 * rounding,
    )
    # Coordinates are often round numbers: an odd share of a cell keeps centres off the edges.
    west, south = west - 0.381966 * side, south - 0.381966 * side
    columns, rows = int((east - west) / side) + 1, int((north - south) / side) + 1
    return kernel.Grid(west, south, float(side), columns, rows, float(1e-7 * side + rounding))


def _most_crossings(edges: Floats, first: Indices, grid: kernel.Grid) -> int:
    """Room for the crossings of any one polygon with the centre lines of the rows."""
    rows = np.abs(edges[:, 3] - edges[:, 1]) / grid.side + 2
    total = np.concatenate([[0.0], np.cumsum(rows)])
    return int((total[first[1:]] - total[first[:-1]]).max()) + 2


def _make_lists(cells: Indices, counts: Indices) -> tuple[Places, Indices]:
    """Give a number to each cell that needs a list; these cells, and where the lists begin."""
    listed = np.flatnonzero((counts > 0) & (cells != UNSURE))
    length = counts[listed] + (cells[listed] >= 0)
    too_long = length > LONGEST_LIST
    cells[listed[too_long]] = UNSURE
    listed, length = listed[~too_long], length[~too_long]
    cells[listed] = kernel.LISTED - np.arange(len(listed), dtype=np.int32)
    return listed, np.concatenate([[0], np.cumsum(length)]).astype(np.int32)


def _doubts(edges: Floats, grid: kernel.Grid) -> tuple[float, float]:
    """
    Bound the rounding errors of the cross products that the kernel takes.

    Each is a sum of two products of differences; its error is below 8 times the machine epsilon
    times the product of the two lengths (Shewchuk 1997 gives 3 + 16 eps for exact bounds).
    """
    longest = float(np.hypot(edges[:, 2] - edges[:, 0], edges[:, 3] - edges[:, 1]).max())
    reach = longest + 2 * grid.side
    return 8 * _EPSILON * grid.side * reach, 8 * _EPSILON * reach * reach
