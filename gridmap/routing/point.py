"""One point at a time, compiled: the polygon that covers it and how far the nearest edge is."""

from __future__ import annotations

import numpy as np

from gridmap.compiling import compiled_brief
from gridmap.routing import boxes, kernel

UNSURE = kernel.UNSURE


@compiled_brief
def cover(x: float, y: float, raster: kernel.Raster) -> int:
    """Find the lowest polygon that covers a point, NOBODY or UNSURE, as `kernel.cover` does."""
    answer = np.empty(1, np.int32)
    kernel.cover(np.full(1, x), np.full(1, y), answer, raster)
    return int(answer[0])


@compiled_brief
def nearest(x: float, y: float, tree: boxes.Boxes) -> float:
    """Measure to the nearest edge, as `boxes.nearest` does."""
    polygon, distance_m = np.empty(1, np.int32), np.empty(1)
    order = np.zeros(1, np.intp)
    boxes.nearest_in(np.full(1, x), np.full(1, y), order, polygon, distance_m, tree)
    return float(distance_m[0])
