"""A small town for tests: two communities of two grids each, and one community undivided.

Everything is laid out in degrees around 117 E, 40 N, where 0.001 degrees are 85 m by 111 m.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gridmap.locating import Gazetteer, Locator, Matcher, Rows
from gridmap.locating.gathering import settle
from gridmap.locating.rows import NOWHERE
from gridmap.moments import FOREVER
from gridmap.routing.ground import Ground, UnitRow
from gridmap.routing.owners import DutyRow, Owners, Worker
from gridmap.routing.router import Router
from gridmap.routing.rules import Rules
from gridmap.settings import data_folder

WEST, SOUTH, STEP = 117.0, 40.0, 0.01
DAY = 86_400_000_000
RULES = data_folder() / "rules" / "default.toml"


def box(column: float, row: float, wide: float = 1, high: float = 1) -> shapely.Polygon:
    """A box of the town's raster."""
    west, south = WEST + column * STEP, SOUTH + row * STEP
    return shapely.box(west, south, west + wide * STEP, south + high * STEP)


def at(column: float, row: float) -> tuple[float, float]:
    """Longitude and latitude of a place of the town's raster."""
    return WEST + column * STEP, SOUTH + row * STEP


def unit(
    code: str, level: str, parent: str | None, *, scheme: str = "general", name: str | None = None,
    valid: tuple[int, int] = (0, FOREVER), id: int = 0,
) -> UnitRow:  # fmt: skip
    """One unit; its name is made from its code when none is given."""
    return UnitRow(id or int(code), scheme, level, code, name or f"单元{code}", parent, *valid)


#: 1 district > 11 street > 111, 112 divided into grids, 113 not divided; a gap lies north of 1112.
UNITS: list[tuple[UnitRow, shapely.Polygon | None]] = [
    (unit("1", "district", None, name="示例区"), box(0, 0, 6, 2)),
    (unit("11", "street", "1", name="河东街道办事处"), box(0, 0, 6, 2)),
    (unit("111", "community", "11", name="柳林社区"), box(0, 0, 2, 2)),
    (unit("112", "community", "11", name="槐树社区"), box(2, 0, 2, 2)),
    (unit("113", "community", "11", name="桥头社区"), box(4, 0, 2, 2)),
    (unit("1111", "grid", "111", name="第一网格"), box(0, 0, 1, 2)),
    (unit("1112", "grid", "111", name="第二网格"), box(1, 0, 1, 1)),
    (unit("1121", "grid", "112", name="第一网格"), box(2, 0, 1, 2)),
    (unit("1122", "grid", "112", name="第二网格"), box(3, 0, 1, 2)),
]


def ground(units: list[tuple[UnitRow, shapely.Polygon | None]] = UNITS) -> Ground:
    """The town's ground."""
    return Ground([row for row, _ in units], np.array([shape for _, shape in units], dtype=object))


def worker(id: int) -> Worker:
    """Somebody of whom only a number is known."""
    return Worker(id, f"P{id}", f"员工{id}")


def duty(
    person: int, role: str, code: str, *, scheme: str = "general", matter: str | None = None,
    valid: tuple[int, int] = (0, FOREVER), instead_of: int | None = None,
) -> DutyRow:  # fmt: skip
    """One duty."""
    return DutyRow(person, role, scheme, code, matter, *valid, instead_of)


def owners(duties: list[DutyRow], absences: list[tuple[int, int, int]] | None = None) -> Owners:
    """The duties of people who are made up as they are needed."""
    ids = {one.person_id for one in duties}
    ids |= {one.substitute_for_id for one in duties if one.substitute_for_id is not None}
    return Owners([worker(id) for id in sorted(ids)], duties, absences or [])


def router(
    *,
    units: list[tuple[UnitRow, shapely.Polygon | None]] = UNITS,
    duties: list[DutyRow] | None = None,
    absences: list[tuple[int, int, int]] | None = None,
    rules: Path = RULES,
    places: dict[str, BaseGeometry] | None = None,
) -> Router:
    """A router over the town."""
    known, found = owners(duties or [], absences), matcher(units, places)
    return Router(ground(units), known, Rules.load(rules), Locator(found, 0.8), "test")


def matcher(
    units: list[tuple[UnitRow, shapely.Polygon | None]] = UNITS,
    places: dict[str, BaseGeometry] | None = None,
) -> Matcher:
    """A matcher that knows the town's units, and places by name: estates, or services at points."""
    rows = Rows()
    keys = [(row.scheme, row.code) for row, _ in units]
    for row, shape in units:
        above = (row.scheme, row.parent_code or "")
        rows.add(
            f"unit/{row.scheme}/{row.code}", row.level, row.name, code=row.code,
            parent=keys.index(above) if above in keys else -1,
            box=NOWHERE if shape is None else shape.bounds,
            valid=(row.valid_from, row.valid_to),
        )  # fmt: skip
    areas = {entry: shape for entry, (_, shape) in enumerate(units) if shape is not None}
    estates = {}
    for number, (name, shape) in enumerate((places or {}).items(), start=1):
        middle = shape.centroid
        entry = rows.add(
            f"place/{number}", "estate" if shape.area else "service", name,
            box=shape.bounds, point=(middle.x, middle.y),
        )  # fmt: skip
        if shape.area:
            estates[entry] = shape
    settle(rows, areas, estates)
    return Matcher(Gazetteer.build(rows))
