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

#: Rounds after which what is left stays: each takes longer than what it still finds is worth.
ROUNDS = 5

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
    if not len(paths.sizes):
        return paths
    fixed = _corners(paths) if shared else np.zeros(paths.xy.shape[1], dtype=bool)
    chain = _Chain(paths, fixed, tolerance, extent)
    looked_at = np.arange(paths.xy.shape[1])
    for _ in range(ROUNDS):
        looked_at = chain.without_least(looked_at)
        if not len(looked_at):
            break
    return paths.keep_vertices(chain.there).keep_sized(1)


class _Chain:
    """
    Vertices that know those beside them, as some of them go.

    Attributes
    ----------
    there
        Which vertices have not gone, shape (n,).
    """

    def __init__(self, paths: Paths, fixed: Booleans, tolerance: float, extent: int) -> None:
        self.there = np.ones(len(fixed), dtype=bool)
        self._x, self._y = paths.xy
        self._before, self._after = paths.neighbours()
        self._fixed = fixed
        self._least = tolerance * tolerance
        self._extent = extent
        self._weight = self._weights(np.arange(len(fixed)))
        # A ring without corners keeps three vertices; one with corners is told by its neighbours.
        self._path = paths.path_of_vertex()
        self._left = paths.sizes.copy()
        self._whole = ~np.logical_or.reduceat(fixed, paths.starts) & paths.closed

    def without_least(self, some: Integers) -> Integers:
        """Let those go that matter less than the ones beside them; return whom that touched."""
        weight = self._weight[some]
        less = weight < self._weight[self._before[some]]
        less &= weight < self._weight[self._after[some]]
        gone = self._that_may_go(some[less])
        before, after = self._before[gone], self._after[gone]
        self.there[gone] = False
        self._after[before], self._before[after] = after, before
        touched = _distinct(np.concatenate([before, after]), len(self.there))
        self._weight[touched] = self._weights(touched)
        around = np.concatenate([touched, self._before[touched], self._after[touched]])
        return _distinct(around, len(self.there))

    def _that_may_go(self, some: Integers) -> Integers:
        goes = np.bincount(self._path[some], minlength=len(self._left))
        refused = self._whole & (self._left - goes < 3)
        if refused.any():
            some = some[~refused[self._path[some]]]
            goes[refused] = 0
        self._left -= goes
        return some

    def _weights(self, some: Integers) -> Integers:
        """Return how much vertices matter, by the areas of their triangles.

        Equal areas are told apart by the place within a tile, which is the same for all tiles.
        """
        before, after = self._before[some], self._after[some]
        x, y = self._x[some], self._y[some]
        into_x, into_y = x - self._x[before], y - self._y[before]
        out_x, out_y = self._x[after] - x, self._y[after] - y
        area = np.abs(into_x * out_y - into_y * out_x)
        base = (into_x + out_x) ** 2 + (into_y + out_y) ** 2
        stays = self._fixed[some] | (before == after) | (before == some) | (after == some)
        stays |= area * area > self._least * np.maximum(base, self._least)
        shorter = np.minimum(into_x * into_x + into_y * into_y, out_x * out_x + out_y * out_y)
        stays |= (into_x * out_x + into_y * out_y < 0) & (shorter > self._least)
        last = self._extent - 1
        weight: Integers = area * _SHIFT + (x & last) * self._extent + (y & last)
        weight[stays] = _NEVER
        return weight


def _distinct(some: Integers, count: int) -> Integers:
    """Return numbers below a count in their order, each once."""
    there = np.zeros(count, dtype=bool)
    there[some] = True
    return np.flatnonzero(there)


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
