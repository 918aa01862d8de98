"""Small walking networks drawn in metres, and a slow way of its own to walk them."""

from __future__ import annotations

import heapq
from collections import defaultdict

import numpy as np
import shapely

from gridmap.datum import Metric
from gridmap.walking.graph import graph_of
from gridmap.walking.network import Network
from gridmap.walking.usage import Use
from gridmap.walking.walkers import Walker

#: Around here metres are drawn.
WEST, SOUTH = 116.3, 39.9
METRIC = Metric.around(WEST, SOUTH)
ORIGIN = np.array(METRIC.project_point(WEST, SOUTH))

#: One metre a second: times are distances.
ON_FOOT = Walker("test", ("", ""), 1.0, False, "", "")
ON_WHEELS = Walker("test", ("", ""), 1.0, True, "", "")


def degrees(*places):
    """Places in metres from the origin, as degrees rounded as OpenStreetMap has them."""
    xy = np.array(places, dtype=float).reshape(-1, 2) + ORIGIN
    return np.round(np.column_stack(METRIC.unproject(*xy.T)), 7)


def network(*lines, use=None, gates=None):
    """Make a network of lines in metres; `gates` are places with their use."""
    shapes = np.array([shapely.LineString(degrees(*line)) for line in lines])
    uses = np.array(use or [Use.WALKED] * len(lines), dtype=np.uint8)
    places = degrees(*gates) if gates else None
    what = np.array(list(gates.values()), dtype=np.uint8) if gates else None
    return Network.of_lines(shapes, np.arange(len(lines)), uses, places, what)


def walk(made, walker=ON_FOOT):
    """Return the graph of a network for a walker."""
    return graph_of(made, walker)


def edge_at(made, x, y):
    """Return the edge at a place in metres and how far along it that is."""
    here = shapely.Point(np.array([x, y]) + ORIGIN)
    lines = [shapely.LineString(made.line(edge)) for edge in range(len(made))]
    edge = int(np.argmin([line.distance(here) for line in lines]))
    return edge, lines[edge].project(here)


def plain_times(made, start, step_m=1.0):
    """Walk from (edge, along) in steps over points on every edge, where nothing is private.

    Shares nothing with what it checks but the network's vertices.

    Returns
    -------
    list of (edge, along_m, seconds)
    """
    beside = defaultdict(list)
    points = {}
    for edge in range(len(made)):
        length = float(made.length_m[edge])
        inner = np.arange(0.0, length, step_m)[1:].tolist()
        if edge == start[0]:
            inner = sorted({*inner, float(start[1])})
        stops = [0.0, *[one for one in inner if 0 < one < length], length]
        begin, end = made.ends[edge].tolist()
        names = [("node", begin), *[(edge, one) for one in stops[1:-1]], ("node", end)]
        if edge == start[0]:
            points[start] = names[int(np.argmin(np.abs(np.array(stops) - start[1])))]
        for (one, a), (other, b) in zip(
            zip(names, stops, strict=True), zip(names[1:], stops[1:], strict=False), strict=False
        ):
            beside[one].append((other, b - a))
            beside[other].append((one, b - a))
    times, heap = {}, [(0.0, 0, points[start])]
    count = 0
    while heap:
        now, _, here = heapq.heappop(heap)
        if here in times:
            continue
        times[here] = now
        for there, cost in beside[here]:
            if there not in times:
                count += 1
                heapq.heappush(heap, (now + cost, count, there))
    return [(*name, seconds) for name, seconds in times.items() if name[0] != "node"]
