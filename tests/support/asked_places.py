"""The thousand places that locating is judged by, and the cases made of them.

400 are named places and numbered buildings of the extract of Haidian (OpenStreetMap), unique by
name within it, and 600 are of the demonstration district: buildings, entrances, estates, street
addresses, and an invented office list. Which they are, and which third is kept aside, follows from
what they are called.

To tune with: `tuning_cases(ground, places)` gives (text, key of the true entry, variation).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from support.known import Ground, Known, kept, share
from support.known_places import ground_of
from support.office_list import write_office_list
from support.variations import SEED, written

from gridmap.intake.osm import import_osm
from gridmap.intake.places import import_places
from gridmap.storage import Store, create_store
from web.demonstration import fill

HAIDIAN, DEMONSTRATION = 400, 600
#: How many of the demonstration's places are of each kind; buildings take the rest.
QUOTAS = {"entrance": 100, "estate": 110, "address": 100, "service": 50}


@dataclass(frozen=True)
class Case:
    """A text, the entry that it means, what was done to it, and whose ground it is of."""

    text: str
    truth: str
    variation: str
    place: Known


def haidian_store(url: str, real_data: Path) -> Store:
    """Make a store of the extract of Haidian."""
    store = create_store(url)
    import_osm(store, real_data / "osm" / "haidian-tsinghua.osm.pbf", lambda done, total: None)
    return store


def demonstration_store(url: str, folder: Path) -> Store:
    """Make a store of the demonstration district and an office's invented list."""
    store = create_store(url)
    fill(store, folder / "rejected.csv", lambda line: None)
    import_places(store, write_office_list(folder / "office-list.csv"), datum="wgs84")
    return store


def haidian_ground(store: Store) -> Ground:
    """Read its ground; the extract has no units, so only the district is said before a place."""
    return ground_of(store, district="海淀区")


def haidian_places(ground: Ground) -> list[Known]:
    """Choose the places of Haidian that are asked for."""
    return _first(_unique(ground), HAIDIAN)


def demonstration_places(ground: Ground) -> list[Known]:
    """Choose the places of the demonstration that are asked for, so many of each kind."""
    unique = list(_unique(ground))
    shared = [place for place in ground.places if place.head and not ground.is_unique(place)]
    lettered = [place for place in unique if not (place.house + place.number + "0").isdecimal()]
    chosen = [*shared, *lettered]
    for kind, count in QUOTAS.items():
        chosen += _first((one for one in unique if one.kind == kind and one not in chosen), count)
    buildings = (one for one in unique if one.kind == "building" and one not in chosen)
    return chosen + _first(buildings, DEMONSTRATION - len(chosen))


def _unique(ground: Ground) -> Iterator[Known]:
    """Give one place of each name that means one."""
    seen = set()
    for place in ground.places:
        if place.name not in seen and ground.is_unique(place):
            seen.add(place.name)
            yield place


def _first(places: Iterable[Known], count: int) -> list[Known]:
    return sorted(places, key=share)[:count]


def cases(ground: Ground, places: Iterable[Known], *, aside: bool, seed: int = SEED) -> list[Case]:
    """Write the places of the third that is kept aside, or of the two others."""
    return [
        Case(one.text, one.truth, one.name, place)
        for place in places
        if kept(place) is aside
        for one in written(place, ground, seed=seed)
    ]


def tuning_cases(ground: Ground, places: Iterable[Known]) -> list[tuple[str, str, str]]:
    """Give (text, key of the true entry, variation) of the two thirds that may be looked at."""
    return [(one.text, one.truth, one.variation) for one in cases(ground, places, aside=False)]
