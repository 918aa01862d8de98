"""Names for the cuts: a street that goes on past a crossing keeps its name."""

import math
import random
from dataclasses import dataclass
from itertools import pairwise

from maker.rings import Cut, Point
from maker.town import Town

FIRST = "听望观临映枕倚逐问挽拾沐拂鉴泊揽依栖漱澄"
SECOND = "涛鸥帆屿礁澜汐霞贝珊螺汀浦岚星潮云月"
SUFFIXES = {"primary": ["大道"], "secondary": ["路"], "residential": ["街", "巷", "街", "路"]}
STRAIGHT_ON = math.radians(40)
RING_ROAD = "环海路"
RIVER = "演示河"


@dataclass(eq=False)
class Road:
    """A named line; its rank says how wide it is."""

    name: str
    rank: str
    path: list[Point]

    def house_number(self, start: Point, end: Point) -> int:
        """Give the number of the ground left of an edge: odd to the left of the road."""
        first, last = self.path.index(start), self.path.index(end)
        if abs(first - last) > 1:  # where a ring closes
            first, last = (place or len(self.path) - 1 for place in (first, last))
        return 2 * min(first, last) + (1 if first < last else 2)


class Stems:
    """Pairs of characters, each given out once, in an order fixed by the seed."""

    def __init__(self, rng: random.Random) -> None:
        pairs = [a + b for a in FIRST for b in SECOND]
        self._left = sorted(pairs, key=lambda _: rng.random())
        self._left.remove("听涛")

    def take(self) -> str:
        """Return the next unused pair."""
        return self._left.pop()


def name_roads(town: Town, stems: Stems, rng: random.Random) -> list[Road]:
    """One road for each named line, the longest chain of cuts that continue each other."""
    roads = [Road(RING_ROAD, "primary", [*town.district.ring, town.district.ring[0]])]
    for cut in town.cuts:
        if cut.rank == "river":
            roads.append(Road(RIVER, "river", cut.path))
            continue
        earlier = next((road for road in roads[1:] if _continues(road, cut)), None)
        if earlier is None:
            suffix = rng.choice(SUFFIXES[cut.rank])
            roads.append(Road(stems.take() + suffix, cut.rank, cut.path))
        else:
            earlier.path = _joined(earlier.path, cut.path)
    return roads


def road_of_edges(roads: list[Road]) -> dict[frozenset[Point], Road]:
    """Look-up from the two ends of an edge to the road it lies on."""
    return {frozenset(edge): road for road in roads for edge in pairwise(road.path)}


def _continues(road: Road, cut: Cut) -> bool:
    if road.rank != cut.rank or road.path[0] == road.path[-1]:
        return False
    for mine in (road.path, road.path[::-1]):
        for other in (cut.path, cut.path[::-1]):
            if mine[-1] == other[0] and _turn(mine[-3], mine[-1], other[2]) < STRAIGHT_ON:
                return True
    return False


def _turn(before: Point, at: Point, after: Point) -> float:
    arriving = math.atan2(at[1] - before[1], at[0] - before[0])
    leaving = math.atan2(after[1] - at[1], after[0] - at[0])
    return abs((leaving - arriving + math.pi) % (2 * math.pi) - math.pi)


def _joined(mine: list[Point], other: list[Point]) -> list[Point]:
    if mine[0] in (other[0], other[-1]):
        mine = mine[::-1]
    if mine[-1] != other[0]:
        other = other[::-1]
    return [*mine, *other[1:]]
