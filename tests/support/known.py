"""The places that a test asks for, and what makes each of them unique.

Nothing here comes from `gridmap.locating`: what is judged must not choose the questions.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from support.misspelling import distance

#: Records of one name that lie this near to each other are one place to whoever names it.
NEAR_M = 100.0
HOMES = ("estate", "building", "address")
#: What people leave out at the end of a name.
SUFFIX = re.compile(r"(?:小区|家园|花园|新村|雅居|商务园|街道|街道办事处|社区|社区居委会)$")


@dataclass(frozen=True)
class Known:
    """A place as its list has it; a part that it has not is empty.

    `head` is the name of an estate, of a house, or of what a numbered building belongs to; where
    a building has a number only, `within` is the estate around it. `number` and `word` number the
    building (`甲5`, `号楼`), `entrance` its door; `street` and `house` are the address; `units` are
    the district, street office and community, from the largest down; `others` are further names
    that its source gives.
    """

    key: str
    kind: str
    within: str = ""
    head: str = ""
    number: str = ""
    word: str = ""
    entrance: str = ""
    street: str = ""
    house: str = ""
    units: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    lon: float = float("nan")
    lat: float = float("nan")

    @property
    def name(self) -> str:
        """The whole of it as registered, without the units."""
        if self.kind == "address":
            return f"{self.street}{self.house}号"
        door = f"{self.entrance}单元" if self.entrance else ""
        return f"{self.building}{door}"

    @property
    def building(self) -> str:
        """The name of the numbered building; of anything else its name."""
        return f"{self.within}{self.head}{self.number}{self.word}"


def _plain(name: str) -> str:
    """Leave out what nobody hears: spaces, hyphens, brackets."""
    return re.sub(r"[\W_]", "", name)


def metres(one: Known, other: Known) -> float:
    """Measure how far two places lie apart, well enough for a hundred metres."""
    north = (one.lat - other.lat) * 111_200.0
    east = (one.lon - other.lon) * 111_200.0 * np.cos(np.radians(one.lat))
    return float(np.hypot(north, east))


def share(place: Known, what_for: str = "") -> float:
    """Give a place a number of 0 to 1 by what it is called, the same in every run."""
    told = "/".join([what_for, place.kind, place.name, *place.units]).encode()
    return int.from_bytes(blake2b(told, digest_size=4).digest(), "big") / 2**32


def kept(place: Known) -> bool:
    """Tell whether a place belongs to the third that is kept aside while the matcher is tuned."""
    return share(place, "kept") < 1 / 3


class Ground:
    """
    All that a store names, with what makes a place unique in it.

    Parameters
    ----------
    places
        Everything that may be asked for, or taken for something else.
    names
        What else has a name: streets, units, and what nobody asks for.
    """

    def __init__(self, places: Iterable[Known], names: Iterable[str]) -> None:
        self.places = list(places)
        #: Where somebody who calls may live.
        self.homes = [one for one in self.places if one.kind in HOMES and one.head]
        self._at: dict[str, Known] = {}
        self._named: dict[str, list[Known]] = defaultdict(list)
        self._numbered: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._numbers: dict[str, set[str]] = defaultdict(set)
        self._heads_at: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._doors: dict[tuple[str, str], str] = {}
        for place in self.places:
            self._add(place)
        known = {place.head for place in self.places}.union(names)
        known = known.union(*(place.others for place in self.places))
        self._names = sorted(name for name in known if len(name) > 1)
        plain = {_plain(name) for name in self._names}
        shorter = {SUFFIX.sub("", name) for name in plain}
        self._compared = [(name, frozenset(name)) for name in sorted(plain | shorter)]

    def _add(self, place: Known) -> None:
        self._at.setdefault(place.key, place)
        self._named[place.name].append(place)
        if place.number:
            self._numbered[place.within + place.head, place.number].add(place.word)
            self._numbers[place.number].add(place.building)
        if place.house and not place.number:
            self._heads_at[place.street, place.house].add(place.head)
        if place.entrance:
            self._doors[place.building, place.entrance] = place.key

    def is_unique(self, place: Known) -> bool:
        """Tell whether this name means one place: all records of it lie within NEAR_M.

        A building that has a number and nothing else is meant only where no other has the number.
        """
        if place.number and not (place.head or place.within) and not self._is_only(place):
            return False
        return all(metres(place, other) <= NEAR_M for other in self._named[place.name])

    def is_right(self, key: str | None, truth: str) -> bool:
        """Tell whether an answer is the truth, or a record of the same name within NEAR_M of it."""
        if key == truth:
            return True
        found, true = self._at.get(key or ""), self._at[truth]
        return found is not None and found.name == true.name and metres(found, true) <= NEAR_M

    def name_of(self, key: str | None) -> str:
        """Name what has a key; what is no place of the ground is told by its key."""
        place = self._at.get(key or "")
        return place.name if place else str(key)

    def has_address_alone(self, place: Known) -> bool:
        """Tell whether a place has an address, and no other place of another name has it."""
        return bool(place.house) and len(self._heads_at[place.street, place.house]) == 1

    def has_number_alone(self, place: Known) -> bool:
        """Tell whether no other building beside has the number under another word (公寓, 食堂)."""
        if not place.head:
            return self._is_only(place)
        return len(self._numbered[place.head, place.number]) == 1

    def _is_only(self, place: Known) -> bool:
        return len(self._numbers[place.number]) == 1

    def door(self, place: Known, entrance: str) -> str | None:
        """Name the record of a building's entrance, if there is one."""
        return self._doors.get((place.building, entrance))

    def is_nearest(self, written: str, name: str) -> bool:
        """Tell whether a misspelt name is nearer to its own than to any other of the ground.

        Whoever reads it, with sound and shape in mind, then has one name only to choose.
        """
        written, name = _plain(written), _plain(name)
        own, letters, same = (
            distance(written, name),
            frozenset(written),
            {name, SUFFIX.sub("", name)},
        )
        for other, of_other in self._compared:
            if other in same or abs(len(other) - len(written)) > own:
                continue
            if len(letters - of_other) <= 2 and distance(written, other) <= own:
                return False
        return True

    def is_alone(self, short: str, name: str) -> bool:
        """Tell whether a part of a name occurs in no other name of the ground."""
        return all(other.startswith(name) for other in self._names if short in other)

    def names_more(self, text: str, said: str) -> bool:
        """Tell whether a text names something of the ground that `said` does not."""
        return any(name in text and name not in said for name in self._names)
