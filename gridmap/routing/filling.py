"""The compiled loops that lay a raster: the edges in a cell, the polygons that hold its centre."""

from __future__ import annotations

import numpy as np

from gridmap.compiling import compiled
from gridmap.routing.edges import Floats, Indices
from gridmap.routing.kernel import LISTED, NOBODY, UNSURE, Grid


@compiled
def _clamp(place: float, count: int) -> int:
    return int(min(max(place, 0.0), count - 1.0))


@compiled
def _rows(edge: Floats, grid: Grid) -> tuple[int, int]:
    """First and last row of cells that an edge touches."""
    low, high = min(edge[1], edge[3]) - grid.margin, max(edge[1], edge[3]) + grid.margin
    return (
        _clamp((low - grid.south) / grid.side, grid.rows),
        _clamp((high - grid.south) / grid.side, grid.rows),
    )


@compiled
def _columns(edge: Floats, row: int, grid: Grid) -> tuple[int, int]:
    """First and last column of the cells that an edge touches in a row."""
    ax, ay, bx, by = edge
    if ay > by:
        ax, ay, bx, by = bx, by, ax, ay
    low = grid.south + row * grid.side - grid.margin
    high = low + grid.side + 2 * grid.margin
    enters, leaves = ax, bx
    if ay < low and by > ay:
        enters = ax + (bx - ax) * min((low - ay) / (by - ay), 1.0)
    if by > high and by > ay:
        leaves = ax + (bx - ax) * max((high - ay) / (by - ay), 0.0)
    west, east = min(enters, leaves) - grid.margin, max(enters, leaves) + grid.margin
    return (
        _clamp((west - grid.west) / grid.side, grid.columns),
        _clamp((east - grid.west) / grid.side, grid.columns),
    )


@compiled
def _centre_rows(edge: Floats, grid: Grid) -> tuple[int, int]:
    """First row whose centre line an edge crosses, and the one after the last."""
    low, high = min(edge[1], edge[3]), max(edge[1], edge[3])
    first = _clamp((low - grid.south) / grid.side - 1.0, grid.rows)
    while first < grid.rows and grid.south + (first + 0.5) * grid.side < low:
        first += 1
    after = first
    while after < grid.rows and grid.south + (after + 0.5) * grid.side < high:
        after += 1
    return first, after


@compiled
def _crossings(
    edges: Floats, grid: Grid, begins: Indices, ends: Indices, places: Floats
) -> tuple[int, int]:
    """
    Find where the edges of one polygon cross the centre lines of the rows, from west to east.

    The crossings of a row are `places[begins[row]:ends[row]]`, for the rows from the first to the
    one before the last that are answered.
    """
    south, north = grid.rows, 0
    for edge in edges:
        first, after = _centre_rows(edge, grid)
        if first < after:
            south, north = min(south, first), max(north, after)
    for row in range(south, north):
        ends[row] = 0
    for edge in edges:
        first, after = _centre_rows(edge, grid)
        for row in range(first, after):
            ends[row] += 1
    total = 0
    for row in range(south, north):
        begins[row], total = total, total + ends[row]
        ends[row] = begins[row]
    for edge in edges:
        first, after = _centre_rows(edge, grid)
        for row in range(first, after):
            part = (grid.south + (row + 0.5) * grid.side - edge[1]) / (edge[3] - edge[1])
            _insert(places, begins[row], ends[row], edge[0] + (edge[2] - edge[0]) * part)
            ends[row] += 1
    return south, north


@compiled
def _insert(places: Floats, begin: int, end: int, place: float) -> None:
    while end > begin and places[end - 1] > place:
        places[end] = places[end - 1]
        end -= 1
    places[end] = place


@compiled
def _span(west: float, east: float, grid: Grid) -> tuple[int, int]:
    """First column whose centre lies between two crossings, and the one after the last."""
    return (
        int(np.ceil((west - grid.west) / grid.side - 0.5)),
        int(np.floor((east - grid.west) / grid.side - 0.5)) + 1,
    )


@compiled
def _doubt(row: int, place: float, grid: Grid, cells: Indices) -> None:
    """Give a cell up when an edge runs through its very centre."""
    column = round((place - grid.west) / grid.side - 0.5)
    centre = grid.west + (column + 0.5) * grid.side
    if abs(place - centre) <= grid.margin:
        cells[row * grid.columns + column] = UNSURE


@compiled
def survey(
    edges: Floats,
    first: Indices,
    grid: Grid,
    cells: Indices,
    counts: Indices,
    touched: Indices,
    places: Floats,
) -> None:
    """
    First pass over the polygons: fill the cells, and count what those must list that edges touch.

    Parameters
    ----------
    edges
        Start and end of each edge, polygon by polygon, shape (k, 4).
    first
        First edge of each polygon, and k, shape (m + 1,).
    grid
        Where the cells lie.
    cells
        Written: the lowest polygon whose inside holds the centre and that has no edge in the
        cell, NOBODY or UNSURE, shape (rows * columns,).
    counts
        Written: edges in the cell, and polygons beyond the first that cover it without an edge.
    touched
        Room for the last polygon that had an edge in the cell, -1 at first.
    places
        Room for the crossings of any one polygon.
    """
    begins, ends = np.empty(grid.rows, np.int32), np.empty(grid.rows, np.int32)
    for polygon in range(first.size - 1):
        own = edges[first[polygon] : first[polygon + 1]]
        for edge in own:
            south, north = _rows(edge, grid)
            for row in range(south, north + 1):
                west, east = _columns(edge, row, grid)
                for cell in range(row * grid.columns + west, row * grid.columns + east + 1):
                    counts[cell] += 1
                    touched[cell] = polygon
        south, north = _crossings(own, grid, begins, ends, places)
        for row in range(south, north):
            for k in range(begins[row], ends[row], 2):
                _doubt(row, places[k], grid, cells)
                _doubt(row, places[k + 1], grid, cells)
                west, east = _span(places[k], places[k + 1], grid)
                for cell in range(row * grid.columns + west, row * grid.columns + east):
                    if touched[cell] == polygon:
                        continue
                    if cells[cell] == NOBODY:
                        cells[cell] = polygon
                    else:
                        counts[cell] += 1


@compiled
def record(
    edges: Floats,
    first: Indices,
    grid: Grid,
    cells: Indices,
    lists: Indices,
    entries: Floats,
    places: Floats,
) -> None:
    """
    Second pass over the polygons: write the lists of the cells that edges touch.

    Parameters
    ----------
    edges, first, grid, places
        As for `survey`.
    cells
        As `survey` left them, but LISTED - number where a cell has a list.
    lists
        Where each list begins, and the end of the last, shape (lists + 1,).
    entries
        Written: see `Raster`, shape (entries, 5); no key is inverted yet.
    """
    begins, stops = np.empty(grid.rows, np.int32), np.empty(grid.rows, np.int32)
    ends = lists[:-1].copy()  # of each list, as far as it is written
    for polygon in range(first.size - 1):
        _list_edges(edges, first, grid, cells, ends, entries, polygon)
        own = edges[first[polygon] : first[polygon + 1]]
        south, north = _crossings(own, grid, begins, stops, places)
        for row in range(south, north):
            for k in range(begins[row], stops[row], 2):
                west, east = _span(places[k], places[k + 1], grid)
                for cell in range(row * grid.columns + west, row * grid.columns + east):
                    if cells[cell] <= LISTED:
                        _list_centre(lists, ends, entries, LISTED - cells[cell], polygon)


@compiled
def _list_edges(
    edges: Floats,
    first: Indices,
    grid: Grid,
    cells: Indices,
    ends: Indices,
    entries: Floats,
    polygon: int,
) -> None:
    for edge in range(first[polygon], first[polygon + 1]):
        south, north = _rows(edges[edge], grid)
        for row in range(south, north + 1):
            west, east = _columns(edges[edge], row, grid)
            for column in range(west, east + 1):
                cell = cells[row * grid.columns + column]
                if cell > LISTED:
                    continue
                entry = entries[ends[LISTED - cell]]
                for axis in range(0, 4, 2):
                    entry[axis] = edges[edge, axis] - (grid.west + (column + 0.5) * grid.side)
                    entry[axis + 1] = edges[edge, axis + 1] - (grid.south + (row + 0.5) * grid.side)
                entry[4] = 2 * polygon
                ends[LISTED - cell] += 1


@compiled
def _list_centre(lists: Indices, ends: Indices, entries: Floats, number: int, polygon: int) -> None:
    """Note that a polygon holds the centre of a cell, in which it may have edges or none."""
    end = ends[number]
    if end == lists[number] or entries[end - 1, 4] != 2 * polygon:
        entries[end, :4] = np.nan
        entries[end, 4] = 2 * polygon + 1
        ends[number] += 1
        return
    while end > lists[number] and entries[end - 1, 4] == 2 * polygon:
        end -= 1
        entries[end, 4] += 1
