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

from layers.tiles.paths import Paths

#: Rounds after which what is left stays: each takes longer than what it still finds is worth.
ROUNDS = 5


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
    from layers.tiles.kernel import corners, staying  # not before a tile is made

    if not len(paths.sizes):
        return paths
    x, y = paths.xy
    before, after = paths.neighbours()
    fixed = corners(x, y, before, after) if shared else np.zeros(len(x), dtype=bool)
    # A ring without corners keeps three vertices; one with corners is held by these.
    whole = ~np.logical_or.reduceat(fixed, paths.starts) & paths.closed
    path, least = paths.path_of_vertex(), tolerance * tolerance
    there = staying(x, y, before, after, path, paths.sizes, whole, fixed, least, extent, ROUNDS)
    return paths.keep_vertices(there).keep_sized(1)
