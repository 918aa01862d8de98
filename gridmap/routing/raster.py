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
from gridmap.routing.edges import Floats, Indices, ring_edges
from gridmap.routing.filling import record, survey

UNSURE = kernel.UNSURE

# Cells of 4 bytes, three times while they are filled: at most 16 MB to keep and 32 MB more to
# build. The lists take at most 8 bytes for each edge and each cell that it touches.
MOST_CELLS = 4_000_000
CELLS_PER_EDGE = 12
MOST_COVERED_CELLS = 4 * MOST_CELLS  # counted once for each polygon over it
MOST_TOUCHED_CELLS = 8 * MOST_CELLS  # counted once for each edge in it
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
    lists = _make_lists(cells, counts)
    entries = np.empty((lists[-1], 2), np.int32)
    record(edges, first, grid, cells, lists, entries, places)
    return kernel.Raster(grid, _bounds(edges), cells, lists, entries, edges, *_doubts(edges, grid))


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


def _make_lists(cells: Indices, counts: Indices) -> Indices:
    """Name in the cells the lists that they need; where each begins, and the end of the last."""
    touched = np.flatnonzero((counts > 0) & (cells != UNSURE))
    size = counts[touched] + (cells[touched] >= 0)
    cells[touched[size > LONGEST_LIST]] = UNSURE
    touched, size = touched[size <= LONGEST_LIST], size[size <= LONGEST_LIST]
    cells[touched] = kernel.LISTED - np.arange(len(touched), dtype=np.int32)
    return np.concatenate([[0], np.cumsum(size)]).astype(np.int32)


def _doubts(edges: Floats, grid: kernel.Grid) -> tuple[float, float]:
    """
    Bound the rounding errors of the cross products that the kernel takes.

    Each is a sum of two products of differences; its error is below 8 times the machine epsilon
    times the product of the two lengths (Shewchuk 1997 gives 3 + 16 eps for exact bounds).
    """
    longest = float(np.hypot(edges[:, 2] - edges[:, 0], edges[:, 3] - edges[:, 1]).max())
    reach = longest + 2 * grid.side
    return 8 * _EPSILON * grid.side * reach, 8 * _EPSILON * reach * reach
