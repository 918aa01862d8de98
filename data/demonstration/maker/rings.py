"""Cut a ring of vertices in two so that both halves keep every vertex of the cut.

All ground of the demonstration town comes from cutting one outline again and again. A cut begins
and ends at vertices that exist already, so neighbours share their vertices exactly and no union or
overlay is ever needed.
"""

import math
import random
from dataclasses import dataclass
from itertools import pairwise

import shapely

Point = tuple[float, float]

SPACING_M = 25.0
CORNER_SINE = 0.55
CLEARANCE_M = 9.0


@dataclass(frozen=True)
class Cut:
    """A line that divided a piece of ground: later a road or the river."""

    rank: str
    path: list[Point]


def cross(origin: Point, first: Point, second: Point) -> float:
    """Twice the signed area of a triangle, in square metres."""
    return (first[0] - origin[0]) * (second[1] - origin[1]) - (first[1] - origin[1]) * (
        second[0] - origin[0]
    )


def area_m2(ring: list[Point]) -> float:
    """Signed area of an unclosed ring, positive when it runs counter-clockwise."""
    return sum(cross((0.0, 0.0), a, b) for a, b in zip(ring, ring[1:] + ring[:1], strict=True)) / 2


def centroid(ring: list[Point]) -> Point:
    """Centre of mass of an unclosed ring."""
    x = y = total = 0.0
    for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
        weight = a[0] * b[1] - b[0] * a[1]
        x += (a[0] + b[0]) * weight
        y += (a[1] + b[1]) * weight
        total += weight
    return x / (3 * total), y / (3 * total)


def swayed_path(
    start: Point, end: Point, sway: float, rng: random.Random, waves: int = 2
) -> list[Point]:
    """Line from start to end that bends sideways by about sway times its length."""
    length = math.dist(start, end)
    count = max(2, round(length / SPACING_M))
    bends = [(rng.uniform(-1, 1) * sway * length / wave, wave) for wave in range(1, waves + 1)]
    normal = (-(end[1] - start[1]) / length, (end[0] - start[0]) / length)
    path = [start]
    for index in range(1, count):
        t = index / count
        side = sum(height * math.sin(math.pi * wave * t) for height, wave in bends)
        x = start[0] + t * (end[0] - start[0]) + side * normal[0]
        y = start[1] + t * (end[1] - start[1]) + side * normal[1]
        path.append((round(x, 2), round(y, 2)))
    return [*path, end]


def cut_ring(ring: list[Point], path: list[Point]) -> tuple[list[Point], list[Point]]:
    """Both halves of a counter-clockwise ring along a path between two of its vertices."""
    first, last = ring.index(path[0]), ring.index(path[-1])
    if first > last:
        first, last, path = last, first, path[::-1]
    inner = path[1:-1]
    return ring[first : last + 1] + inner[::-1], ring[: first + 1] + inner + ring[last:]


def find_cut(
    ring: list[Point],
    share: float,
    junctions: set[Point],
    rng: random.Random,
    sway: float,
) -> list[Point]:
    """Find a plausible street across a ring that leaves about `share` of the area on one side.

    Short, square to the edges it meets and continuing a street on the other side of the edge where
    there is one; never a few steps beside an existing corner.
    """
    polygon = shapely.Polygon(ring)
    shapely.prepare(polygon)
    edge = shapely.LineString([*ring, ring[0]])
    for _, first, last in sorted(_scored_chords(ring, share, junctions, rng))[:400]:
        for factor in (1.0, 0.4, 0.0):
            path = swayed_path(ring[first], ring[last], sway * factor, rng)
            inner = shapely.points(path[1:-1])
            if len(path) < 4:
                break
            clear = shapely.distance(inner[1:-1], edge) > CLEARANCE_M
            if clear.all() and polygon.covers(shapely.LineString(path)):
                return path
    message = "No street fits across a piece of ground: change the seed of the demonstration."
    raise RuntimeError(message)


def _scored_chords(
    ring: list[Point], share: float, junctions: set[Point], rng: random.Random
) -> list[tuple[float, int, int]]:
    total = area_m2(ring)
    sums = [0.0]
    for a, b in pairwise(ring):
        sums.append(sums[-1] + cross((0.0, 0.0), a, b) / 2)
    costs = _vertex_costs(ring, junctions)
    usable = [index for index, cost in enumerate(costs) if cost is not None]
    scored = []
    for position, i in enumerate(usable):
        for j in usable[position + 1 :]:
            part = (sums[j] - sums[i] + cross((0.0, 0.0), ring[j], ring[i]) / 2) / total
            miss = min(abs(part - share), abs(part - 1 + share))
            if miss > 0.08:
                continue
            length = math.dist(ring[i], ring[j])
            slant = _slant(ring, i, j) + _slant(ring, j, i)
            cost = 3 * miss + length / math.sqrt(total) + 0.9 * slant
            cost += (costs[i] or 0.0) + (costs[j] or 0.0) + rng.uniform(0, 0.15)
            scored.append((cost, i, j))
    return scored


def _vertex_costs(ring: list[Point], junctions: set[Point]) -> list[float | None]:
    """None where no street may begin, less than zero where one ends on the other side."""
    count = len(ring)
    costs: list[float | None] = []
    for index, vertex in enumerate(ring):
        before, after = ring[index - 1], ring[(index + 1) % count]
        turn = abs(cross(vertex, before, after))
        turn /= max(math.dist(before, vertex) * math.dist(vertex, after), 1e-9)
        near = any(ring[(index + step) % count] in junctions for step in (-2, -1, 1, 2))
        if turn > CORNER_SINE:
            costs.append(None)
        elif vertex in junctions:
            costs.append(-0.3)
        else:
            costs.append(0.6 if near else 0.0)
    return costs


def _slant(ring: list[Point], index: int, other: int) -> float:
    """0 where the chord leaves the edge squarely, 1 where it runs along it."""
    before, after = ring[index - 1], ring[(index + 1) % len(ring)]
    tangent = (after[0] - before[0], after[1] - before[1])
    chord = (ring[other][0] - ring[index][0], ring[other][1] - ring[index][1])
    sine = tangent[0] * chord[1] - tangent[1] * chord[0]
    return 1 - abs(sine) / max(math.hypot(*tangent) * math.hypot(*chord), 1e-9)
