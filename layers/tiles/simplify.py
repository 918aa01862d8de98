"""Fewer vertices for a tile, without tearing what belongs together.

Neighbouring units share their edges vertex by vertex. Vertices are rounded to the grid of the zoom
first, which is the same for all tiles, so that shared ones stay shared. Then vertices that matter
little are left out, by a rule that looks only at a vertex and its neighbours along the edge, and
never at the corners where edges meet: both units, in every tile, lose the same ones.

This is Visvalingam's way (Visvalingam and Whyatt, "Line generalisation by repeated elimination of
points", 1993), many vertices at a time: in each round those go that matter less than the vertices
beside them.
"""

from __future__ import annotations

import numpy as np

from layers.tiles.paths import Booleans, Integers, Paths

#: Rounds after which what is left stays; a few are enough for nearly everything.
ROUNDS = 12

_SHIFT = np.int64(2**24)
#: Room for coordinates of a tile and much around it, in one number.
_STRIDE = np.int64(2**31)
#: Stays, whatever its neighbours do.
_NEVER = np.iinfo(np.int64).max


def simplified(paths: Paths, tolerance: float, *, extent: int, shared: bool) -> Paths:
    """
    Leave out vertices.

    Parameters
    ----------
    paths
        In units of the tile's grid.
    tolerance
        How far an edge may move where a vertex goes, in the same units.
    extent
        Width of a tile in the same units, a power of two.
    shared
        Whether areas share their edges: then the corners where edges of several meet stay.
    """
    fixed = _corners(paths) if shared else np.zeros(paths.xy.shape[1], dtype=bool)
    for _ in range(ROUNDS):
        gone = _least(paths, fixed, tolerance, extent)
        if not gone.any():
            break
        fixed = fixed[~gone]
        paths = paths.keep_vertices(~gone).keep_sized(1)
    return paths


def _least(paths: Paths, fixed: Booleans, tolerance: float, extent: int) -> Booleans:
    """Tell which vertices may go now: none of them beside another."""
    before, after = paths.neighbours()
    weight = _weights(paths, before, after, tolerance, extent)
    weight[fixed | (before == after)] = _NEVER
    gone: Booleans = (weight < weight[before]) & (weight < weight[after])
    if paths.closed:
        # A ring without corners keeps three vertices; one with corners is told by its neighbours.
        left = paths.sizes - np.add.reduceat(gone, paths.starts, dtype=np.int64)
        whole = ~np.logical_or.reduceat(fixed, paths.starts)
        gone &= ~np.repeat(whole & (left < 3), paths.sizes)
    return gone


def _weights(
    paths: Paths, before: Integers, after: Integers, tolerance: float, extent: int
) -> Integers:
    """Return how much each vertex matters, by the area of its triangle.

    Equal areas are told apart by the place within a tile, which is the same for all tiles.
    """
    x, y = paths.xy
    into_x, into_y = x - x[before], y - y[before]
    out_x, out_y = x[after] - x, y[after] - y
    area = np.abs(into_x * out_y - into_y * out_x)
    base_x, base_y = into_x + out_x, into_y + out_y
    least = tolerance * tolerance
    stays = area * area > least * np.maximum(base_x * base_x + base_y * base_y, least)
    shorter = np.minimum(into_x * into_x + into_y * into_y, out_x * out_x + out_y * out_y)
    stays |= (into_x * out_x + into_y * out_y < 0) & (shorter > least)
    place = (x & (extent - 1)) * extent + (y & (extent - 1))
    weight: Integers = np.where(stays, _NEVER, area * _SHIFT + place)
    return weight


def _corners(paths: Paths) -> Booleans:
    """Tell which vertices are where edges of several areas meet or part.

    Anywhere else along a shared edge all areas have the same two vertices beside it.
    """
    x, y = paths.xy
    before, after = paths.neighbours()
    place = x * _STRIDE + y
    order = np.argsort(place)
    sorted_place = place[order]
    first, second = place[before][order], place[after][order]
    low, high = np.minimum(first, second), np.maximum(first, second)
    same = sorted_place[1:] == sorted_place[:-1]
    differs = same & ((low[1:] != low[:-1]) | (high[1:] != high[:-1]))
    group = np.concatenate([[0], np.cumsum(~same)])
    is_corner = np.zeros(len(order), dtype=bool)
    is_corner[group[1:][differs]] = True
    corners = np.empty(len(order), dtype=bool)
    corners[order] = is_corner[group]
    return corners
