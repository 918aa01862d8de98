"""The tree of the scaled district: grids, what lies above them, and the people who answer."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy.orm import Session
from support.city import ESTATES, named, stems
from support.lattice import Lattice

from gridmap.model import Duty, Person, Unit
from gridmap.storage import bulk

SEED = 20261001
DISTRICT, ORIGIN = "990101", "demonstration"
BEGAN = np.datetime64("2025-01-01", "us")
#: Grids of a community, communities of a street office: from west to east, from north to south.
COMMUNITY, OFFICE = (5, 2), (4, 5)

Shapes = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Grids:
    """The grids as the rest is placed by them.

    Attributes
    ----------
    lattice
        Their ground: grid i is its cell i.
    ids, codes, names, workers
        The rows of units, and the people who answer.
    estates
        The name of the estate in each.
    """

    lattice: Lattice
    ids: npt.NDArray[np.int64]
    codes: list[str]
    names: list[str]
    workers: npt.NDArray[np.int64]
    estates: list[str]


def add_units(session: Session, lattice: Lattice, count: int) -> Grids:
    """Add the tree with its people; what is above the grids is their union, vertex by vertex."""
    cells = lattice.cells(count)
    row, column = np.divmod(np.arange(count), lattice.columns)
    wide, high = COMMUNITY[0] * OFFICE[0], COMMUNITY[1] * OFFICE[1]
    office = row // high * math.ceil(lattice.columns / wide) + column // wide
    community = row % high // COMMUNITY[1] * OFFICE[0] + column % wide // COMMUNITY[0]
    within = row % COMMUNITY[1] * COMMUNITY[0] + column % COMMUNITY[0]
    offices = [f"{DISTRICT}{number + 1:03}" for number in office]
    communities = [
        f"{code}{number + 1:03}" for code, number in zip(offices, community, strict=True)
    ]
    codes = [f"{code}{number + 1:03}" for code, number in zip(communities, within, strict=True)]
    drawn = iter(stems(count + 1000, random.Random(SEED)))
    called = {DISTRICT: "演示区"}
    called |= {code: f"{next(drawn)}街道" for code in dict.fromkeys(offices)}
    called |= {code: f"{next(drawn)}社区" for code in dict.fromkeys(communities)}
    names = [
        f"{called[code]}第{number + 1}网格"
        for code, number in zip(communities, within, strict=True)
    ]
    _add_level(session, "district", {DISTRICT: _union(cells)}, called)
    _add_level(session, "street", _unions(cells, offices), called)
    _add_level(session, "community", _unions(cells, communities), called)
    grids = dict(zip(codes, cells, strict=True))
    ids, workers = _add_level(session, "grid", grids, dict(zip(codes, names, strict=True)))
    firsts = np.flatnonzero((within == 6) & (community == 0))  # one an office
    parks = {f"{codes[first]}901": _park(lattice, first) for first in firsts}
    _add_exclusive(session, parks)
    estates = named(count, ESTATES, random.Random(SEED + 1))
    return Grids(lattice, ids, codes, names, workers, estates)


def _union(cells: Shapes) -> Any:
    return shapely.coverage_union_all(cells)


def _unions(cells: Shapes, codes: Sequence[str]) -> dict[str, Any]:
    found, first, place = np.unique(codes, return_index=True, return_inverse=True)
    del first
    return {str(code): _union(cells[place == index]) for index, code in enumerate(found)}


_ROLES = {
    "district": "district_head",
    "street": "street_head",
    "community": "community_head",
    "grid": "grid_worker",
}


def _add_level(
    session: Session, level: str, areas: dict[str, Any], names: dict[str, str]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Add the units of a level, each with the person who answers; tell both ids."""
    codes = list(areas)
    ids = _add_areas(session, "general", level, areas, [names[code] for code in codes])
    people = bulk.insert(
        session,
        Person,
        {
            "code": [f"YS{code}" for code in codes],
            "name": [f"演示负责人{code[6:] or '000'}" for code in codes],
            "phone": [f"000-0000-{index % 10_000:04}" for index in range(len(codes))],
            "organisation": [f"{names[code]}（演示）" for code in codes],
        },
    )
    bulk.insert(
        session,
        Duty,
        {
            "person_id": people,
            "role": [_ROLES[level]] * len(codes),
            "scheme": ["general"] * len(codes),
            "unit_code": codes,
            "valid_from": np.full(len(codes), BEGAN),
        },
    )
    return ids, people


def _add_exclusive(session: Session, parks: dict[str, Any]) -> None:
    names = [f"演示公园{number + 1}" for number in range(len(parks))]
    _add_areas(session, "exclusive", "grid", parks, names)


def _park(lattice: Lattice, first: int) -> Any:
    u, v = np.array([[0.05, 0.6, 0.6, 0.05], [0.05, 0.05, 0.5, 0.5]])
    return lattice.patches(np.array([first]), u[None], v[None])[0]


def _add_areas(
    session: Session, scheme: str, level: str, areas: dict[str, Any], names: list[str]
) -> npt.NDArray[np.int64]:
    shapes = list(areas.values())
    parents = [None if level == "district" else code[:-3] for code in areas]
    return bulk.insert(
        session,
        Unit,
        {
            "scheme": [scheme] * len(shapes),
            "level": [level] * len(shapes),
            "code": list(areas),
            "name": names,
            "parent_code": parents,
            "valid_from": np.full(len(shapes), BEGAN),
            "origin": [ORIGIN] * len(shapes),
            "geometry": np.array(
                [shapely.MultiPolygon(list(getattr(shape, "geoms", [shape]))) for shape in shapes]
            ),
        },
    )
