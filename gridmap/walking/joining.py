"""Lines that share vertices become edges between nodes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

#: Vertices in the same cell of this size are one: the precision of OpenStreetMap, about a
#: centimetre.
CELL_DEG = 1e-7


@dataclass(frozen=True)
class Joined:
    """
    Edges, and the nodes between them.

    Attributes
    ----------
    nodes
        Longitude and latitude of each node, shape (n, 2).
    ends
        The nodes where each edge begins and ends, shape (m, 2).
    line
        The line that each edge is a part of, shape (m,).
    shape
        Longitude and latitude of the vertices of all edges, one edge after the other, its ends
        included, shape (k, 2).
    first
        Where each edge begins in `shape`, and where the last one ends, shape (m + 1,).
    """

    nodes: Floats
    ends: Integers
    line: Integers
    shape: Floats
    first: Integers


def joined(lines: npt.NDArray[np.object_], points: Floats | None = None) -> Joined:
    """
    Join lines where they share a vertex, whatever lies above or below.

    Streets that only cross are not joined: a bridge has no vertex with the street under it
    (https://wiki.openstreetmap.org/wiki/Junctions).

    Parameters
    ----------
    lines
        LineStrings in degrees, shape (l,). Vertices that repeat the one before, and lines of no
        length, are left out.
    points
        Further places that become nodes where a vertex lies on them, such as gates, shape (p, 2).
    """
    vertices, of = shapely.get_coordinates(lines, return_index=True)
    keys = cells(vertices)
    moved = np.ones(len(of), dtype=bool)
    moved[1:] = (keys[1:] != keys[:-1]) | (of[1:] != of[:-1])
    vertices, of, keys = vertices[moved], of[moved], keys[moved]
    lengths = np.bincount(of, minlength=len(lines))
    real = (lengths > 1)[of]
    vertices, of, keys = vertices[real], of[real], keys[real]
    return _cut(vertices, of, keys, cells(points) if points is not None else None)


def cells(places: Floats) -> Integers:
    """Return the cell of each place, shape (n, 2) in degrees; those of one cell are joined."""
    east, north = np.rint((places + np.array([180.0, 90.0])) / CELL_DEG).astype(np.int64).T
    numbers: Integers = east * 2**31 + north
    return numbers


def _cut(vertices: Floats, of: Integers, keys: Integers, points: Integers | None) -> Joined:
    """Cut lines where a vertex is used again, at their ends and at points."""
    _, place, met = np.unique(keys, return_index=True, return_inverse=True)
    begins = np.diff(of, prepend=-1) != 0
    ends = np.diff(of, append=-1) != 0
    is_node = (np.bincount(met, minlength=len(place)) > 1)[met] | begins | ends
    if points is not None:
        is_node |= np.isin(keys, points)
    number = np.full(len(place), -1, dtype=np.int64)
    used = np.unique(met[is_node])
    number[used] = np.arange(len(used))
    at = np.flatnonzero(is_node)
    first, last = at[:-1], at[1:]
    along = of[first] == of[last] if len(at) else np.zeros(0, dtype=bool)
    first, last = first[along], last[along]
    sizes = last - first + 1
    begin = np.concatenate([[0], np.cumsum(sizes)])
    inner = np.arange(begin[-1]) - np.repeat(begin[:-1], sizes) + np.repeat(first, sizes)
    return Joined(
        vertices[place[used]],
        np.column_stack([number[met[first]], number[met[last]]]),
        of[first],
        vertices[inner],
        begin,
    )
