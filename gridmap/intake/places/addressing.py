"""What the address of a row tells: street and number, and the estate and building behind them."""

from __future__ import annotations

import re
from typing import NamedTuple

from gridmap.locating.address import split_address

# Behind the number of a house: 拂汀雅居2号楼1单元.
_BEHIND = re.compile(
    r"(?P<estate>[^\d号]{2,20}?)?(?P<building>(?:\d{1,4}|[A-Z])(?:号楼|栋|幢|座))?(?P<entrance>\d{1,2}单元)?"
)
_NUMBER_END = re.compile(r"\d(?:号院?|弄)")


class Inside(NamedTuple):
    """Estate, building and entrance; empty where there is none."""

    estate: str = ""
    building: str = ""
    entrance: str = ""


def street_and_number(street: str, number: str, address: str) -> tuple[str | None, str | None]:
    """Tell street and number by their own cells, else by that of the whole address."""
    said_street, said_number = split_address(address)
    if not number:
        return street or said_street, said_number
    own_street, own_number = split_address(number)
    if own_street is None and own_number == said_number:
        own_street = said_street
    return street or own_street, own_number or number


def behind_number(address: str) -> Inside:
    """
    Take estate, building and entrance out of a whole address.

    There is nothing unless a building is named and nothing else follows: the rest may be a company
    or a room.
    """
    end = _NUMBER_END.search(address)
    found = None if end is None else _BEHIND.fullmatch(address[end.end() :])
    if found is None or not found["building"]:
        return Inside()
    return Inside(*(found[name] or "" for name in Inside._fields))
