"""The ground plan: one outline cut into streets, communities and grids, in local metres."""

import math
import random
from dataclasses import dataclass, field

from maker.rings import SPACING_M, Cut, Point, area_m2, centroid, cut_ring, find_cut, swayed_path

DISTRICT_CODE = "990101"
DISTRICT_NAME = "演示区"
STREET_NAMES = ["潮甲街道", "潮乙街道", "潮丙街道", "潮丁街道"]
# Two communities share a name and one name ends with another: text alone must not decide there.
COMMUNITY_NAMES = [
    *["听涛社区", "银鸥社区", "白浪社区", "望海社区", "青屿社区"],
    *["东听涛社区", "云帆社区", "锚地社区", "灯塔社区", "月汐社区"],
    *["望海社区", "贝湾社区", "珊岚社区", "潮生社区", "远礁社区"],
    *["霞浦里社区", "星澜社区", "螺洲里社区", "海晏社区", "虹汀社区"],
]
GRID_COUNT = 150
CORNERS = [
    *[(-1780.0, -640.0), (-1330.0, -1090.0), (-420.0, -1240.0), (560.0, -1130.0)],
    *[(1380.0, -1010.0), (1690.0, -380.0), (1760.0, 420.0), (1330.0, 1020.0)],
    *[(390.0, 1180.0), (-560.0, 1110.0), (-1420.0, 960.0), (-1820.0, 250.0)],
]


@dataclass(eq=False)
class Unit:
    """One area of the tree; the ring is counter-clockwise and not closed."""

    level: str
    ring: list[Point]
    code: str = ""
    name: str = ""
    parent: "Unit | None" = None
    children: list["Unit"] = field(default_factory=list)

    @property
    def centre(self) -> Point:
        """Centre of mass in local metres."""
        return centroid(self.ring)


@dataclass
class Town:
    """The tree of units with the lines that divide it."""

    district: Unit
    cuts: list[Cut]

    @property
    def streets(self) -> list[Unit]:
        """Street units in order of code."""
        return self.district.children

    @property
    def communities(self) -> list[Unit]:
        """Community units in order of code."""
        return [unit for street in self.streets for unit in street.children]

    @property
    def grids(self) -> list[Unit]:
        """Grid units in order of code."""
        return [unit for community in self.communities for unit in community.children]


class _Knife:
    """Cuts ground and remembers where streets meet."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.cuts: list[Cut] = []
        self.junctions: set[Point] = set()

    def along(self, ring: list[Point], path: list[Point], rank: str) -> list[list[Point]]:
        self.cuts.append(Cut(rank, path))
        self.junctions |= {path[0], path[-1]}
        return list(cut_ring(ring, path))

    def into(self, ring: list[Point], count: int, rank: str, sway: float) -> list[list[Point]]:
        if count == 1:
            return [ring]
        fewer = count // 2
        share = fewer / count + self.rng.uniform(-0.07, 0.07)
        path = find_cut(ring, share, self.junctions, self.rng, sway)
        small, large = sorted(self.along(ring, path, rank), key=area_m2)
        return [
            *self.into(small, fewer, rank, sway),
            *self.into(large, count - fewer, rank, sway),
        ]


def make_town(rng: random.Random) -> Town:
    """Build the whole tree with codes and names."""
    knife = _Knife(rng)
    outline = _outline(rng)
    district = Unit("district", outline, DISTRICT_CODE, DISTRICT_NAME)
    river = swayed_path(
        _nearest(outline, (-1800.0, -250.0)), _nearest(outline, (1750.0, 130.0)), 0.085, rng, 5
    )
    halves = knife.along(outline, river, "river")
    for half in halves:
        for ring in knife.into(half, 2, "primary", 0.05):
            _add(district, "street", ring)
    _number(district, STREET_NAMES, band_m=900.0)
    names = iter(COMMUNITY_NAMES)
    for street in district.children:
        for ring in knife.into(street.ring, 5, "secondary", 0.05):
            _add(street, "community", ring)
        _number(street, [next(names) for _ in street.children], band_m=350.0)
    communities = [unit for street in district.children for unit in street.children]
    for community, count in zip(communities, _grid_counts(communities), strict=True):
        for ring in knife.into(community.ring, count, "residential", 0.06):
            _add(community, "grid", ring)
        named = [f"{community.name}第{number}网格" for number in range(1, count + 1)]
        _number(community, named, band_m=150.0)
    return Town(district, knife.cuts)


def _outline(rng: random.Random) -> list[Point]:
    """Lay the outer ring road: rounded corners, a vertex about every 25 m, counter-clockwise."""
    ring = CORNERS
    for _ in range(3):
        ring = [
            (a[0] * w + b[0] * (1 - w), a[1] * w + b[1] * (1 - w))
            for a, b in zip(ring, ring[1:] + ring[:1], strict=True)
            for w in (0.82, 0.18)
        ]
    dense: list[Point] = []
    for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
        for step in range(count := max(1, round(math.dist(a, b) / SPACING_M))):
            t = step / count
            x, y = a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])
            dense.append((x, y))
    spaced = [dense[0]]
    for point in dense[1:]:
        if math.dist(spaced[-1], point) >= SPACING_M * 0.7:
            spaced.append(point)
    return [
        (round(x + rng.uniform(-1.5, 1.5), 2), round(y + rng.uniform(-1.5, 1.5), 2))
        for x, y in spaced
    ]


def _nearest(ring: list[Point], place: Point) -> Point:
    return min(ring, key=lambda vertex: math.dist(vertex, place))


def _add(parent: Unit, level: str, ring: list[Point]) -> None:
    parent.children.append(Unit(level, ring, parent=parent))


def _number(parent: Unit, names: list[str], band_m: float) -> None:
    """Give three more digits to each child: rows from the north, in a row from the west.

    The direction is that of the Beijing grid standard as reported in its abstract; the height of a
    row is our choice.
    """
    top = max(child.centre[1] for child in parent.children)
    parent.children.sort(key=lambda unit: (int((top - unit.centre[1]) / band_m), unit.centre[0]))
    for number, (child, name) in enumerate(zip(parent.children, names, strict=True), start=1):
        child.code = f"{parent.code}{number:03d}"
        child.name = name


def _grid_counts(communities: list[Unit]) -> list[int]:
    """Share out the grids among the communities: more per area near the centre of the town."""
    weights = [
        area_m2(unit.ring) * (1.5 - 0.9 * min(1.0, math.hypot(*unit.centre) / 1800))
        for unit in communities
    ]
    scale = GRID_COUNT / sum(weights)
    counts = [max(4, int(weight * scale)) for weight in weights]
    by_rest = sorted(range(len(counts)), key=lambda i: counts[i] - weights[i] * scale)
    for index in by_rest[: GRID_COUNT - sum(counts)]:
        counts[index] += 1
    return counts
