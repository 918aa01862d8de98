"""Where a ticket happens: a point in local metres with an address that agrees with it."""

import math
import random
from dataclasses import dataclass

import shapely

from maker.land import Building, Land
from maker.matters import HOME, ROADSIDE
from maker.output import lonlat
from maker.rings import Point
from maker.roads import RIVER, Road
from maker.town import Town, Unit


@dataclass(frozen=True)
class Place:
    """A place in one grid; the address leaves out everything above the road."""

    grid: Unit
    point: Point
    detail: str

    @property
    def address(self) -> str:
        """Street office and the rest, as an operator types it."""
        return f"{self.street.name}{self.detail}"

    @property
    def community(self) -> Unit:
        """Community of the grid."""
        return _above(self.grid)

    @property
    def street(self) -> Unit:
        """Street office of the grid."""
        return _above(self.community)


class Places:
    """Draws places from the ground and its buildings."""

    def __init__(
        self, town: Town, land: Land, roads: dict[frozenset[Point], Road], rng: random.Random
    ) -> None:
        self.rng = rng
        self._roads = roads
        self._grids = town.grids
        self._weights = [rng.uniform(0.4, 1.6) for _ in town.grids]
        self._shapes = {grid.code: shapely.Polygon(grid.ring) for grid in town.grids}
        self._owned = [shapely.Polygon(ring) for ring in (land.park, land.hospital, land.school)]
        self._estates = {
            grid.code: [estate for estate in land.estates if estate.grid is grid]
            for grid in town.grids
        }

    def draw(self, kind: str) -> Place:
        """Return a place of a kind, well inside its grid and on nobody else's ground."""
        while True:
            grid = self.rng.choices(self._grids, self._weights)[0]
            place = self._roadside(grid) if kind == ROADSIDE else self._estate(grid, kind)
            if place and self._clear(place):
                return place

    def road_of(self, start: Point, end: Point) -> Road | None:
        """Road along an edge of a grid, none on the bank of the pond."""
        return self._roads.get(frozenset((start, end)))

    def _clear(self, place: Place) -> bool:
        point = shapely.Point(place.point)
        shape = self._shapes[place.grid.code]
        owned = any(ground.distance(point) < 2 for ground in self._owned)
        return shape.contains(point) and shape.exterior.distance(point) > 2 and not owned

    def _roadside(self, grid: Unit) -> Place | None:
        edges = list(zip(grid.ring, grid.ring[1:] + grid.ring[:1], strict=True))
        start, end = self.rng.choice(edges)
        road = self.road_of(start, end)
        if road is None or road.name == RIVER:
            return None
        t, off = self.rng.uniform(0.1, 0.9), self.rng.uniform(2.5, 8.0)
        length = math.dist(start, end)
        x = start[0] + t * (end[0] - start[0]) - off * (end[1] - start[1]) / length
        y = start[1] + t * (end[1] - start[1]) + off * (end[0] - start[0]) / length
        number = road.house_number(start, end)
        detail = f"{road.name}{number}号{self.rng.choice(['门前', '附近', '路边', '公交站旁'])}"
        return Place(grid, (x, y), detail)

    def _estate(self, grid: Unit, kind: str) -> Place | None:
        estates = self._estates[grid.code]
        if not estates:
            return None
        estate = self.rng.choice(estates)
        detail = f"{estate.road.name}{estate.number}号{estate.name}"
        building = self.rng.choice(estate.buildings)
        if kind == HOME:
            return self._home(grid, detail, building)
        side = self.rng.choice(["东侧", "西侧", "南侧", "北侧"])
        x, y = building.ring[0]
        point = (x + self.rng.uniform(-6, 6), y - self.rng.uniform(2, 6))
        return Place(grid, point, f"{detail}{building.number}号楼{side}")

    def _home(self, grid: Unit, detail: str, building: Building) -> Place:
        door = self.rng.randrange(len(building.doors))
        x, y = building.doors[door]
        point = (x + self.rng.uniform(-2, 2), y - self.rng.uniform(0, 4))
        room = f"{self.rng.randint(1, building.floors)}0{self.rng.randint(1, 4)}"
        return Place(grid, point, f"{detail}{building.number}号楼{door + 1}单元{room}室")


class Truth:
    """Which grids hold a point, on the rounded degrees that the files carry."""

    def __init__(self, grids: list[Unit]) -> None:
        self._codes = [grid.code for grid in grids]
        self._tree = shapely.STRtree(
            [shapely.Polygon([lonlat(point) for point in grid.ring]) for grid in grids]
        )

    def holders(self, place: Point) -> list[str]:
        """Codes of the grids that cover a longitude and latitude, lowest first."""
        found = self._tree.query(shapely.Point(place), predicate="intersects")
        return sorted(self._codes[index] for index in found)

    def nearest(self, place: Point) -> str:
        """Code of the grid nearest to a longitude and latitude."""
        return self._codes[int(self._tree.nearest(shapely.Point(place)))]


def _above(unit: Unit) -> Unit:
    if unit.parent is None:
        message = f"The unit {unit.code} of the demonstration has no parent."
        raise RuntimeError(message)
    return unit.parent
