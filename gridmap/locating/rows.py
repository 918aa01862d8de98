"""What a gazetteer is made of: named and numbered things, as columns that grow."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from sys import intern
from typing import Any

import numpy as np
import numpy.typing as npt

from gridmap.locating.tuples import Tuples
from gridmap.moments import BEFORE_ALL, FOREVER

#: What an entry can be, from the widest; `road` is a street line, `street` the office's ground.
UNIT_KINDS = ("district", "street", "community", "grid")
#: What is ground and no unit, and, with units and roads, all that is ground rather than a point.
AREA_KINDS = ("estate", "group", "locality", "green", "water")
GROUND_KINDS = frozenset((*UNIT_KINDS, *AREA_KINDS, "road"))
Box = tuple[float, float, float, float]

#: For what has neither a beginning nor an end.
ALWAYS = (BEFORE_ALL, FOREVER)
NOWHERE: Box = (float("nan"),) * 4


@dataclass
class Rows:
    """
    Things that a text may name; entry i is the i-th of every list.

    Attributes
    ----------
    key
        How others name it: `place/12`, `unit/general/110106001001`, `street/望云路`.
    kind
        A level of units, a kind of data/osm/kinds.toml, `address` or `road`.
    category
        Of a service.
    name, street, number
        As registered; None where there is none.
    code
        Of a unit, or of a standard-address table.
    parent
        The entry that holds it by its own word; -1 for none.
    box
        West, south, east, north in degrees of the store's datum; NaN where nothing is known.
    point
        Longitude and latitude of a point on it.
    valid
        Since when and until when it is so, in microseconds since 1970.
    within
        Pairs of an entry and one whose ground it lies on.
    whole
        By entry: the finest unit that holds all its ground, for what has an area or a line.
    localities, crossings
        By entry: names of quarters that it lies in, and of streets that cross beside it.
    aliases
        Other names, each with its entry.
    lines
        The lines of roads by entry.
    """

    key: list[str] = field(default_factory=list)
    kind: list[str] = field(default_factory=list)
    category: list[str | None] = field(default_factory=list)
    name: list[str | None] = field(default_factory=list)
    street: list[str | None] = field(default_factory=list)
    number: list[str | None] = field(default_factory=list)
    code: list[str | None] = field(default_factory=list)
    parent: array[int] = field(default_factory=lambda: array("q"))
    box: Tuples = field(default_factory=lambda: Tuples(4))
    point: Tuples = field(default_factory=lambda: Tuples(2))
    valid: Tuples = field(default_factory=lambda: Tuples(2, "q"))
    within: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty((0, 2), np.int64))
    whole: dict[int, int] = field(default_factory=dict)
    localities: dict[int, list[str]] = field(default_factory=dict)
    crossings: dict[int, list[str]] = field(default_factory=dict)
    aliases: list[tuple[str, int]] = field(default_factory=list)
    lines: dict[int, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.key)

    def add(
        self,
        key: str,
        kind: str,
        name: str | None,
        *,
        category: str | None = None,
        street: str | None = None,
        number: str | None = None,
        code: str | None = None,
        parent: int = -1,
        box: Box = NOWHERE,
        point: tuple[float, float] | None = None,
        valid: tuple[int, int] = ALWAYS,
    ) -> int:
        """Take one thing more and tell its place."""
        self.key.append(key)
        self.kind.append(intern(kind))  # words that come often are kept once
        self.category.append(category and intern(category))
        self.name.append(name)
        self.street.append(street and intern(street))
        self.number.append(number)
        self.code.append(code)
        self.parent.append(parent)
        self.box.append(box)
        self.valid.append(valid)
        west, south, east, north = box
        self.point.append(point or ((west + east) / 2, (south + north) / 2))
        return len(self.key) - 1
