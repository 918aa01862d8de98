"""The gazetteer: one index of units, estates, buildings, entrances, streets, services, aliases."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from gridmap.locating.containment import Containers, closed
from gridmap.locating.multimap import Multimap, key, pairs
from gridmap.locating.naming import FULL, names_of
from gridmap.locating.numbering import own_parts, street_numbers
from gridmap.locating.rows import Rows
from gridmap.locating.spellings import Spellings
from gridmap.locating.writing import spelling

if TYPE_CHECKING:
    from gridmap.locating.examples import Example
    from gridmap.storage import Store

#: Stands for any parent in the index of numbered parts.
ANYWHERE = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of the gazetteer.

    Attributes
    ----------
    key
        How it is named elsewhere: `place/12`, `unit/general/110106001001`, `street/望云路`.
    kind
        A level of units, a kind of place, `address`, `road`, or what others imply: `group` (of
        buildings of one name) and `locality`.
    name
        As registered; a building without a name has its number.
    label
        Readable whole: 拂汀雅居 2号楼.
    detail
        The units that hold it, from the street to the grid.
    lon, lat
        Degrees in the store's datum; None where only the name is known.
    extent
        West, south, east, north; None as well.
    parent
        Key of what holds it; None for none.
    """

    key: str
    kind: str
    name: str
    label: str
    detail: str
    lon: float | None
    lat: float | None
    extent: tuple[float, float, float, float] | None
    parent: str | None


class Gazetteer:
    """A snapshot of all that a text may name; make it with `from_store` or `build`.

    Entries are told by their place in the lists; the first are those of the rows, in their order,
    then those that others imply.

    Attributes
    ----------
    rows
        The entries.
    containers
        For each entry all that hold it.
    spellings, owners
        The names, and by the number of a spelling its entries.
    trust
        How sure a spelling tells its entry, beside `owners.values`.
    children
        Entries by what holds them and their own part (`multimap.key`).
    examples
        Confirmed texts, as `writing.write` writes them, with what they mean.
    """

    def __init__(self, rows: Rows, version: str) -> None:
        self.rows, self.version = rows, version
        self.examples: dict[str, Example] = {}

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def from_store(cls, store: Store) -> Gazetteer:
        """Take a snapshot of a store, with all versions of what is valid from and to a time."""
        from gridmap.locating.corrections import examples
        from gridmap.locating.gathering import gather

        rows, version = gather(store)
        made = cls.build(rows, version)
        made.examples = examples(store)
        return made

    @classmethod
    def build(cls, rows: Rows, version: str = "") -> Gazetteer:
        """Index rows; the list is taken over and grows by what its entries imply."""
        made = cls(rows, version)
        made._index()
        return made

    def _index(self) -> None:
        index = _Index(self.rows)
        index.imply()
        rows = self.rows
        count = len(rows)
        self.kind = np.array(rows.kind, dtype=object)
        self.lon = np.array([point[0] for point in rows.point])
        self.lat = np.array([point[1] for point in rows.point])
        self.box = np.array(rows.box).reshape(count, 4)
        self.containers = self._contain(index.links)
        self.part_numbers = index.part_numbers
        self.parts = [tuple(parts) for parts in index.parts]
        self.children = self._children(index)
        self.house_numbers = street_numbers(rows, index.houses)
        self.crossings = Multimap(*index.crossings())
        owners = index.owners
        self.spellings = Spellings(list(owners))
        self.owners = Multimap(
            np.repeat(np.arange(len(owners)), [len(known) for known in owners.values()]),
            [entry for known in owners.values() for entry in known],
        )
        self._first_owner = np.searchsorted(self.owners.keys, np.arange(len(owners) + 1))
        self.trust = np.array([trust for known in owners.values() for trust in known.values()])
        self.codes = index.codes
        self.numbers = {key_: number for number, key_ in enumerate(rows.key)}

    def _contain(self, links: list[tuple[int, int]]) -> Containers:
        """Close what lies in what; what lies on a road does not lie in all that this crosses."""
        count = len(self.rows)
        crosses = self.kind[self.rows.within[:, 0]] == "road"
        direct = np.array(links, dtype=np.int64).reshape(-1, 2)
        known = closed(np.concatenate([direct, self.rows.within[~crosses]]), count)
        return Containers(np.concatenate([known, self.rows.within[crosses]]), count)

    def _children(self, index: _Index) -> Multimap:
        """Index numbered entries by each that they are counted in, and by their part alone."""
        parents, parts, entries = [], [], []
        for entry, own in enumerate(index.parts):
            for part in own:
                holders = index.counted_in(entry, part, self.containers.of(entry))
                for parent in (*holders, ANYWHERE):
                    parents.append(parent)
                    parts.append(index.part_numbers[part])
                    entries.append(entry)
        return Multimap(pairs(parents, parts), entries)

    def owned_by(self, number: int) -> tuple[int, int]:
        """Tell where the entries of a spelling begin and end in `owners.values` and `trust`."""
        return int(self._first_owner[number]), int(self._first_owner[number + 1])

    def child(self, parent: int, part: str) -> npt.NDArray[np.int32]:
        """Find the entries with a numbered part in an entry, or `ANYWHERE`."""
        number = self.part_numbers.get(part)
        return (
            self.children.values[:0] if number is None else self.children.get(key(parent, number))
        )

    def is_valid(self, number: int, moment: int) -> bool:
        """Tell whether an entry is so at a moment."""
        since, until = self.rows.valid[number]
        return since <= moment < until

    def finest_unit(self, number: int) -> int:
        """Find the finest unit among what holds an entry, or the entry itself; -1 for none."""
        around = [number, *self.containers.of(number).tolist()]
        units = [at for at in around if self.kind[at] in _UNITS]
        return max(units, key=lambda at: self.rank[at], default=-1)

    def holding(self, number: int) -> int:
        """Find the finest unit that holds all of an entry; -1 where that is not known."""
        if self.kind[number] in _UNITS:
            return number
        if number in self.rows.whole:
            return self.rows.whole[number]
        return -1 if self._has_ground(number) else self.finest_unit(number)

    def _has_ground(self, number: int) -> bool:
        west, south, east, north = self.rows.box[number]
        return east > west or north > south

    def of_kind(self, kind: str) -> npt.NDArray[np.intp]:
        """List the entries of a kind."""
        return np.flatnonzero(self.kind == kind)

    def entry(self, number: int) -> Entry:
        """Return one entry."""
        rows = self.rows
        box = None if np.isnan(self.box[number, 0]) else tuple(self.box[number].tolist())
        lon, lat = self.lon[number].item(), self.lat[number].item()
        known = not np.isnan(lon)
        return Entry(
            key=rows.key[number],
            kind=rows.kind[number],
            name=rows.name[number] or rows.number[number] or "",
            label=self.label(number),
            detail=self.detail(number),
            lon=lon if known else None,
            lat=lat if known else None,
            extent=box,
            parent=None if rows.parent[number] < 0 else rows.key[rows.parent[number]],
        )

    def label(self, number: int) -> str:
        """Write an entry so that it can be told from others: its own name after its parents'."""
        rows, names = self.rows, list[str]()
        at, seen = number, 0
        while at >= 0 and seen < 4 and rows.kind[at] not in _UNITS:
            own = rows.name[at] or _address(rows, at)
            if own and not (names and own in names[0]):
                if names and names[0].startswith(own):
                    names[0] = names[0].removeprefix(own) or names[0]
                names.insert(0, own)
            at, seen = self._above(at), seen + 1
        if not names:
            return rows.name[number] or rows.key[number]
        return " ".join(names)

    def _above(self, number: int) -> int:
        """Tell what holds an entry in its label: its parent, else the estate around it."""
        parent = self.rows.parent[number]
        if parent >= 0 or self.rows.kind[number] not in ("building", "entrance", "gate"):
            return parent
        around = self.containers.of(number)
        return next((int(at) for at in around if self.rows.kind[at] in ("estate", "group")), -1)

    def detail(self, number: int) -> str:
        """Name the units that hold an entry, the widest first."""
        held = [int(at) for at in self.containers.of(number) if self.rows.kind[at] in _UNITS]
        held.sort(key=lambda at: _UNITS.index(self.rows.kind[at]))
        return " ".join(self.rows.name[at] or "" for at in held)

    @cached_property
    def rank(self) -> npt.NDArray[np.int8]:
        """Rank entries by how fine a unit they are; -1 for what is none."""
        ranks = {kind: rank for rank, kind in enumerate(_UNITS)}
        return np.array([ranks.get(kind, -1) for kind in self.rows.kind], dtype=np.int8)

    @cached_property
    def importance(self) -> npt.NDArray[np.int8]:
        """Rank entries for suggestions: units and estates before numbers and what is implied."""
        ranks = {kind: rank for rank, kind in enumerate(_IMPORTANT)}
        return np.array([ranks.get(kind, len(ranks)) for kind in self.rows.kind], dtype=np.int8)


_UNITS = ("district", "street", "community", "grid")
#: A building this far from an estate may still bear its name: some hundred metres.
_BESIDE_DEG = 0.004
_IMPORTANT = (
    "estate", "community", "street", "road", "service", "district", "group", "building",
    "locality", "address",
)  # fmt: skip


def _address(rows: Rows, at: int) -> str:
    street, number = rows.street[at], rows.number[at]
    if not number:
        return street or ""
    if street and spelling(street).isascii():
        return f"{number} {street}"
    return f"{street or ''}{number}"


class _Index:
    """Builds what the gazetteer knows of its rows, entry by entry."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.links: list[tuple[int, int]] = [
            (entry, parent) for entry, parent in enumerate(rows.parent) if parent >= 0
        ]
        self.owners: dict[str, dict[int, float]] = defaultdict(dict)
        self.codes: dict[str, list[int]] = defaultdict(list)
        self.parts: list[list[str]] = [[] for _ in range(len(rows))]
        self.part_numbers: dict[str, int] = {}
        self.houses: list[tuple[int, int, str]] = []
        self._bases: dict[int, int] = {}
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
            self.links += [(entry, quarter) for quarter in quarters]
            self.links += pairwise(quarters)  # MASPETH, QUEENS: the narrow one first
        self._cross()

    def _name(self, entry: int) -> str:
        """Take an entry's name apart; what is left before its numbers is returned, its base."""
        rows = self.rows
        if rows.code[entry]:
            self.codes[str(rows.code[entry])].append(entry)
        base, parts = own_parts(rows.kind[entry], rows.name[entry], rows.number[entry])
        for part in parts:
            self._part(entry, part)
        if not parts and rows.name[entry]:
            for text, trust in names_of(rows.name[entry] or "", rows.kind[entry]).items():
                self.owners[text].setdefault(entry, trust)
        return base

    def _part(self, entry: int, part: str) -> None:
        self.part_numbers.setdefault(part, len(self.part_numbers))
        if part not in self.parts[entry]:
            self.parts[entry].append(part)

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
            if self.rows.kind[at] == kind or (kind == "locality" and self.rows.kind[at] in _UNITS):
                return at
        table = "street" if kind == "road" else kind
        entry = self.rows.add(f"{table}/{name}", kind, name)
        self.parts.append([])
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

    def counted_in(self, entry: int, part: str, around: npt.NDArray[np.int32]) -> list[int]:
        """Tell in which entries a part of an entry is counted."""
        if part[0] == "h":
            return [road for road in around.tolist() if self.rows.kind[road] == "road"]
        base = self._bases.get(entry)
        if base is not None:
            return [base]
        wanted = ("building",) if part[0] == "e" else ("estate", "group")
        return [at for at in around.tolist() if self.rows.kind[at] in wanted]

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
