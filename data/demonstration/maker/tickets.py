"""One month of invented 12345 tickets, most of them ordinary, some wrong in a known way."""

import math
import random
from dataclasses import dataclass, replace
from datetime import datetime

import shapely

from maker.land import Land
from maker.matters import EMERGENCY, GROUNDS, ORDINARY, RAIN, ROADSIDE, SPECIALIST, Matter
from maker.output import lonlat
from maker.people import exclusive_units
from maker.places import Place, Places, Truth
from maker.rings import Point, centroid
from maker.roads import RIVER
from maker.town import Town, Unit

STORM_DAYS = (17, 18)
HOURS = [1, 1, 1, 1, 1, 2, 5, 9, 14, 16, 15, 12, 8, 9, 12, 13, 12, 10, 10, 9, 7, 5, 3, 2]
HOLIDAYS = range(1, 8)


@dataclass(frozen=True)
class Ticket:
    """One row with what is true of it."""

    at: datetime
    case: str
    matter: Matter
    address: str
    where: Point | None
    unit_code: str
    true_grid: str
    also: tuple[str, ...] = ()
    content: str = ""
    number: str = ""


class Month:
    """Writes the tickets of October 2026."""

    def __init__(self, town: Town, land: Land, places: Places, rng: random.Random) -> None:
        self.town, self.land, self.places, self.rng = town, land, places, rng
        self.truth = Truth(town.grids)
        self.tickets: list[Ticket] = []

    def write(self) -> list[Ticket]:
        """All tickets in the order of the export, numbered by day."""
        for matters, count in ((ORDINARY, 1930), (SPECIALIST, 70), (EMERGENCY, 32)):
            for _ in range(count):
                self._add_located(self._matter(matters))
        for _ in range(90):
            self._add_located(self._matter(RAIN), day=self.rng.choice(STORM_DAYS))
        self._add_hot_spots()
        self._add_without_coordinate()
        self._add_near_edges()
        self._add_around_pond()
        self._add_exclusive()
        self._add_wrong_coordinates()
        self._add_formulas()
        return self._numbered()

    def _matter(self, matters: list[Matter]) -> Matter:
        return self.rng.choices(matters, [matter.weight for matter in matters])[0]

    def _moment(self, day: int | None = None) -> datetime:
        days = list(range(1, 32))
        weights = [3 if d in STORM_DAYS else 1 if d in HOLIDAYS else 2 for d in days]
        day = day or self.rng.choices(days, weights)[0]
        hour = self.rng.choices(range(24), HOURS)[0]
        return datetime(2026, 10, day, hour, self.rng.randrange(60), self.rng.randrange(60))

    def _add(
        self,
        case: str,
        matter: Matter,
        address: str,
        where: Point | None,
        *,
        unit_code: str,
        true_grid: str,
        also: tuple[str, ...] = (),
        content: str = "",
        day: int | None = None,
    ) -> None:
        self.tickets.append(
            Ticket(
                *(self._moment(day), case, matter, address, where, unit_code, true_grid),
                also=also,
                content=content or f"{self.rng.choice(matter.words)}，请尽快处理。",
            )
        )

    def _add_located(self, matter: Matter, day: int | None = None) -> None:
        self._add_at(matter, self.places.draw(matter.place), day)

    def _add_at(self, matter: Matter, place: Place, day: int | None = None) -> None:
        code = place.grid.code
        address = f"演示区{place.address}" if self.rng.random() < 0.6 else place.address
        where = lonlat(place.point)
        self._add("located", matter, address, where, unit_code=code, true_grid=code, day=day)

    def _add_hot_spots(self) -> None:
        """Report the same matter at the same spot several times within a few days."""
        for _ in range(12):
            matter = self._matter(ORDINARY)
            place = self.places.draw(matter.place)
            first = self.rng.randint(1, 24)
            for _ in range(self.rng.randint(4, 8)):
                x, y = place.point
                near = (x + self.rng.uniform(-1, 1), y + self.rng.uniform(-1, 1))
                self._add_at(matter, replace(place, point=near), self.rng.randint(first, first + 6))

    def _add_without_coordinate(self) -> None:
        """Leave a fifth of the export with an address only, from a grid's name down to nothing."""
        shared = {"望海社区"}
        for _ in range(600):
            matter = self._matter(ORDINARY)
            place = self.places.draw(matter.place)
            grid, community, street = place.grid, place.community, place.street
            forms = [
                (0.12, "address_grid", f"{street.name}{grid.name}", grid.code),
                (0.03, "address_code", f"网格编码{grid.code}，{place.detail}", grid.code),
                (0.25, "address_community", f"{street.name}{community.name}{place.detail}", None),
                (0.12, "address_community_only", f"{community.name}{place.detail}", None),
                (0.28, "address_street", place.address, street.code),
                (0.12, "address_unnamed", place.detail, ""),
                (0.08, "address_vague", self.rng.choice(VAGUE), ""),
            ]
            _, case, address, code = self.rng.choices(forms, [form[0] for form in forms])[0]
            if code is None:
                alone = case == "address_community_only" and community.name in shared
                case, code = ("address_ambiguous", "") if alone else (case, community.code)
            if address == self.town.district.name:
                case, code = "address_district", self.town.district.code
            case = case.removesuffix("_only")
            self._add(case, matter, address, None, unit_code=code, true_grid=grid.code)

    def _add_near_edges(self) -> None:
        """On shared vertices exactly, and within a metre of a shared edge."""
        matters = [matter for matter in ORDINARY if matter.place == ROADSIDE]
        for number in range(100):
            matter = self.rng.choice(matters)
            grid, start, end, beside = self._shared_edge()
            road = self.places.road_of(start, end)
            place = Place(
                grid, start, f"{road.name}路口" if road and road.name != RIVER else "河边"
            )
            if number < 40:
                where, case = lonlat(start), "on_boundary"
                beside = self.truth.holders(where)
            else:
                where, case = lonlat(self._just_inside(start, end)), "near_boundary"
            owner = self.truth.holders(where)[0]
            also = tuple(code for code in beside if code != owner)
            self._add(
                *(case, matter, place.address, where), unit_code=owner, true_grid=owner, also=also
            )

    def _shared_edge(self) -> tuple[Unit, Point, Point, list[str]]:
        """Draw an edge that two grids share, with the grid on its left."""
        while True:
            grid = self.rng.choice(self.town.grids)
            edges = list(zip(grid.ring, grid.ring[1:] + grid.ring[:1], strict=True))
            start, end = self.rng.choice(edges)
            beside = [g.code for g in self.town.grids if start in g.ring and end in g.ring]
            if len(beside) > 1:
                return grid, start, end, beside

    def _just_inside(self, start: Point, end: Point) -> Point:
        """Return a point 5 to 80 cm to the left of an edge."""
        off, t = self.rng.uniform(0.05, 0.8), self.rng.uniform(0.2, 0.8)
        length = math.dist(start, end)
        x = start[0] + t * (end[0] - start[0]) - off * (end[1] - start[1]) / length
        y = start[1] + t * (end[1] - start[1]) + off * (end[0] - start[0]) / length
        return x, y

    def _add_around_pond(self) -> None:
        """In the pond that no grid holds: near its bank, and in the middle of it."""
        first = self.land.pond_grids[0]
        middle = centroid(self.land.pond)
        community = first.parent or first
        for number in range(14):
            bank = self.land.pond[number % len(self.land.pond)]
            inward = 1.0 if number >= 10 else 0.25
            spread = self.rng.uniform(-1.5, 1.5)
            x = bank[0] + inward * (middle[0] - bank[0]) + spread
            y = bank[1] + inward * (middle[1] - bank[1]) + spread
            where = lonlat((x, y))
            far = number >= 10
            code = community.code if far else self.truth.nearest(where)
            place = Place(first, (x, y), "池塘中央小岛" if far else "池塘边")
            case, matter = "gap_far" if far else "gap_near", self._matter(GROUND_MATTERS)
            self._add(case, matter, place.address, where, unit_code=code, true_grid="")

    def _add_exclusive(self) -> None:
        """On the ground of the park, the hospital and the school."""
        for unit in exclusive_units(self.land):
            shape = shapely.Polygon(unit.ring)
            for x, y in self._inside(shape, 30):
                where = lonlat((x, y))
                holders = self.truth.holders(where)
                street = unit.parent.parent if unit.parent else None
                address = f"{street.name if street else ''}{unit.name}内"
                self._add(
                    *("exclusive", self._matter(GROUND_MATTERS), address, where),
                    unit_code=unit.code,
                    true_grid=holders[0],
                    also=tuple(holders),
                )

    def _inside(self, shape: shapely.Polygon, count: int) -> list[Point]:
        """Points at least 3 m inside a polygon."""
        low_x, low_y, high_x, high_y = shape.bounds
        found: list[Point] = []
        while len(found) < count:
            x, y = self.rng.uniform(low_x, high_x), self.rng.uniform(low_y, high_y)
            point = shapely.Point(x, y)
            if shape.contains(point) and shape.exterior.distance(point) > 3:
                found.append((x, y))
        return found

    def _add_wrong_coordinates(self) -> None:
        """0,0; longitude and latitude exchanged; far outside the district."""
        for number in range(90):
            matter = self._matter(ORDINARY)
            place = self.places.draw(matter.place)
            lon, lat = lonlat(place.point)
            away = (round(lon + self.rng.uniform(0.05, 3), 7), round(lat - 0.4, 7))
            cases = [("zero", (0.0, 0.0)), ("swapped", (lat, lon)), ("outside", away)]
            case, where = cases[number % 3]
            street, grid = place.street.code, place.grid.code
            self._add(case, matter, place.address, where, unit_code=street, true_grid=grid)

    def _add_formulas(self) -> None:
        """Cells that a spreadsheet would run when an export is opened."""
        for text in FORMULAS:
            matter = self._matter(ORDINARY)
            place = self.places.draw(matter.place)
            code, where = place.grid.code, lonlat(place.point)
            known = ("formula", matter, place.address, where)
            self._add(*known, unit_code=code, true_grid=code, content=text)

    def _numbered(self) -> list[Ticket]:
        self.tickets.sort(key=lambda ticket: ticket.at)
        counts: dict[str, int] = {}
        numbered = []
        for ticket in self.tickets:
            day = ticket.at.strftime("%Y%m%d")
            counts[day] = counts.get(day, 0) + 1
            numbered.append(replace(ticket, number=f"YS{day}-{counts[day]:04d}"))
        return numbered


GROUND_MATTERS = [matter for matter in ORDINARY if matter.place == GROUNDS]
VAGUE = ["演示区", "我家楼下", "菜市场旁边", "学校对面那条路", "不清楚", "老地方", "桥头", ""]
FORMULAS = [
    '=HYPERLINK("http://example.invalid","点击查看")',
    "=1+1",
    "+8000，收费不合理",
    "-2楼车库漏水",
    "@SUM(A1:A9)",
]
