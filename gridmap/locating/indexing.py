"""What the rows of a gazetteer say of each other: names, numbers, and the things they imply."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from gridmap.locating.multimap import pairs
from gridmap.locating.naming import FULL, names_of
from gridmap.locating.numbering import own_parts
from gridmap.locating.rows import UNIT_KINDS, Rows
from gridmap.locating.tuples import Tuples
from gridmap.locating.writing import spelling

#: A building this far from an estate may still bear its name: some hundred metres.
_BESIDE_DEG = 0.004


class Indexer:
    """Goes through the rows and gathers what the gazetteer indexes.

    Attributes
    ----------
    links
        Pairs of an entry and what holds it by its own word.
    owners
        By spelling the entries that bear it, with how surely it tells each.
    parts, part_numbers
        Pairs of an entry and the number of a part of its own, and the numbers of all parts.
    houses
        Roads, the entries with a house number on them, and these.
    """

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.links = Tuples(2, "q")
        for entry, parent in enumerate(rows.parent):
            if parent >= 0:
                self.links.append((entry, parent))
        self.owners: dict[str, dict[int, float]] = defaultdict(dict)
        self.parts = Tuples(2, "q")
        self.part_numbers: dict[str, int] = {}
        self.houses: list[tuple[int, int, str]] = []
        self._bases: dict[int, int] = {}
        self._own_road: dict[int, int] = {}
        self._roads: dict[str, list[int]] = defaultdict(list)
        self._crossing: list[tuple[int, int, int]] = []

    def imply(self) -> None:
        """Give every entry its names and parts, and make the entries that others imply."""
        rows = self.rows
        given = len(rows)
        for entry in range(given):
            if rows.kind[entry] == "road":
                self._roads[spelling(rows.name[entry] or "")].append(entry)
        bases = [self._name(entry) for entry in range(given)]
        for name, entry in rows.aliases:
            base, parts = own_parts(rows.kind[entry], name, None)
            if parts and not base:
                self._part(entry, parts[-1])
                continue
            for text, trust in names_of(name, rows.kind[entry]).items():
                self.owners[text].setdefault(entry, trust)
        for entry, base in enumerate(bases):
            if base:
                self._count_in(entry, base)
            self._lie_on_street(entry)
        for entry, localities in rows.localities.items():
            quarters = [self._implied("locality", name) for name in localities]
            # MASPETH, QUEENS: the narrow one first
            for link in (*((entry, quarter) for quarter in quarters), *pairwise(quarters)):
                self.links.append(link)
        self._cross()

    def _name(self, entry: int) -> str:
        """Take an entry's name apart; what is left before its numbers is returned, its base."""
        rows = self.rows
        base, parts = own_parts(rows.kind[entry], rows.name[entry], rows.number[entry])
        for part in parts:
            self._part(entry, part)
        if not parts and rows.name[entry]:
            for text, trust in names_of(rows.name[entry] or "", rows.kind[entry]).items():
                self.owners[text].setdefault(entry, trust)
        return base

    def _part(self, entry: int, part: str) -> None:
        number = self.part_numbers.setdefault(part, len(self.part_numbers))
        self.parts.append((entry, number))

    def _count_in(self, entry: int, base: str) -> None:
        """Find, or imply, what a numbered entry is counted in by its own name."""
        holder = self._holder(entry, base)
        self._bases[entry] = holder
        self.links.append((entry, holder))
        self._stretch(holder, entry)

    def _holder(self, entry: int, base: str) -> int:
        known, above = self.owners.get(base, {}), self.rows.parent[entry]
        if above in known:
            return above
        lon, lat = self.rows.point[entry]
        near = [
            (distance, at)
            for at in known
            if self.rows.kind[at] in ("estate", "road")
            and (distance := _from_box(self.rows.box[at], lon, lat)) < _BESIDE_DEG
        ]
        return min(near)[1] if near else self._implied("group", base)

    def _lie_on_street(self, entry: int) -> None:
        """Count an entry in the street of its address."""
        street, number = self.rows.street[entry], self.rows.number[entry]
        if not street:
            return
        road = self._road(street, entry)
        self.links.append((entry, road))
        self._own_road[entry] = road
        if number:
            part = f"h{spelling(number).removesuffix('院').removesuffix('号')}"
            self._part(entry, part)
            self.houses.append((road, entry, part))
        for other in self.rows.crossings.get(entry, ()):
            self._crossing.append((road, self._road(other, entry), entry))

    def _road(self, name: str, entry: int) -> int:
        """Find the road of a name; where several have it, the one that is nearest."""
        roads = self._roads[spelling(name)]
        if not roads:
            roads.append(self._implied("road", name))
        if len(roads) > 1:
            lon, lat = self.rows.point[entry]
            return min(roads, key=lambda road: _from_box(self.rows.box[road], lon, lat))
        self._stretch(roads[0], entry)
        return roads[0]

    def _implied(self, kind: str, name: str) -> int:
        """Return the entry of a thing that is not registered itself."""
        text = spelling(name)
        for at in self.owners.get(text, ()):
            if self.rows.kind[at] == kind or (
                kind == "locality" and self.rows.kind[at] in UNIT_KINDS
            ):
                return at
        table = "street" if kind == "road" else kind
        entry = self.rows.add(f"{table}/{name}", kind, name)
        for text_, trust in names_of(name, kind).items():
            self.owners[text_].setdefault(entry, trust if kind != "locality" else FULL)
        return entry

    def _stretch(self, holder: int, entry: int) -> None:
        """Let the box of an implied entry hold another one."""
        if self.rows.kind[holder] != "group" and self.rows.lines.get(holder) is not None:
            return
        if self.rows.key[holder].startswith(("place/", "unit/")):
            return
        one, other = self.rows.box[holder], self.rows.box[entry]
        if np.isnan(other[0]):
            return
        if np.isnan(one[0]):
            one = other
        box = (
            min(one[0], other[0]),
            min(one[1], other[1]),
            max(one[2], other[2]),
            max(one[3], other[3]),
        )
        self.rows.box[holder] = box
        self.rows.point[holder] = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2

    def counted_in(self, entry: int, part: int, around: npt.NDArray[np.int32]) -> list[int]:
        """Tell in which entries a part of an entry is counted."""
        letter = self._letters[part]
        if letter == "h" and entry in self._own_road:
            return [self._own_road[entry]]
        base = self._bases.get(entry)
        if base is not None:
            return [base]
        wanted = ("building",) if letter == "e" else ("estate", "group")
        return [at for at in around.tolist() if self.rows.kind[at] in wanted]

    @cached_property
    def _letters(self) -> list[str]:
        """What each part is: the first letter of it."""
        return [part[0] for part in self.part_numbers]

    def _cross(self) -> None:
        """Let streets that cross beside an address without a street of its own cross each other."""
        for entry, names in self.rows.crossings.items():
            roads = [self._road(name, entry) for name in names]
            self._crossing += [
                (one, other, entry) for one in roads for other in roads if one < other
            ]

    def crossings(self) -> tuple[Any, Any]:
        """List pairs of streets that cross, with the addresses that say so."""
        one = [min(a, b) for a, b, _ in self._crossing]
        other = [max(a, b) for a, b, _ in self._crossing]
        return pairs(one, other), [entry for _, _, entry in self._crossing]


def _from_box(box: tuple[float, ...], lon: float, lat: float) -> float:
    west, south, east, north = box
    return max(west - lon, lon - east, 0) + max(south - lat, lat - north, 0)
