"""A place written as people write it: the stated list of variations that locating is judged by.

`written(place, ground)` answers all variations that leave the place unique, the same for the same
place and seed. Each has a name:

registered          as its list has it
full width          digits, letters and marks of double width: ５号楼
numerals            Chinese numerals: 五号楼, 十二单元
traditional         characters of the traditional set: 5號樓
building word       栋, 幢, 座, 号 or 楼 for 号楼
number sign         5#, 5#楼
district, street office, community, all units
                    in front of the place
estate around       in front of a building that its list gives a number only: 清华大学10号楼
no suffix           拂汀 for 拂汀雅居, and so for 小区, 家园, 花园, 新村, 商务园
one suffix more     问涛苑小区
address for estate  映屿街38号5号楼 or 映屿街38号院5号楼, without the estate's name
address and name    映屿街38号挽贝商务园5号楼
address behind      挽贝商务园5号楼（映屿街38号）
house number        how an address ends: 号院, 號, nothing
homophone, near character, missing character, extra character, swapped characters
                    one slip in the name
spaces, marks, quotes
                    between the parts, or around the name
particles           拂汀雅居的5号楼, 拂汀雅居里面5号楼
entrance and room   2单元301室, 2门301: the entrance is meant where the list has it
dashes              5-2-301
relation            门口, 旁边, 对面, 南门 ... behind
shop below          5号楼底商
complaint before, complaint behind, complaint around
another place       我住在A，现在反映B的路灯不亮: B is meant
community elsewhere 我是听涛社区的居民 ...
letter case, abbreviation
                    of names in Latin letters
other name          one that its source gives beside the first: alt_name, name:en
several             two to four of these at once

Whatever takes away what makes a place unique is left out for it: a slip must leave the name nearer
to its own than to any other of the ground (`Ground.is_nearest`), a part must occur in no other
name, an address must belong to one place, and no text may name another place by accident. Numbers
are never misspelt: 5 for 6 is another building. A name of which several bear it within the ground
is used with its community only.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from support import misspelling, rewriting, sentences
from support.known import Ground, Known
from support.said import Asked, Change, Said

SEED = 3


@dataclass(frozen=True)
class Variation:
    """A text, the entry that it means, and what was done to it."""

    name: str
    text: str
    truth: str


def written(place: Known, ground: Ground, *, seed: int = SEED) -> list[Variation]:
    """
    Write a place in every way of the list that leaves it unique.

    Parameters
    ----------
    place
        One of the ground's places.
    ground
        Everything that it must not be taken for.
    seed
        Another one draws other slips, other complaints and another neighbour.
    """
    found = (write(place, ground, name, seed=seed) for name in CHANGES)
    return [one for one in found if one is not None]


def write(place: Known, ground: Ground, name: str, *, seed: int = SEED) -> Variation | None:
    """Write a place in one way of the list; None where that does not leave it unique."""
    told = f"{seed}/{name}/{place.kind}/{place.name}/{'/'.join(place.units)}"
    asked = Asked(place, ground, random.Random(told))
    said = CHANGES[name](_plain(place), asked)
    if said is None or not _is_clear(said, asked):
        return None
    return Variation(name, said.text(), said.truth)


def _plain(place: Known) -> Said:
    if place.kind == "address":
        return Said(place.key, address=place.name, allowed=place.head)
    number = f"{place.number}{place.word}"
    door = f"{place.entrance}单元" if place.entrance else ""
    return Said(place.key, above=place.within, head=place.head, building=number, entrance=door)


def _is_clear(said: Said, asked: Asked) -> bool:
    """Tell whether a text says where it is, and nothing else by accident."""
    place = asked.place
    allowed = (place.name, place.street, f"{place.street}{place.house}号", *place.units)
    meant = "|".join([*allowed, place.head, said.allowed])
    if asked.ground.names_more(said.text(), meant):
        return False
    return asked.ground.is_unique(place) or place.units[-1] in said.text()


#: What is mixed for `several`: one of each of some groups, applied in this order.
GROUPS: tuple[tuple[Change, ...], ...] = (
    (
        rewriting.building_word,
        rewriting.number_sign,
        rewriting.numerals,
        rewriting.no_suffix,
        rewriting.suffix_more,
    ),
    (
        rewriting.slip(rewriting.homophone),
        rewriting.slip(misspelling.missing),
        rewriting.slip(misspelling.too_much),
    ),
    (
        rewriting.unit(0),
        rewriting.unit(1),
        rewriting.unit(2),
        rewriting.all_units,
        rewriting.address_and_name,
    ),
    (sentences.relation, sentences.entrance_and_room),
    (
        sentences.complaint_before,
        sentences.complaint_behind,
        sentences.complaint_around,
        sentences.another_place,
    ),
    (rewriting.full_width, rewriting.traditional, rewriting.spaces),
)


def _several(said: Said, asked: Asked) -> Said | None:
    groups = sorted(asked.rng.sample(range(len(GROUPS)), asked.rng.randint(2, 4)))
    done = 0
    for group in groups:
        changed = asked.rng.choice(GROUPS[group])(said, asked)
        if changed is not None:
            said, done = changed, done + 1
    return said if done > 1 else None


CHANGES: dict[str, Change] = {
    "registered": rewriting.registered,
    "full width": rewriting.full_width,
    "numerals": rewriting.numerals,
    "traditional": rewriting.traditional,
    "building word": rewriting.building_word,
    "number sign": rewriting.number_sign,
    "district": rewriting.unit(0),
    "street office": rewriting.unit(1),
    "community": rewriting.unit(2),
    "all units": rewriting.all_units,
    "estate around": rewriting.estate_around,
    "no suffix": rewriting.no_suffix,
    "one suffix more": rewriting.suffix_more,
    "address for estate": rewriting.address_for_estate,
    "address and name": rewriting.address_and_name,
    "address behind": rewriting.address_behind,
    "house number": rewriting.house_number,
    "homophone": rewriting.slip(rewriting.homophone),
    "near character": rewriting.slip(rewriting.near_character),
    "missing character": rewriting.slip(misspelling.missing),
    "extra character": rewriting.slip(misspelling.too_much),
    "swapped characters": rewriting.slip(misspelling.swapped),
    "spaces": rewriting.spaces,
    "marks": rewriting.marks,
    "quotes": rewriting.quotes,
    "particles": rewriting.particles,
    "entrance and room": sentences.entrance_and_room,
    "dashes": sentences.dashes,
    "relation": sentences.relation,
    "shop below": sentences.shop_below,
    "complaint before": sentences.complaint_before,
    "complaint behind": sentences.complaint_behind,
    "complaint around": sentences.complaint_around,
    "another place": sentences.another_place,
    "community elsewhere": sentences.community_elsewhere,
    "letter case": rewriting.letter_case,
    "abbreviation": rewriting.abbreviation,
    "other name": rewriting.other_name,
    "several": _several,
}
