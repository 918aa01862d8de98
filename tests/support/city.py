"""An invented city of any size in a store: streets, estates, buildings, doors, addresses, shops.

Names are put together from characters that such names are made of, so that many differ by one
character only, as in a real city. Nothing in it is real.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import shapely
from support.known import Known

from gridmap.model import Place, Street, Unit
from gridmap.storage import Store, bulk

WEST, SOUTH = 116.2, 39.7
#: Between neighbours; length of a street; side of a community, of which SIDE stand in a row.
STEP_DEG, LENGTH_DEG, SIDE_DEG, SIDE = 0.0005, 0.01, 0.03, 10
FIRST = (
    "安宝北长常朝晨春翠大德东芳丰福富光广国海和红宏华怀嘉建江金锦景静康兰乐丽林龙绿美明南宁平青清荣"
)
SECOND = (
    "石双顺松泰天通同万望文西祥向新欣兴秀旭学雅阳银永玉园源月云泽中紫泉湖河山庭城苑桥庄门台坊屯楼"
)
ESTATES = ("小区", "家园", "花园", "新村", "苑", "里", "雅居", "公寓", "嘉园", "府")
STREETS = ("路", "街", "大街", "胡同", "巷", "东路", "西路", "南街", "北街", "中路")
SHOPS = (
    "便利店",
    "超市",
    "药店",
    "饭馆",
    "理发店",
    "洗衣店",
    "水果店",
    "幼儿园",
    "卫生站",
    "宾馆",
    "修车铺",
    "文印社",
)
#: Of a hundred entries: streets, estates, buildings, doors, addresses, shops.
SHARES = {"street": 0.4, "estate": 1.6, "building": 24.0, "address": 20.0, "service": 4.0}


def stems(count: int, rng: random.Random) -> list[str]:
    """Draw distinct stems, of two characters as far as these go, then of three."""
    pairs = ["".join(pair) for pair in itertools.product(FIRST, SECOND)]
    rng.shuffle(pairs)
    more = (first + pair for first in SECOND for pair in pairs)
    return list(itertools.islice(itertools.chain(pairs, more), count))


def named(count: int, endings: Sequence[str], rng: random.Random) -> list[str]:
    """Draw distinct names; about one stem in four comes with a second ending too."""
    drawn = stems(math.ceil(count * 0.8), rng)
    names = [stem + rng.choice(endings) for stem in drawn]
    again = (stem + ending for stem in drawn for ending in endings)
    known = set(names)
    for name in again:
        if len(names) >= count:
            break
        if name not in known and rng.random() < 0.5:
            names.append(name)
            known.add(name)
    return names[:count]


class City:
    """
    The city in a store, and its places as the tests know them.

    Attributes
    ----------
    places
        All of them, the units left out.
    streets, unit_names
        The names of the streets and of the units.
    """

    def __init__(self, store: Store, entries: int, *, seed: int = 7) -> None:
        self._rng = random.Random(seed)
        self.streets = named(int(entries * SHARES["street"] / 100), STREETS, self._rng)
        self._estates = named(int(entries * SHARES["estate"] / 100), ESTATES, self._rng)
        self._per_estate = round(SHARES["building"] / SHARES["estate"])
        self.places: list[Known] = []
        with store.write() as session:
            self._units = _add_units(session)
            self.unit_names = sorted({name for above in self._units for name in above})
            self._add_streets(session)
            self._add_estates(session)
            self._add_buildings(session)
            doors = entries * (100 - sum(SHARES.values())) / 100
            self._add_doors(session, int(doors))
            self._add_addresses(session, int(entries * SHARES["address"] / 100))
            self._add_shops(session, int(entries * SHARES["service"] / 100))

    def _add(self, session: Any, known: Iterable[dict[str, Any]], shapes: Any = None) -> None:
        """Insert places of one kind, and remember them."""
        rows = list(known)
        lon, lat = np.array([row["at"] for row in rows]).T
        names = ("kind", "name", "street", "number", "parent_id")
        columns: dict[str, Any] = {name: [row.get(name) for row in rows] for name in names}
        columns |= {
            "source": ["city"] * len(rows),
            "origin": ["demonstration"] * len(rows),
            "geometry": shapely.points(lon, lat) if shapes is None else shapes,
        }
        ids = bulk.insert(session, Place, columns)
        for row, key in zip(rows, ids.tolist(), strict=True):
            parts = {"units": self._unit_of(*row["at"]), "lon": row["at"][0], "lat": row["at"][1]}
            self.places.append(Known(f"place/{key}", row["kind"], **parts, **row["parts"]))

    def _unit_of(self, lon: float, lat: float) -> tuple[str, ...]:
        column, row = int((lon - WEST) / SIDE_DEG), int((lat - SOUTH) / SIDE_DEG)
        return self._units[min(row, SIDE - 1) * SIDE + min(column, SIDE - 1)]

    def _spread(self, count: int) -> list[tuple[float, float]]:
        """Draw points all over the city."""
        side = SIDE_DEG * SIDE
        return [
            (WEST + self._rng.random() * side, SOUTH + self._rng.random() * side)
            for _ in range(count)
        ]

    def _add_streets(self, session: Any) -> None:
        self._starts = self._spread(len(self.streets))
        starts = np.array(self._starts)
        lines = shapely.linestrings(
            np.stack([starts, starts + np.array([LENGTH_DEG, 0.0])], axis=1)
        )
        bulk.insert(
            session,
            Street,
            {
                "name": self.streets,
                "street_class": ["residential"] * len(lines),
                "source": ["city"] * len(lines),
                "origin": ["demonstration"] * len(lines),
                "geometry": lines,
            },
        )

    def _addressed(self, index: int, house: int) -> dict[str, Any]:
        """An address beside one of the streets, higher numbers farther along."""
        street = index % len(self.streets)
        west, south = self._starts[street]
        return {
            "street": self.streets[street], "number": f"{house}号",
            "at": (west + LENGTH_DEG * (house % 100) / 100, south + STEP_DEG * (house % 2)),
            "parts": {"street": self.streets[street], "house": str(house)},
        }  # fmt: skip

    def _add_estates(self, session: Any) -> None:
        rows = []
        for index, name in enumerate(self._estates):
            row = self._addressed(index, 2 * (17 * (index // len(self.streets)) + index % 13) + 1)
            parts = {**row["parts"], "head": name}
            rows.append({**row, "kind": "estate", "name": name, "parts": parts})
        west, south = np.array([row["at"] for row in rows]).T
        wide = STEP_DEG * 2
        areas = shapely.box(west - wide, south - wide, west + wide, south + wide)
        self._add(session, rows, areas)

    def _add_buildings(self, session: Any) -> None:
        estates = list(self.places)
        self._add(
            session,
            (
                self._numbered(estate, str(number), number)
                for estate in estates
                for number in range(1, self._per_estate + 1)
            ),
        )

    def _numbered(self, estate: Known, number: str, step: int) -> dict[str, Any]:
        parts = {
            "head": estate.head, "number": number, "word": "号楼",
            "street": estate.street, "house": estate.house,
        }  # fmt: skip
        at = estate.lon + STEP_DEG * (step % 4 - 1.5) / 1.5, estate.lat + STEP_DEG * (step // 4) / 3
        return {
            "kind": "building", "name": f"{estate.head}{number}号楼", "number": number,
            "parent_id": int(estate.key.split("/")[1]), "at": at, "parts": parts,
        }  # fmt: skip

    def _add_doors(self, session: Any, count: int) -> None:
        buildings = [place for place in self.places if place.kind == "building"]
        doors = (
            self._door(building, number)
            for number in range(1, count // len(buildings) + 2)
            for building in buildings
        )
        self._add(session, itertools.islice(doors, count))

    def _door(self, building: Known, number: int) -> dict[str, Any]:
        parts = {
            "head": building.head, "number": building.number, "word": "号楼",
            "entrance": str(number), "street": building.street, "house": building.house,
        }  # fmt: skip
        return {
            "kind": "entrance", "name": f"{number}单元", "parts": parts,
            "parent_id": int(building.key.split("/")[1]),
            "at": (building.lon + number * 1e-5, building.lat),
        }  # fmt: skip

    def _add_addresses(self, session: Any, count: int) -> None:
        """Even numbers, for the odd ones are of estates."""
        rows = (
            {**self._addressed(index, 2 * (index // len(self.streets) + 1)), "kind": "address"}
            for index in range(count)
        )
        self._add(session, rows)

    def _add_shops(self, session: Any, count: int) -> None:
        names = named(count, SHOPS, self._rng)
        self._add(
            session,
            (
                {"kind": "service", "name": name, "at": at, "parts": {"head": name}}
                for name, at in zip(names, self._spread(len(names)), strict=True)
            ),
        )


def _add_units(session: Any) -> list[tuple[str, ...]]:
    """One district of SIDE street offices in columns, each of SIDE communities."""
    began = np.datetime64(datetime(2020, 1, 1, tzinfo=UTC).replace(tzinfo=None), "us")
    rows: list[tuple[str, str, str, str | None, Any]] = []
    side, high = SIDE_DEG, SIDE_DEG * SIDE
    rows.append(
        ("district", "990102", "示例区", None, shapely.box(WEST, SOUTH, WEST + high, SOUTH + high))
    )
    names = stems(SIDE * SIDE + SIDE, random.Random(1))
    told: list[tuple[str, ...]] = [()] * (SIDE * SIDE)
    for column in range(SIDE):
        code, office = f"990102{column + 1:03}", names[-1 - column] + "街道"
        west = WEST + column * side
        rows.append(
            ("street", code, office, "990102", shapely.box(west, SOUTH, west + side, SOUTH + high))
        )
        for row in range(SIDE):
            south, index = SOUTH + row * side, row * SIDE + column
            area = shapely.box(west, south, west + side, south + side)
            community = names[index] + "社区"
            rows.append(("community", f"{code}{row + 1:03}", community, code, area))
            told[index] = ("示例区", office, community)
    level, codes, called, parents, areas = zip(*rows, strict=True)
    bulk.insert(
        session,
        Unit,
        {
            "scheme": ["general"] * len(rows),
            "level": list(level),
            "code": list(codes),
            "name": list(called),
            "parent_code": list(parents),
            "valid_from": np.full(len(rows), began),
            "origin": ["demonstration"] * len(rows),
            "geometry": shapely.multipolygons([[area] for area in areas]),
        },
    )
    return told
