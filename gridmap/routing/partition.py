"""Points to polygons: which one covers a point, how far its boundary is, which others are near."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from gridmap.routing.edges import Edges, Floats, Indices, Places

if TYPE_CHECKING:
    from gridmap.routing.kernel import Raster

# Below it shapely's trees answer sooner than numba is imported and a raster laid; unless that has
# been done already.
FEW = 5_000


class Partition:
    """
    An immutable index over polygons in metres, made for a partition: units that share edges.

    Gaps, overlaps, holes and islands are answered as well. Where several polygons cover a point,
    because it lies on a shared edge or they overlap, the lowest index is the answer: sort the
    polygons by what shall decide.

    Few points are answered by shapely, many by a raster of cells and a tree of boxes that are
    compiled, and made when they are first needed; both ways agree to the bit. An index may be
    shared by threads and sent to another process, which makes its own raster.

    Parameters
    ----------
    polygons
        Valid polygons and multipolygons in a projected CRS, shape (m,); None and empty ones cover
        nothing.
    """

    def __init__(self, polygons: ArrayLike) -> None:
        self._polygons: NDArray[Any] = np.array(polygons, dtype=object, ndmin=1)
        shapely.prepare(self._polygons)
        # GEOS completes a prepared polygon at the first point within its bounds, and is not made
        # for two threads to do that at once: ask for one point each now.
        west, south, east, north = shapely.bounds(self._polygons).T
        shapely.intersects_xy(self._polygons, (west + east) / 2, (south + north) / 2)
        self._few = FEW

    def compile(self) -> None:
        """
        Make the compiled way ready now, and use it for single points too from here on.

        It takes about a second, and some seconds more the first time on a machine; a service that
        lives long does it beside its work.
        """
        somewhere = np.zeros(1)
        if self._raster is not None:
            from gridmap.routing.raster import cover

            cover(self._raster, somewhere, somewhere)
        self._edges.nearest_of_many(somewhere, somewhere)
        self._few = 0
        self.at(0.0, 0.0)

    def __len__(self) -> int:
        return len(self._polygons)

    def __reduce__(self) -> tuple[type[Partition], tuple[NDArray[Any]]]:
        return Partition, (self._polygons,)

    def covering(self, x: ArrayLike, y: ArrayLike) -> Indices:
        """
        Find the polygon that covers each point, its boundary included.

        Parameters
        ----------
        x, y
            Metres, shape (n,).

        Returns
        -------
        polygon
            Shape (n,); the lowest of several, -1 where there is none and for NaN.
        """
        x, y = _columns(x, y)
        if len(x) < self._few or self._raster is None:
            return self._covering_exactly(x, y)
        from gridmap.routing.raster import UNSURE, cover

        answer = cover(self._raster, x, y)
        unsure = np.flatnonzero(answer == UNSURE)
        if len(unsure):
            answer[unsure] = self._covering_exactly(x[unsure], y[unsure])
        return answer

    def boundary_distance(self, x: ArrayLike, y: ArrayLike) -> Floats:
        """
        Measure from each point to the nearest edge of any polygon.

        Within a valid partition that is the distance to the boundary of the covering polygon.

        Parameters
        ----------
        x, y
            Metres, shape (n,).

        Returns
        -------
        distance_m
            Shape (n,); NaN for NaN, infinite where there is no edge at all.
        """
        return self._nearest_edge(*_columns(x, y))[1]

    def at(self, x: float, y: float) -> tuple[int, float]:
        """
        Find the polygon that covers one point, and measure to the nearest edge of any.

        As `covering` and `boundary_distance`, without the arrays that many points need.

        Parameters
        ----------
        x, y
            Metres, finite.

        Returns
        -------
        polygon
            The lowest of several, -1 where there is none.
        distance_m
            Infinite where there is no edge at all.
        """
        if self._few or self._raster is None:
            return self._at_exactly(x, y)
        from gridmap.routing import point

        polygon = point.cover(x, y, self._raster)
        if polygon == point.UNSURE:
            return self._at_exactly(x, y)
        return polygon, point.nearest(x, y, self._edges.boxes)

    def _at_exactly(self, x: float, y: float) -> tuple[int, float]:
        xs, ys = _columns([x], [y])
        return int(self._covering_exactly(xs, ys)[0]), float(self._nearest_edge(xs, ys)[1][0])

    def nearest(self, x: ArrayLike, y: ArrayLike) -> tuple[Indices, Floats]:
        """
        Find the polygon that covers each point, else the nearest one.

        Parameters
        ----------
        x, y
            Metres, shape (n,).

        Returns
        -------
        polygon
            Shape (n,); the lowest of several as near, -1 for NaN or where there is no polygon.
        distance_m
            Shape (n,); 0 where the polygon covers the point, NaN for NaN, infinite where there
            is no polygon.
        """
        x, y = _columns(x, y)
        polygon, distance_m = self.covering(x, y), np.zeros(len(x))
        outside = polygon < 0
        polygon[outside], distance_m[outside] = self._nearest_edge(x[outside], y[outside])
        return polygon, distance_m

    def near(self, x: ArrayLike, y: ArrayLike, limit_m: float) -> tuple[Places, Indices, Floats]:
        """
        Find all polygons within a distance of each point, those that cover it included.

        Parameters
        ----------
        x, y
            Metres, shape (n,).
        limit_m
            The greatest distance that counts.

        Returns
        -------
        point
            Index of the point, shape (pairs,), never descending.
        polygon
            Index of the polygon; those of one point by distance, then by index.
        distance_m
            From the point to the polygon, 0 where it covers the point.
        """
        x, y = _columns(x, y)
        if len(x) < FEW or self._raster is None:
            return self._near_exactly(x, y, limit_m)
        from gridmap.routing.raster import sole

        only = sole(self._raster, x, y)
        open_ = np.flatnonzero((only < -1) | (self._nearest_edge(x, y)[1] <= limit_m))
        only[open_] = -1
        sure = np.flatnonzero(only >= 0)
        point, polygon, distance_m = self._near_exactly(x[open_], y[open_], limit_m)
        point = np.concatenate([sure, open_[point]])
        order = np.argsort(point, kind="stable")
        return (
            point[order],
            np.concatenate([only[sure], polygon])[order],
            np.concatenate([np.zeros(len(sure)), distance_m])[order],
        )

    def _covering_exactly(self, x: Floats, y: Floats) -> Indices:
        point, polygon = self._covering_pairs(x, y)
        answer = np.full(len(x), -1, np.int32)
        # The pairs are in order of point, then polygon: written backwards, the lowest is last.
        answer[point[::-1]] = polygon[::-1]
        return answer

    def _near_exactly(self, x: Floats, y: Floats, limit_m: float) -> tuple[Places, Indices, Floats]:
        known = np.isfinite(x) & np.isfinite(y)
        if not known.all():
            point, polygon, distance_m = self._near_exactly(x[known], y[known], limit_m)
            return np.flatnonzero(known)[point], polygon, distance_m
        inside, covering = self._covering_pairs(x, y)
        beside, nearby, away_m = self._edges.within(x, y, limit_m)
        if len(beside) == 0:  # as for most single points
            return inside, covering, np.zeros(len(inside))
        point = np.concatenate([inside, beside])
        polygon = np.concatenate([covering, nearby])
        distance_m = np.concatenate([np.zeros(len(inside)), away_m])
        # One pair of each point and polygon, the nearest, and then in the order promised.
        order = np.lexsort((distance_m, polygon, point))
        point, polygon, distance_m = point[order], polygon[order], distance_m[order]
        first = (np.diff(point, prepend=-1) != 0) | (np.diff(polygon, prepend=-1) != 0)
        point, polygon, distance_m = point[first], polygon[first], distance_m[first]
        order = np.lexsort((polygon, distance_m, point))
        return point[order], polygon[order], distance_m[order]

    def _covering_pairs(self, x: Floats, y: Floats) -> tuple[Places, Indices]:
        """All pairs of a point and a polygon that covers it, by point, then by polygon."""
        point, polygon = self._tree.query(shapely.points(np.array((x, y)).T))
        covers = shapely.intersects_xy(self._polygons[polygon], x[point], y[point])
        point, polygon = point[covers], polygon[covers].astype(np.int32)
        order = np.lexsort((polygon, point))
        return point[order], polygon[order]

    def _nearest_edge(self, x: Floats, y: Floats) -> tuple[Indices, Floats]:
        known = np.isfinite(x) & np.isfinite(y)
        if not known.all():
            polygon, distance_m = np.full(len(x), -1, np.int32), np.full(len(x), np.nan)
            polygon[known], distance_m[known] = self._nearest_edge(x[known], y[known])
            return polygon, distance_m
        if len(x) < self._few:
            return self._edges.nearest(x, y)
        return self._edges.nearest_of_many(x, y)

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self._polygons)

    @cached_property
    def _raster(self) -> Raster | None:
        from gridmap.routing.raster import build_raster

        return build_raster(self._polygons)

    @cached_property
    def _edges(self) -> Edges:
        return Edges(self._polygons)


def _columns(x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    return np.ascontiguousarray(x, np.float64), np.ascontiguousarray(y, np.float64)
