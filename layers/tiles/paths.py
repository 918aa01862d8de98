"""Outlines and lines as one long array of vertices, so that a tile is made without a loop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]
Coordinates = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Paths:
    """
    Lines, or rings of areas, one after the other.

    Attributes
    ----------
    xy
        Vertices, eastward and southward, shape (2, n); a ring does not repeat its first one.
    sizes
        Number of vertices of each path, shape (m,).
    owner
        The feature that each path belongs to, shape (m,), rising.
    outer
        Whether a ring is the outside of an area, followed by its holes, shape (m,).
    closed
        Whether these are rings.
    """

    xy: Integers
    sizes: Integers
    owner: Integers
    outer: Booleans
    closed: bool

    @property
    def starts(self) -> Integers:
        """Where each path begins in `xy`, shape (m,)."""
        starts: Integers = np.cumsum(self.sizes) - self.sizes
        return starts

    def path_of_vertex(self) -> Integers:
        """Return the path of each vertex, shape (n,)."""
        return np.repeat(np.arange(len(self.sizes)), self.sizes)

    def neighbours(self) -> tuple[Integers, Integers]:
        """Return the vertex before and after each; the ends of a line are their own."""
        before = np.arange(-1, self.xy.shape[1] - 1)
        after = np.arange(1, self.xy.shape[1] + 1)
        first = self.starts
        last = first + self.sizes - 1
        before[first] = last if self.closed else first
        after[last] = first if self.closed else last
        return before, after

    def keep_vertices(self, kept: Booleans) -> Paths:
        """Return the paths with some of their vertices."""
        sizes = np.add.reduceat(kept, self.starts, dtype=np.int64) if len(kept) else self.sizes
        return Paths(_columns(self.xy, kept), sizes, self.owner, self.outer, self.closed)

    def keep(self, kept: Booleans) -> Paths:
        """Return some of the paths."""
        if kept.all():
            return self
        vertices = np.repeat(kept, self.sizes)
        return Paths(
            _columns(self.xy, vertices),
            self.sizes[kept],
            self.owner[kept],
            self.outer[kept],
            self.closed,
        )

    def doubled_areas(self) -> Integers:
        """Return twice the area of each ring, positive where it runs as an outside does."""
        _, after = self.neighbours()
        x, y = self.xy
        cross = x * y[after] - x[after] * y
        areas: Integers = np.add.reduceat(cross, self.starts) if len(cross) else self.sizes
        return areas

    def without_repeats(self) -> Paths:
        """Return the paths without vertices that equal the one before."""
        before, _ = self.neighbours()
        x, y = self.xy
        moved = (x != x[before]) | (y != y[before])
        if not self.closed:
            moved[self.starts] = True
        return self if moved.all() else self.keep_vertices(moved).keep_sized(1)

    def keep_sized(self, least: int) -> Paths:
        """Return the paths that have so many vertices; holes go with the outside around them."""
        large = self.sizes >= least
        return self if large.all() else self.keep(large & self._around(large))

    def proper(self) -> Paths:
        """Return the paths that can be drawn, with areas wound as a tile wants them."""
        if not self.closed:
            return self.keep_sized(2)
        sized = self.keep_sized(3)
        doubled = sized.doubled_areas()
        wound = sized._reversed(np.where(sized.outer, doubled < 0, doubled > 0))
        real = doubled != 0
        return wound if real.all() else wound.keep(real & wound._around(real))

    def _around(self, kept: Booleans) -> Booleans:
        """Tell of each ring whether the outside of its area is among those kept."""
        if not self.closed or not len(kept):
            return kept
        outside = np.maximum.accumulate(np.where(self.outer, np.arange(len(kept)), 0))
        return kept[outside]

    def _reversed(self, turned: Booleans) -> Paths:
        """Return the paths, some of them the other way round."""
        if not turned.any():
            return self
        place = np.arange(self.xy.shape[1])
        mirrored = np.repeat(2 * self.starts + self.sizes - 1, self.sizes) - place
        order = np.where(np.repeat(turned, self.sizes), mirrored, place)
        return Paths(
            np.take(self.xy, order, axis=1), self.sizes, self.owner, self.outer, self.closed
        )


def _columns(xy: Integers, kept: Booleans) -> Integers:
    """Return some vertices; plain indexing would put x and y of each beside each other."""
    return np.compress(kept, xy, axis=1)


def paths_of(
    parts: npt.NDArray[np.object_],
    owner: Integers,
    *,
    closed: bool,
    place: Callable[[Coordinates], Coordinates] | None = None,
) -> Paths:
    """
    Return polygons or lines as paths.

    Parameters
    ----------
    parts
        Polygons if `closed`, lines if not, shape (k,); their places are rounded here.
    owner
        The feature of each, shape (k,), rising.
    place
        Where coordinates of shape (n, 2) are in the tile; they are there already without it.
    """
    if closed:
        lines, part = shapely.get_rings(parts, return_index=True)
        owner, outer = owner[part], np.diff(part, prepend=-1) > 0
    else:
        lines, outer = parts, np.ones(len(parts), dtype=bool)
    coordinates, line = shapely.get_coordinates(lines, return_index=True)
    sizes = np.bincount(line, minlength=len(lines)).astype(np.int64)
    placed = coordinates if place is None else place(coordinates)
    xy = np.rint(np.ascontiguousarray(placed.T)).astype(np.int64)
    if closed:
        last = np.cumsum(sizes) - 1
        repeats = np.zeros(xy.shape[1], dtype=bool)
        repeats[last[sizes > 0]] = True
        xy = _columns(xy, ~repeats)
        sizes = np.maximum(sizes - 1, 0)
    filled = sizes > 0
    return Paths(xy, sizes[filled], owner[filled], outer[filled], closed)


def shapes_of(paths: Paths) -> npt.NDArray[np.object_]:
    """Return paths as polygons, one for each outside, or as lines."""
    if not paths.closed:
        return np.asarray(shapely.linestrings(paths.xy.T, indices=paths.path_of_vertex()))
    rings = shapely.linearrings(paths.xy.T, indices=paths.path_of_vertex())
    return np.asarray(shapely.polygons(rings, indices=np.cumsum(paths.outer) - 1))


def joined(first: Paths, second: Paths) -> Paths:
    """Return the paths of both; each feature's paths must be in one of them."""
    if not len(second.sizes):
        return first
    if not len(first.sizes):
        return second
    return Paths(
        np.concatenate([first.xy, second.xy], axis=1),
        np.concatenate([first.sizes, second.sizes]),
        np.concatenate([first.owner, second.owner]),
        np.concatenate([first.outer, second.outer]),
        first.closed,
    )
