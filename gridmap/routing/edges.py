"""The edges of many polygons in short chains: which is nearest to a point, and how far is it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

if TYPE_CHECKING:
    from gridmap.routing.boxes import Boxes

Floats = NDArray[np.float64]
Indices = NDArray[np.int32]
Places = NDArray[np.intp]

# A tree over whole rings would walk thousands of vertices for one point, a tree over single edges
# would be larger than the polygons; between 4 and 16 edges a chain measured alike.
CHAIN_LENGTH = 8


class Edges:
    """
    Every edge of some polygons, and the polygon that it belongs to.

    Parameters
    ----------
    polygons
        Polygons and multipolygons, shape (m,); None and empty ones have no edge.

    Attributes
    ----------
    ends
        First and second end, x and y, of the edges of each chain, shape (2, 2, chains,
        CHAIN_LENGTH). The last edge of a short chain is repeated. The order of the two ends does
        not depend on the ring's direction: copies of a shared edge measure the same to the bit.
    polygon
        Index of the polygon of each chain, shape (chains,), never descending.
    """

    def __init__(self, polygons: NDArray[Any]) -> None:
        start, end, ring, ring_polygon = ring_edges(polygons)
        first, chained = _chains(ring)
        self.polygon: Indices = ring_polygon[ring[first]].astype(np.int32)
        turned = (end[:, 0] < start[:, 0]) | (
            (end[:, 0] == start[:, 0]) & (end[:, 1] < start[:, 1])
        )
        low, high = np.where(turned[:, None], (end, start), (start, end))
        self.ends: Floats = np.stack([low.T[:, chained], high.T[:, chained]])
        vertices = np.concatenate([start[chained], end[chained[:, -1:]]], axis=1)
        self._lines = shapely.linestrings(vertices)

    def nearest(self, x: Floats, y: Floats) -> tuple[Indices, Floats]:
        """
        Find the polygon of the nearest edge, the lowest where several are as near.

        Parameters
        ----------
        x, y
            Metres, finite, shape (n,).

        Returns
        -------
        polygon
            Shape (n,); -1 where there is no edge at all.
        distance_m
            Distance to that edge, shape (n,); infinite where there is no edge at all.
        """
        if len(self.polygon) == 0 or len(x) == 0:
            return np.full(len(x), -1, np.int32), np.full(len(x), np.inf)
        points = shapely.points(np.array((x, y)).T)
        _, about_m = self._tree.query_nearest(points, all_matches=False, return_distance=True)
        point, chain, distance2 = self._reach(points, about_m, x, y)
        first = np.searchsorted(point, np.arange(len(x)))  # every point has reached something
        nearest2 = np.minimum.reduceat(distance2, first)
        tie = distance2 == nearest2[point]
        polygon = np.where(tie, self.polygon[chain], self.polygon[-1])
        return np.minimum.reduceat(polygon, first), np.sqrt(nearest2)

    def nearest_of_many(self, x: Floats, y: Floats) -> tuple[Indices, Floats]:
        """Answer as `nearest` does, to the bit, but compiled: a million points in a second."""
        if len(self.polygon) == 0 or len(x) == 0:
            return np.full(len(x), -1, np.int32), np.full(len(x), np.inf)
        from gridmap.routing.boxes import nearest

        return nearest(x, y, self.boxes)

    def within(self, x: Floats, y: Floats, limit_m: float) -> tuple[Places, Indices, Floats]:
        """
        Find the polygons of which an edge lies within a distance of each point.

        Parameters
        ----------
        x, y
            Metres, finite, shape (n,).
        limit_m
            The greatest distance that counts.

        Returns
        -------
        point, polygon, distance_m
            Index of the point and of the polygon, and the distance to one of its edges, shape
            (pairs,); a polygon appears once for each of its chains that is so near.
        """
        points = shapely.points(np.array((x, y)).T)
        point, chain, distance2 = self._reach(points, limit_m, x, y)
        distance_m = np.sqrt(distance2)
        near = distance_m <= limit_m
        return point[near], self.polygon[chain[near]], distance_m[near]

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self._lines)

    @cached_property
    def boxes(self) -> Boxes:
        """The tree that compiled code walks; for at least one edge."""
        from gridmap.routing.boxes import pack

        return pack(self)

    def _reach(
        self, points: NDArray[Any], reach_m: Any, x: Floats, y: Floats
    ) -> tuple[Places, Places, Floats]:
        """Points, chains and squared distances of all chains within reach, and a little beyond."""
        # GEOS measures a little differently from us: without the little more a tie would be lost.
        reach_m = reach_m * (1 + 1e-9) + 1e-9
        point, chain = self._tree.query(points, predicate="dwithin", distance=reach_m)
        places = np.array((x[point], y[point]))
        return point, chain, _distance2(places[:, :, None], self.ends[:, :, chain])


def ring_edges(polygons: NDArray[Any]) -> tuple[Floats, Floats, Places, Places]:
    """
    Take polygons apart.

    Parameters
    ----------
    polygons
        Polygons and multipolygons, shape (m,).

    Returns
    -------
    start, end
        x and y of the ends of each edge, in the direction of its ring, shape (k, 2).
    ring
        Number of the ring of each edge, shape (k,), never descending.
    ring_polygon
        Index of the polygon of each ring, shape (rings,), never descending.
    """
    parts, part_polygon = shapely.get_parts(polygons, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    vertices, ring = shapely.get_coordinates(rings, return_index=True)
    within_ring = ring[1:] == ring[:-1]
    start, end = vertices[:-1][within_ring], vertices[1:][within_ring]
    return start, end, ring[1:][within_ring], part_polygon[ring_part]


def _chains(ring: Places) -> tuple[Places, Places]:
    """Cut the edges of each ring into chains: their first edge, and all of their edges."""
    edge = np.arange(len(ring))
    begins = np.flatnonzero(np.diff(ring, prepend=-1))
    in_ring = edge - np.repeat(begins, np.diff(begins, append=len(ring)))
    first = np.flatnonzero(in_ring % CHAIN_LENGTH == 0)
    last = np.append(first[1:], len(ring)) - 1
    return first, np.minimum(first[:, None] + np.arange(CHAIN_LENGTH), last[:, None])


def _distance2(point: Floats, ends: Floats) -> Floats:
    """
    Square of the distance of each point, shape (2, n, 1), to a chain, shape (2, 2, n, edges).

    The compiled tree does the same operations in the same order: both answer alike to the bit.
    """
    along, from_ends = ends[1] - ends[0], point - ends
    squares, from_start = from_ends * from_ends, from_ends[0]
    at_start, at_end = squares[:, 0] + squares[:, 1]
    length2, foot = _dot(along, along), _dot(along, from_start)
    across = along[0] * from_start[1] - along[1] * from_start[0]
    beside = across * across / np.maximum(length2, np.finfo(np.float64).tiny)
    distance2 = np.where(foot <= 0, at_start, np.where(foot >= length2, at_end, beside))
    nearest2: Floats = distance2.min(axis=1)
    return nearest2


def _dot(a: Floats, b: Floats) -> Floats:
    product: Floats = a * b
    dot: Floats = product[0] + product[1]
    return dot
