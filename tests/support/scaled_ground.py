"""What lies on the scaled district: streets, water, estates, buildings, green, services, plans."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy.orm import Session
from support.city import STREETS, named
from support.lattice import Lattice
from support.scaled_units import BEGAN, COMMUNITY, OFFICE, ORIGIN, SEED, Grids, Shapes

from gridmap.model import Bay, Circle, Place, Shed, Street
from gridmap.storage import bulk

RIVER_WIDE_DEG = 0.0004
#: Corners within a cell: the estate; what is not its ground, in turn green and a car park.
ESTATE = ([0.1, 0.8, 0.8, 0.1], [0.1, 0.1, 0.9, 0.9])
MARGIN = ([0.84, 0.92, 0.92, 0.84], [0.15, 0.15, 0.85, 0.85])
SHED = ([0.12, 0.2, 0.2, 0.12], [0.06, 0.06, 0.08, 0.08])
BAY = ([0.85, 0.91, 0.91, 0.85], [0.2, 0.2, 0.21, 0.21])
CATEGORIES = {"convenience": "便利店", "supermarket": "超市", "restaurant": "饭馆"}


def add_ground(session: Session, grids: Grids, buildings: int, rng: np.random.Generator) -> None:
    """Add all of it, with so many buildings spread evenly over the grids."""
    _add_streets(session, grids.lattice)
    _add_water(session, grids.lattice)
    estates = _add_estates(session, grids)
    _add_buildings(session, grids, estates, buildings, rng)
    _add_margins(session, grids)
    _add_plans(session, grids)


def _add_streets(session: Session, lattice: Lattice) -> None:
    """Add the lines between the cells, in pieces of a community's length; one is the river."""
    drawn = iter(named(lattice.rows + lattice.columns + 2, STREETS, random.Random(SEED + 2)))
    names, classes, lines = [], [], []
    for row in range(lattice.rows + 1):
        name = next(drawn)
        if row == river_row(lattice):
            continue
        kind = _street_class(row, COMMUNITY[1], OFFICE[1])
        for piece in _pieces(lattice.across[row], COMMUNITY[0]):
            names.append(name), classes.append(kind), lines.append(piece)
    for column in range(lattice.columns + 1):
        name, kind = next(drawn), _street_class(column, COMMUNITY[0], OFFICE[0])
        for piece in _pieces(lattice.down[:, column], COMMUNITY[1]):
            names.append(name), classes.append(kind), lines.append(piece)
    bulk.insert(
        session,
        Street,
        {
            "name": names,
            "street_class": classes,
            **_sourced("street", len(lines)),
            "geometry": np.array(lines, dtype=object),
        },
    )


def river_row(lattice: Lattice) -> int:
    """Tell which line between the rows is the river."""
    return (lattice.rows + 1) // 2


def _street_class(line: int, community: int, office: int) -> str:
    if line % (community * office) == 0:
        return "primary"
    return "residential" if line % community else "secondary"


def _pieces(edges: npt.NDArray[np.float64], length: int) -> list[Any]:
    """Join edges of shape (n, vertices, 2) that follow each other, so many a piece."""
    starts = range(0, len(edges), length)
    return [shapely.LineString(_joined(edges[start : start + length])) for start in starts]


def _joined(edges: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.concatenate([*edges[:, :-1], edges[-1, -1:]])


def _sourced(kind: str, count: int) -> dict[str, Any]:
    return {
        "source": [ORIGIN] * count,
        "source_id": [f"{kind}/{number + 1}" for number in range(count)],
        "origin": [ORIGIN] * count,
    }


def _add_places(
    session: Session, kind: str, shapes: Any, names: Sequence[str | None], **columns: Any
) -> npt.NDArray[np.int64]:
    count = len(names)
    return bulk.insert(
        session,
        Place,
        {
            "kind": [kind] * count,
            "name": list(names),
            **columns,
            **_sourced(kind, count),
            "geometry": shapes,
        },
    )


def _add_water(session: Session, lattice: Lattice) -> None:
    line = shapely.LineString(_joined(lattice.across[river_row(lattice)]))
    river = line.simplify(RIVER_WIDE_DEG / 10).buffer(RIVER_WIDE_DEG, quad_segs=4)
    ponds = lattice.within(np.arange(3, lattice.rows * lattice.columns, 40), 0.88, 0.5)
    shapes = [river, *shapely.buffer(shapely.points(ponds), 0.0001)]
    names = ["演示河", *(f"演示塘{number + 1}" for number in range(len(ponds)))]
    _add_places(session, "water", np.array(shapes), names)


def _patches(lattice: Lattice, cells: npt.NDArray[np.int64], corners: Any) -> Shapes:
    u, v = (np.broadcast_to(np.array(axis), (len(cells), len(axis))) for axis in corners)
    return lattice.patches(cells, u, v)


def _add_estates(session: Session, grids: Grids) -> npt.NDArray[np.int64]:
    cells = np.arange(len(grids.ids))
    return _add_places(
        session,
        "estate",
        _patches(grids.lattice, cells, ESTATE),
        grids.estates,
        unit_code=grids.codes,
        street=[f"演示{code[-9:-6]}路" for code in grids.codes],
        number=[str(index % 200 + 1) for index in cells],
    )


def _add_buildings(
    session: Session,
    grids: Grids,
    estates: npt.NDArray[np.int64],
    count: int,
    rng: np.random.Generator,
) -> None:
    """Add rows of three buildings within the estates; every fourth has a wing."""
    cell = np.sort(np.arange(count) % len(grids.ids))
    number = np.arange(count) - np.searchsorted(cell, cell)
    down = math.ceil((number.max(initial=0) + 1) / 3)
    west = 0.12 + 0.22 * (number % 3)
    south = 0.12 + 0.76 * (number // 3) / down
    wide, high = 0.16 * rng.uniform(0.7, 1.1, count), 0.76 / down * rng.uniform(0.3, 0.5, count)
    steps = ([0, 1, 1, 0.4, 0.4, 0], [0, 0, 1, 1, 1.6, 1.6])
    winged = number % 4 == 3
    u, v = (
        start[:, None] + size[:, None] * np.array(step)
        for start, size, step in zip((west, south), (wide, high), steps, strict=True)
    )
    v[~winged] = south[~winged, None] + high[~winged, None] * np.array([0, 0, 1, 1, 1, 1])
    u[~winged, 4] = u[~winged, 3]  # a corner that stands twice, taken out below
    shapes = grids.lattice.patches(cell, u, v)
    shapes[~winged] = shapely.remove_repeated_points(shapes[~winged])
    numbers = [str(one + 1) for one in number]
    _add_places(
        session,
        "building",
        shapes,
        [f"{grids.estates[at]}{one}号楼" for at, one in zip(cell, numbers, strict=True)],
        number=numbers,
        parent_id=estates[cell],
        unit_code=[grids.codes[at] for at in cell],
    )


def _add_margins(session: Session, grids: Grids) -> None:
    """Add what lies beside the estates: green, car parks, services."""
    cells = np.arange(len(grids.ids))
    green, parking = cells[::3], cells[1::3]
    _add_places(
        session, "green", _patches(grids.lattice, green, MARGIN), [f"演示绿地{i}" for i in green]
    )
    _add_places(
        session,
        "parking",
        _patches(grids.lattice, parking, MARGIN),
        [f"演示停车场{i}" for i in parking],
    )
    shops = cells[::2]
    category = [list(CATEGORIES)[index % len(CATEGORIES)] for index in range(len(shops))]
    points = grids.lattice.within(shops, 0.5, 0.05)
    ids = _add_places(
        session,
        "service",
        shapely.points(points),
        [f"演示{CATEGORIES[key]}{index}" for index, key in enumerate(category)],
        category=category,
    )
    few = slice(None, None, 50)
    bulk.insert(
        session,
        Circle,
        {
            "place_id": ids[few],
            "walker": ["adult"] * len(ids[few]),
            "minutes": [15.0] * len(ids[few]),
            "network_version": [0] * len(ids[few]),
            "computed_at": np.full(len(ids[few]), BEGAN),
            "geometry": shapely.multipolygons(
                [
                    [shape]
                    for shape in shapely.buffer(shapely.points(points[few]), 0.009, quad_segs=6)
                ]
            ),
        },
    )


def _add_plans(session: Session, grids: Grids) -> None:
    """Add sheds and the bays of the car parks, most of them existing."""
    cells = np.arange(len(grids.ids))
    sheds, parking = cells[::2], np.repeat(cells[1::3], 4)
    bulk.insert(
        session,
        Shed,
        {
            "status": ["existing" if index % 10 < 7 else "proposed" for index in range(len(sheds))],
            "name": [f"{grids.estates[at]}车棚" for at in sheds],
            "capacity": [20 + int(at) % 60 for at in sheds],
            "chargers": [int(at) % 20 for at in sheds],
            "origin": [ORIGIN] * len(sheds),
            "geometry": _patches(grids.lattice, sheds, SHED),
        },
    )
    u, v = (np.broadcast_to(np.array(axis), (len(parking), 4)) for axis in BAY)
    along = 0.1 * (np.arange(len(parking)) % 4)[:, None]
    bulk.insert(
        session,
        Bay,
        {
            "status": ["existing"] * len(parking),
            "origin": [ORIGIN] * len(parking),
            "geometry": grids.lattice.patches(parking, u, v + along),
        },
    )
