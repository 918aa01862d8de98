"""A small invented town of named and numbered things, as rows of a gazetteer.

It lies around 117 E, 40 N, where 0.001 degrees are 85 m by 111 m. Two street offices, 河东 in the
west and 河西 in the east, of two communities each; 望云路 runs north, 映屿街 east, and they cross
at 117.010, 40.010. A second town, at 73 W, writes Latin letters.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

import shapely

from gridmap.locating import Gazetteer, Matcher, Rows
from gridmap.locating.gathering import settle
from gridmap.moments import FOREVER

WEST, SOUTH = 117.0, 40.0
DAY = 86_400_000_000
#: Since when things are as they are, and when it was otherwise.
SINCE = 20_000 * DAY
BEFORE = SINCE - DAY

#: Code, level, code above, name, box in thousandths of degrees east and north.
UNITS = [
    ("990101", "district", "", "示例区", (0, 0, 60, 20)),
    ("990101001", "street", "990101", "河东街道办事处", (0, 0, 30, 20)),
    ("990101002", "street", "990101", "河西街道办事处", (30, 0, 60, 20)),
    ("990101001001", "community", "990101001", "柳林社区居委会", (0, 0, 15, 20)),
    ("990101001002", "community", "990101001", "槐树社区", (15, 0, 30, 20)),
    ("990101002001", "community", "990101002", "柳荫社区", (30, 0, 45, 20)),
    ("990101002002", "community", "990101002", "桥头社区", (45, 0, 60, 20)),
    ("990101001001001", "grid", "990101001001", "第一网格", (0, 0, 15, 10)),
    ("990101001001002", "grid", "990101001001", "第二网格", (0, 10, 15, 20)),
    ("990101001002001", "grid", "990101001002", "第一网格", (15, 0, 30, 10)),
]
#: Name and box of estates; 幸福里小区 is in two communities.
ESTATES = [
    ("望云雅居", (2, 2, 6, 6)),
    ("映屿家园", (16, 2, 20, 6)),
    ("幸福里小区", (2, 12, 5, 15)),
    ("幸福里小区", (32, 2, 35, 5)),
    ("四方景园一区", (36, 2, 39, 5)),
    ("四方景园二区", (40, 2, 43, 5)),
]
#: The lines of roads; 槐安路 has a bend, 远山路 meets no other.
ROADS = [
    ("映屿街", [(0, 10), (30, 10)]),
    ("望云路", [(10, 0), (10, 20)]),
    ("槐安路", [(20, 0), (20, 15), (28, 15)]),
    ("远山路", [(50, 18), (55, 18)]),
]
#: House numbers of 映屿街: odd ones north of it, even ones south.
HOUSES = {1: 2, 5: 6, 9: 12, 2: 3, 6: 7, 10: 14}


@dataclass
class Town:
    """Rows with the entries by a name of their own, and the areas that hold others."""

    rows: Rows = field(default_factory=Rows)
    units: dict[int, Any] = field(default_factory=dict)
    areas: dict[int, Any] = field(default_factory=dict)

    def place(self, kind: str, name: str | None, east: float, north: float, **more: Any) -> int:
        """Add something at a point, in thousandths of degrees."""
        point = at(east, north)
        number = len(self.rows) + 1
        return self.rows.add(
            f"place/{number}", kind, name, box=(*point, *point), point=point, **more
        )

    def area(self, kind: str, name: str, bounds: tuple[float, ...], **more: Any) -> int:
        """Add something with ground."""
        shape = ground(*bounds)
        entry = self.rows.add(f"place/{len(self.rows) + 1}", kind, name, box=shape.bounds, **more)
        if kind == "estate":
            self.areas[entry] = shape
        return entry


def at(east: float, north: float) -> tuple[float, float]:
    """Longitude and latitude of a place of the town."""
    return WEST + east / 1000, SOUTH + north / 1000


def ground(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """A box of the town."""
    return shapely.box(*at(west, south), *at(east, north))


def town() -> Town:
    """Make the rows; they grow when a gazetteer is built of them."""
    made = Town()
    _add_units(made)
    _add_estates(made)
    _add_roads(made)
    _add_others(made)
    _add_latin(made)
    settle(made.rows, made.units, made.areas)
    return made


@cache
def gazetteer() -> Gazetteer:
    """The town's gazetteer; the same for all tests, so do not change it."""
    return Gazetteer.build(town().rows, "town")


@cache
def matcher() -> Matcher:
    """A matcher over it."""
    return Matcher(gazetteer())


def _add_units(made: Town) -> None:
    entries: dict[str, int] = {}
    for code, level, above, name, bounds in UNITS:
        shape = ground(*bounds)
        entry = made.rows.add(
            f"unit/general/{code}", level, name, code=code, parent=entries.get(above, -1),
            box=shape.bounds,
        )  # fmt: skip
        entries[code], made.units[entry] = entry, shape
    for name, valid in (("渔村社区", (0, SINCE)), ("新渔社区", (SINCE, FOREVER))):
        shape = ground(60, 0, 70, 20)
        entry = made.rows.add(
            "unit/general/990101003001", "community", name, code="990101003001", box=shape.bounds,
            valid=valid,
        )  # fmt: skip
        made.units[entry] = shape


def _add_estates(made: Town) -> None:
    estates = [made.area("estate", name, bounds) for name, bounds in ESTATES]
    for number in range(1, 6):
        east, north = 2.5 + number % 2, 2.5 + number / 2
        made.place("building", f"望云雅居{number}号楼", east, north, parent=estates[0])
    first = made.rows.name.index("望云雅居1号楼")
    for number in (1, 2):
        made.place("entrance", None, 3.5, 3, number=f"{number}单元", parent=first)
    for number in ("1", "2", "甲3"):
        made.place("building", None, 16.5 + len(number), 3, number=number)
    for estate, (east, north) in ((2, (3, 13)), (3, (33, 3))):
        for number in (1, 2):
            made.place(
                "building", f"{number}号楼", east, north + number / 2, parent=estates[estate]
            )
    made.place("building", "幸福里小区7号楼", 33, 4.5, parent=estates[3])
    made.place("building", "四方景园一区3号楼", 37, 3, parent=estates[4])
    made.place("building", "四方景园二区3号楼", 41, 3, parent=estates[5])
    made.place("gate", "南门", 4, 2)
    made.place("gate", "东门", 6, 4)
    for number in (1, 2):
        made.place("building", f"汀兰公寓{number}号楼", 22 + number / 5, 4)
    made.rows.aliases.append(("政法小区", estates[1]))
    made.rows.aliases.append(("河东商务楼", made.rows.name.index("四方景园一区3号楼")))


def _add_roads(made: Town) -> None:
    for name, points in ROADS:
        line = shapely.LineString([at(*point) for point in points])
        middle = shapely.line_interpolate_point(line, 0.5, normalized=True)
        entry = made.rows.add(
            f"street/{name}", "road", name, box=line.bounds, point=(middle.x, middle.y)
        )
        made.rows.lines[entry] = line
    for number, east in HOUSES.items():
        north = 10.1 if number % 2 else 9.9
        made.place("address", None, east, north, street="映屿街", number=f"{number}号")
    made.place("address", None, 20, 13, street="槐安路", number="11号")
    made.place("address", None, 26, 15, street="槐安路", number="15号")
    made.place("estate", "示例大院", 9.5, 3, street="望云路", number="44号院")
    made.place("building", "3号楼", 9.4, 3.1, parent=made.rows.name.index("示例大院"))


def _add_others(made: Town) -> None:
    made.place("service", "康宁药店", 4.5, 5.5, category="pharmacy")
    made.place("service", "向阳", 5.5, 5.5, category="supermarket")
    made.place("service", "向阳", 50, 5, category="restaurant")
    made.place("service", "清华大学西门便利店", 51, 6, category="convenience")
    made.area("green", "桥头公园", (52, 2, 56, 6))
    made.place("estate", "旧粮库", 25, 3, valid=(0, SINCE))
    made.place("estate", "清河苑", 26, 3)
    made.place("estate", "无坐标家园", float("nan"), float("nan"))


def _add_latin(made: Town) -> None:
    maspeth, harlem = ["MASPETH", "QUEENS"], ["HARLEM", "MANHATTAN"]
    for number, street, quarter, crossings, east in (
        ("69-17", "GRAND AVENUE", maspeth, ["69 STREET", "69 PLACE"], 0),
        ("69-25", "GRAND AVENUE", maspeth, ["69 PLACE", "70 STREET"], 0.8),
        ("70-01", "GRAND AVENUE", maspeth, ["70 STREET"], 2),
        ("12", "MAIN STREET", maspeth, [], 5),
        ("12", "MAIN STREET", harlem, [], 105),
        ("20", "MAIN STREET", harlem, [], 106),
        ("7", "ELDER LANE", harlem, [], 110),
    ):
        point = (-73.9 + east / 1000, 40.7)
        entry = made.rows.add(
            f"place/{len(made.rows) + 1}", "address", None, street=street, number=number,
            box=(*point, *point), point=point,
        )  # fmt: skip
        made.rows.localities[entry] = quarter
        if crossings:
            made.rows.crossings[entry] = crossings
    point = (-73.9, 40.7003)
    corner = made.rows.add("place/corner", "address", None, box=(*point, *point), point=point)
    made.rows.crossings[corner] = ["ELM STREET", "OAK STREET"]
    made.rows.localities[corner] = maspeth
