"""Write the invented demonstration district: python data/demonstration/make.py [FOLDER].

Everything follows from the seed: the same seed writes the same bytes. Without FOLDER the files go
beside this script.
"""

import random
import sys
from collections.abc import Iterator
from pathlib import Path

from maker import aliases, export, faults, people
from maker.land import Estate, Land, make_land
from maker.output import line, point, polygon, write_csv, write_geojson
from maker.places import Places
from maker.rings import Point
from maker.roads import RIVER, Road, Stems, name_roads, road_of_edges
from maker.tickets import Month
from maker.town import Town, Unit, make_town

SEED = 20261001
FAULTY_COMMUNITY = 5
RIVER_HALF_WIDTH_M = 22.0

Feature = tuple[dict[str, object], dict[str, object]]


def write_all(folder: Path) -> None:
    """Make the district and write its files into a folder that exists."""
    rng = random.Random(SEED)
    town = make_town(rng)
    stems = Stems(rng)
    roads = name_roads(town, stems, rng)
    land = make_land(town, road_of_edges(roads), stems, rng)
    _write_units(folder, town, land)
    _write_places(folder, roads, land)
    duties = people.make_duties(town, land, random.Random(SEED + 1))
    write_csv(folder / "duties.csv", people.HEADER, duties)
    heads = people.make_building_heads(land.estates, random.Random(SEED + 2))
    write_csv(folder / "duties-buildings.csv", people.HEADER, heads)
    others = aliases.make_aliases(land.estates, random.Random(SEED + 4))
    write_csv(folder / "aliases.csv", aliases.HEADER, others)
    rng = random.Random(SEED + 3)
    places = Places(town, land, road_of_edges(roads), rng)
    tickets = Month(town, land, places, rng).write()
    rows, truths = export.export(tickets, rng)
    write_csv(folder / "tickets.csv", export.HEADER, rows, bom=True)
    write_csv(folder / "expected.csv", export.TRUTH_HEADER, truths)


def _write_units(folder: Path, town: Town, land: Land) -> None:
    levels = {
        "district": [town.district],
        "street": town.streets,
        "community": town.communities,
        "grid": town.grids,
    }
    for level, units in levels.items():
        write_geojson(folder / f"units-{level}.geojson", map(_unit, units))
    write_geojson(folder / "exclusive.geojson", map(_unit, people.exclusive_units(land)))
    faulty = faults.faulty_grids(town.communities[FAULTY_COMMUNITY])
    write_geojson(folder / "units-with-faults.geojson", faulty)


def _write_places(folder: Path, roads: list[Road], land: Land) -> None:
    streets = [road for road in roads if road.rank != "river"]
    named: list[Feature] = [
        ({"name": road.name, "class": road.rank}, line(road.path)) for road in streets
    ]
    write_geojson(folder / "roads.geojson", named)
    river = next(road for road in roads if road.name == RIVER)
    water = [("演示河", "river", _widened(river.path)), ("演示池塘", "pond", land.pond)]
    shapes: list[Feature] = [
        ({"name": name, "class": kind}, polygon(ring)) for name, kind, ring in water
    ]
    write_geojson(folder / "water.geojson", shapes)
    estates = [(_estate(estate), polygon(estate.ring)) for estate in land.estates]
    write_geojson(folder / "estates.geojson", estates)
    write_geojson(folder / "buildings.geojson", _buildings(land.estates))
    write_geojson(folder / "entrances.geojson", _entrances(land.estates))


def _unit(unit: Unit) -> Feature:
    parent = unit.parent.code if unit.parent else ""
    return {"code": unit.code, "name": unit.name, "parent": parent}, polygon(unit.ring)


def _estate(estate: Estate) -> dict[str, object]:
    address = f"{estate.road.name}{estate.number}号"
    use = "office" if estate.kind == "office" else "residential"
    return {"name": estate.name, "use": use, "address": address, "grid": estate.grid.code}


def _buildings(estates: list[Estate]) -> Iterator[Feature]:
    for estate in estates:
        for building in estate.buildings:
            properties: dict[str, object] = {
                "code": building.code,
                "name": f"{estate.name}{building.number}号楼",
                "parent": estate.grid.code,
                "number": building.number,
                "estate": estate.name,
                "floors": building.floors,
                "households": building.households,
            }
            yield properties, polygon(building.ring)


def _entrances(estates: list[Estate]) -> Iterator[Feature]:
    for estate in estates:
        for building in estate.buildings:
            for number, door in enumerate(building.doors, start=1):
                code = f"{building.code}{number:02d}"
                name = f"{number}单元"
                yield {"code": code, "name": name, "parent": building.code}, point(door)


def _widened(path: list[Point]) -> list[Point]:
    """Ring along both banks of a line that runs from west to east."""
    south = [(x, round(y - RIVER_HALF_WIDTH_M, 2)) for x, y in path]
    north = [(x, round(y + RIVER_HALF_WIDTH_M, 2)) for x, y in path]
    return [*south, *north[::-1]]


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    write_all(target)
