"""What stands on the ground: pond, park, parcels, estates, buildings and their doors."""

import math
import random
from dataclasses import dataclass, field

import shapely

from maker.rings import Point, area_m2, centroid, cut_ring, find_cut
from maker.roads import Road, Stems
from maker.town import Town, Unit

MARGIN_M = {"river": 34.0, "primary": 20.0, "secondary": 14.0, "residential": 9.0}
SPLIT_ABOVE_M2 = 56_000.0
BANK_M = 10.0
FAR_AWAY = [(9e5, 0.0), (9e5, 1.0)]
POND_EDGES = 6
POND_HALF_WIDTH_M = 56.0
ESTATE_SUFFIXES = ["花园", "家园", "苑", "小区", "新村", "雅居", "里"]


@dataclass(frozen=True)
class Style:
    """How the buildings of one estate look; doors are those of one building."""

    length_m: float
    depth_m: float
    row_m: float
    floors: tuple[int, int]
    doors: int
    homes_a_floor: int


STYLES = {
    "slab": Style(46.0, 11.0, 27.0, (5, 6), 4, 2),
    "mid": Style(38.0, 13.0, 38.0, (9, 11), 2, 2),
    "tower": Style(25.0, 20.0, 52.0, (18, 28), 1, 4),
    "office": Style(40.0, 22.0, 48.0, (4, 15), 1, 0),
}


@dataclass(eq=False)
class Building:
    """One numbered building with its doors."""

    number: int
    ring: list[Point]
    floors: int
    households: int
    doors: list[Point]
    code: str = ""


@dataclass(eq=False)
class Estate:
    """A walled estate 小区, or an office park, with its address."""

    name: str
    kind: str
    ring: list[Point]
    grid: Unit
    road: Road
    number: int
    buildings: list[Building] = field(default_factory=list)


@dataclass
class Land:
    """Everything that is not a unit of the general scheme."""

    pond: list[Point]
    park: list[Point]
    hospital: list[Point]
    school: list[Point]
    park_grid: Unit
    hospital_grid: Unit
    school_grid: Unit
    pond_grids: tuple[Unit, Unit]
    estates: list[Estate]


def make_land(
    town: Town, roads: dict[frozenset[Point], Road], stems: Stems, rng: random.Random
) -> Land:
    """Lay out the land; the two grids beside the pond lose its ground."""
    first, second, edge = _longest_shared(town, town.communities[2:8])
    pond = _lens(edge, POND_EDGES, POND_HALF_WIDTH_M)
    _dig(first, second, pond, edge)
    park_grid, other, park_edge = _longest_shared(town, town.communities[12:])
    park = _blob(park_edge[len(park_edge) // 2], 105.0, 80.0, rng)
    if area_m2(park_grid.ring) < area_m2(other.ring):
        park_grid = other
    taken = [shapely.Polygon(pond), shapely.Polygon(park)]
    parcels = []
    for grid in town.grids:
        parcels += [(grid, ring) for ring in _parcels(grid, roads, taken, rng)]
    large = [item for item in parcels if 17_000 < area_m2(item[1]) < 26_000]
    hospital_grid, hospital = large[len(large) // 3]
    school_grid, school = large[2 * len(large) // 3]
    homes = [item for item in parcels if item[1] not in (hospital, school)]
    estates = [_estate(grid, ring, roads, stems, rng) for grid, ring in homes]
    for grid in town.grids:
        own = [estate for estate in estates if estate.grid is grid]
        _number_buildings(grid, own)
    return Land(
        *(pond, park, hospital, school, park_grid, hospital_grid, school_grid),
        pond_grids=(first, second),
        estates=[estate for estate in estates if estate.buildings],
    )


def _longest_shared(town: Town, communities: list[Unit]) -> tuple[Unit, Unit, list[Point]]:
    """Find the neighbouring grids of one community with the longest common edge."""
    best: tuple[Unit, Unit, list[Point]] | None = None
    for community in communities:
        for i, first in enumerate(community.children):
            for second in community.children[i + 1 :]:
                shared = [point for point in first.ring if point in second.ring]
                if best is None or len(shared) > len(best[2]):
                    best = (first, second, _in_line(first.ring, shared))
    if best is None:
        message = "The demonstration town has no two neighbouring grids."
        raise RuntimeError(message)
    return best


def _in_line(ring: list[Point], shared: list[Point]) -> list[Point]:
    """Shared vertices in the order in which the ring passes them."""
    start = next(i for i, p in enumerate(ring) if p in shared and ring[i - 1] not in shared)
    turned = ring[start:] + ring[:start]
    return [point for point in turned if point in shared]


def _lens(edge: list[Point], edges: int, half_width_m: float) -> list[Point]:
    """Lay a pond over the middle of an edge, its two ends vertices of it."""
    middle = len(edge) // 2
    start, end = edge[middle - edges // 2], edge[middle + edges - edges // 2]
    length = math.dist(start, end)
    along = ((end[0] - start[0]) / length, (end[1] - start[1]) / length)
    sides: list[Point] = []
    for side in (1, -1):
        steps = range(1, 8) if side == 1 else range(7, 0, -1)
        sides.append(start if side == 1 else end)
        for step in steps:
            t = step / 8
            out = side * half_width_m * math.sin(math.pi * t) ** 0.6
            x = start[0] + along[0] * length * t - along[1] * out
            y = start[1] + along[1] * length * t + along[0] * out
            sides.append((round(x, 2), round(y, 2)))
    return sides


def _dig(first: Unit, second: Unit, pond: list[Point], edge: list[Point]) -> None:
    """Let each grid end at its own bank of the pond."""
    start, end = pond[0], pond[8]
    banks = [pond[1:8], pond[9:][::-1]]
    lost = edge[edge.index(start) + 1 : edge.index(end)]
    for grid in (first, second):
        ring = grid.ring
        at = ring.index(lost[0])
        ring = ring[at:] + ring[:at]
        kept = [point for point in ring if point not in lost]
        options = []
        for bank in banks:
            way = bank if kept[-1] == start else bank[::-1]
            options.append([*kept, *way])
        grid.ring = min(options, key=area_m2)


def _blob(centre: Point, width_m: float, height_m: float, rng: random.Random) -> list[Point]:
    ring = []
    for step in range(24):
        angle = 2 * math.pi * step / 24
        swell = 1 + 0.12 * math.sin(3 * angle + 1) + rng.uniform(-0.03, 0.03)
        x = centre[0] + width_m * swell * math.cos(angle)
        y = centre[1] + height_m * swell * math.sin(angle)
        ring.append((round(x, 2), round(y, 2)))
    return ring


def _parcels(
    grid: Unit,
    roads: dict[frozenset[Point], Road],
    taken: list[shapely.Polygon],
    rng: random.Random,
) -> list[list[Point]]:
    """Ground of a grid behind its streets and off the water, in one or two pieces."""
    edges = list(zip(grid.ring, grid.ring[1:] + grid.ring[:1], strict=True))
    lines = {
        rank: shapely.multilinestrings(
            [list(edge) for edge in edges if _rank(roads, edge) == rank] or [FAR_AWAY]
        )
        for rank in MARGIN_M
    }
    pieces = [grid.ring]
    if area_m2(grid.ring) > SPLIT_ABOVE_M2:
        pieces = list(cut_ring(grid.ring, find_cut(grid.ring, 0.5, set(), rng, 0.0)))
    ground = shapely.Polygon(grid.ring)
    parcels = []
    for piece in pieces:
        for ring in _shrunk(piece, _away_from(lines["river"], piece)):
            polygon = shapely.Polygon(ring)
            clear = all(shapely.distance(lines[r], polygon) >= MARGIN_M[r] for r in MARGIN_M)
            dry = all(shapely.distance(other, polygon) > BANK_M for other in taken)
            if polygon.is_valid and clear and dry and ground.contains(polygon):
                parcels.append(ring)
                break
    return parcels


def _away_from(river: shapely.MultiLineString, piece: list[Point]) -> Point:
    """Return the unit vector from the nearest point of the river to the middle of the piece."""
    x, y = centroid(piece)
    near = shapely.shortest_line(river, shapely.Point(x, y)).coords[0]
    length = math.dist(near, (x, y))
    return (x - near[0]) / length, (y - near[1]) / length


def _shrunk(ring: list[Point], away: Point) -> list[list[Point]]:
    """Ever smaller copies of a ring, the first that fits is used."""
    cx, cy = centroid(ring)
    copies = []
    for scale in (0.92, 0.87, 0.82, 0.76, 0.7, 0.62, 0.54, 0.46):
        for shift_m in (0.0, 10.0, 20.0):
            ox, oy = cx + away[0] * shift_m, cy + away[1] * shift_m
            moved = [(ox + scale * (x - cx), oy + scale * (y - cy)) for x, y in ring]
            copies.append([(round(x, 2), round(y, 2)) for x, y in moved])
    return copies


def _rank(roads: dict[frozenset[Point], Road], edge: tuple[Point, Point]) -> str:
    road = roads.get(frozenset(edge))
    return road.rank if road else "residential"


def _estate(
    grid: Unit,
    ring: list[Point],
    roads: dict[frozenset[Point], Road],
    stems: Stems,
    rng: random.Random,
) -> Estate:
    """Build an estate with the address of the street that runs along it the longest."""
    edges = [
        (roads[frozenset(edge)], edge)
        for edge in zip(grid.ring, grid.ring[1:] + grid.ring[:1], strict=True)
        if frozenset(edge) in roads and roads[frozenset(edge)].rank != "river"
    ]
    centre = centroid(ring)
    road, edge = min(edges, key=lambda item: math.dist(item[1][0], centre))
    rng.choice([1, 2])  # once chose the side; what follows is to stay as it was
    number = road.house_number(*edge)
    kind = rng.choices(["slab", "mid", "tower", "office"], [50, 22, 16, 12])[0]
    suffix = "商务园" if kind == "office" else rng.choice(ESTATE_SUFFIXES)
    estate = Estate(stems.take() + suffix, kind, ring, grid, road, number)
    estate.buildings = _buildings(ring, STYLES[kind], rng)
    return estate


def _buildings(ring: list[Point], style: Style, rng: random.Random) -> list[Building]:
    """Rows of buildings that face about south, as far as they fit."""
    cx, cy = centroid(ring)
    turn = rng.uniform(-0.18, 0.18)
    cos, sin = math.cos(turn), math.sin(turn)
    ground = shapely.Polygon(ring)
    reach = max(math.dist((cx, cy), point) for point in ring)
    pitch = style.length_m + 10.0
    buildings: list[Building] = []
    y = reach
    while y > -reach:
        x = -reach + rng.uniform(0, 8)
        while x < reach:
            box = [(x, y - style.depth_m), (x + style.length_m, y - style.depth_m)]
            box += [(x + style.length_m, y), (x, y)]
            corners = [
                (round(cx + a * cos - b * sin, 2), round(cy + a * sin + b * cos, 2)) for a, b in box
            ]
            if ground.contains(shapely.Polygon(corners)):
                floors = rng.randint(*style.floors)
                homes = floors * style.doors * style.homes_a_floor
                doors = _doors(corners, style.doors)
                buildings.append(Building(len(buildings) + 1, corners, floors, homes, doors))
                x += pitch
            else:
                x += 6.0
        y -= style.row_m
    return buildings


def _doors(corners: list[Point], count: int) -> list[Point]:
    """Doors along the north side, from the west."""
    east, west = corners[2], corners[3]
    places = [(2 * door + 1) / (2 * count) for door in range(count)]
    return [
        (round(west[0] + t * (east[0] - west[0]), 2), round(west[1] + t * (east[1] - west[1]), 2))
        for t in places
    ]


def _number_buildings(grid: Unit, estates: list[Estate]) -> None:
    """Code of a building: its grid and five digits, counted through the grid."""
    buildings = [building for estate in estates for building in estate.buildings]
    for number, building in enumerate(buildings, start=1):
        building.code = f"{grid.code}{number:05d}"
