"""The gazetteer: one index of units, estates, buildings, entrances, streets, services, aliases."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from gridmap.locating.containment import Containers, closed
from gridmap.locating.indexing import Indexer
from gridmap.locating.multimap import Multimap, key, pairs
from gridmap.locating.naming import FULL
from gridmap.locating.numbering import street_numbers
from gridmap.locating.rows import UNIT_KINDS, Rows
from gridmap.locating.spellings import Spellings
from gridmap.locating.text_index import TextIndex
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
        index = Indexer(self.rows)
        index.imply()
        rows = self.rows
        count = len(rows)
        self.kind = np.array(rows.kind, dtype=object)
        self.lon, self.lat = rows.point.columns().T
        self.box = rows.box.columns()
        self.containers = self._contain(index.links.columns())
        self.part_numbers = index.part_numbers
        self.parts = Containers(index.parts.columns(), count)
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
        self.codes, self.numbers = TextIndex(rows.code), TextIndex(rows.key)

    def part_ids(self, parts: Iterable[str]) -> list[int]:
        """Tell the numbers of parts, -1 for one that no entry has."""
        return [self.part_numbers.get(part, -1) for part in parts]

    def _contain(self, links: npt.NDArray[np.int64]) -> Containers:
        """Close what lies in what; what lies on a road does not lie in all that this crosses."""
        count = len(self.rows)
        crosses = self.kind[self.rows.within[:, 0]] == "road"
        known = closed(np.concatenate([links, self.rows.within[~crosses]]), count)
        return Containers(np.concatenate([known, self.rows.within[crosses]]), count)

    def _children(self, index: Indexer) -> Multimap:
        """Index numbered entries by each that they are counted in, and by their part alone."""
        parents, parts, entries = array("q"), array("q"), array("q")
        for entry, part in index.parts:
            for parent in (*index.counted_in(entry, part, self.containers.of(entry)), ANYWHERE):
                parents.append(parent)
                parts.append(part)
                entries.append(entry)
        return Multimap(pairs(parents, parts), entries)

    def bearers(self, name: str) -> list[int]:
        """List the entries that bear a name, in whatever writing, whole and not in short."""
        number = self.spellings.numbers.get(spelling(name))
        if number is None:
            return []
        first, last = self.owned_by(number)
        return [int(self.owners.values[at]) for at in range(first, last) if self.trust[at] == FULL]

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
        return bool(since <= moment < until)

    def finest_unit(self, number: int) -> int:
        """Find the finest unit among what holds an entry, or the entry itself; -1 for none."""
        around = [number, *self.containers.of(number).tolist()]
        units = [at for at in around if self.kind[at] in UNIT_KINDS]
        return max(units, key=lambda at: self.rank[at], default=-1)

    def holding(self, number: int) -> int:
        """Find the finest unit that holds all of an entry; -1 where that is not known."""
        if self.kind[number] in UNIT_KINDS:
            return number
        if number in self.rows.whole:
            return self.rows.whole[number]
        return -1 if self._has_ground(number) else self.finest_unit(number)

    def _has_ground(self, number: int) -> bool:
        west, south, east, north = self.rows.box[number]
        return bool(east > west or north > south)

    def services(self, category: str, places: list[int]) -> list[int]:
        """List the services of a category that lie in or beside some places."""
        found = self._by_category.get(category)
        if found is None:
            return []
        held = [
            service
            for service in found.tolist()
            if not set(places).isdisjoint(self.containers.of(service).tolist())
        ]
        if held:
            return held
        lon, lat = self.lon[found], self.lat[found]
        near = np.zeros(len(found), dtype=bool)
        for place in places:
            west, south, east, north = self.box[place]
            aside = np.maximum(np.maximum(west - lon, lon - east), 0)
            along = np.maximum(np.maximum(south - lat, lat - north), 0)
            near |= np.hypot(aside, along) < _BESIDE_DEG
        found_near: list[int] = found[near].tolist()
        return found_near

    @cached_property
    def _by_category(self) -> dict[str, npt.NDArray[np.intp]]:
        categories = np.array([category or "" for category in self.rows.category], dtype=object)
        known = {category for category in self.rows.category if category}
        return {category: np.flatnonzero(categories == category) for category in known}

    @cached_property
    def gates(self) -> npt.NDArray[np.intp]:
        """List the gates."""
        return np.flatnonzero(self.kind == "gate")

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
        while at >= 0 and seen < 4 and rows.kind[at] not in UNIT_KINDS:
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
        """Name the units that hold an entry, a street or an estate all of it, the widest first."""
        finest = self.holding(number)
        if finest < 0 and number not in self.rows.whole:
            finest = self.finest_unit(number)
        if finest < 0:
            return ""
        chain = [finest, *self.containers.of(finest).tolist()]
        held = [at for at in chain if self.kind[at] in UNIT_KINDS and at != number]
        held.sort(key=lambda at: self.rank[at])
        return " ".join(self.rows.name[at] or "" for at in held)

    @cached_property
    def rank(self) -> npt.NDArray[np.int8]:
        """Rank entries by how fine a unit they are; -1 for what is none."""
        ranks = {kind: rank for rank, kind in enumerate(UNIT_KINDS)}
        return np.array([ranks.get(kind, -1) for kind in self.rows.kind], dtype=np.int8)

    @cached_property
    def importance(self) -> npt.NDArray[np.int8]:
        """Rank entries for suggestions: units and estates before numbers and what is implied."""
        ranks = {kind: rank for rank, kind in enumerate(_IMPORTANT)}
        return np.array([ranks.get(kind, len(ranks)) for kind in self.rows.kind], dtype=np.int8)


#: A service this near to a place is beside it: about 100 m.
_BESIDE_DEG = 0.001
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
