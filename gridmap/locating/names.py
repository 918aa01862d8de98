"""Units named in an address, by their code or by their name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

#: Endings of offices whose unit people call by the name alone.
_OFFICES = (
    ("街道办事处", "街道"),
    ("社区居民委员会", "社区"),
    ("社区居委会", "社区"),
    ("村民委员会", "村"),
    ("村委会", "村"),
)
_SHORTEST_CHINESE, _SHORTEST_LATIN = 3, 4
_CODE = re.compile(r"(?<![0-9])[0-9]{6,20}(?![0-9])")
_LATIN = re.compile(r"[0-9A-Za-z]")
_CHINESE = re.compile(r"[㐀-鿿]")


@dataclass(frozen=True)
class Named:
    """What an address names: one unit, or several that may be meant, or nothing.

    `method` is `unit_code`, `unit_name` or `none`.
    """

    rows: tuple[int, ...]
    method: str


class Names:
    """The names and codes of units, looked up in running text.

    Parameters
    ----------
    units
        Row, code and name of each unit.
    ancestors
        Gives the rows of the units above a row.
    """

    def __init__(
        self, units: Iterable[tuple[int, str, str]], ancestors: Callable[[int], list[int]]
    ) -> None:
        self._ancestors = ancestors
        self._codes: dict[str, list[int]] = defaultdict(list)
        self._names: dict[str, list[int]] = defaultdict(list)
        for row, code, name in units:
            self._codes[code].append(row)
            for spelling in _spellings(name):
                self._names[spelling].append(row)
        self._lengths = sorted({len(name) for name in self._names}, reverse=True)

    def find(self, address: str) -> Named:
        """Tell which unit an address names.

        A code decides. A name that several units bear counts for those whose own units above are
        named too; of nested units the deepest counts.
        """
        groups = _groups(self._codes, _CODE.findall(address))
        if groups:
            return Named(self._deepest(groups), "unit_code")
        groups = _groups(self._names, self._names_in(address.casefold()))
        return Named(self._deepest(groups), "unit_name") if groups else Named((), "none")

    def _names_in(self, address: str) -> list[str]:
        """Longest names first; text that a name has taken is not looked at again."""
        found, taken = [], [False] * len(address)
        for length in self._lengths:
            for start in range(len(address) - length + 1):
                name = address[start : start + length]
                free = not any(taken[start : start + length])
                if free and name in self._names and _stands_alone(address, start, length):
                    found.append(name)
                    taken[start : start + length] = [True] * length
        return found

    def _deepest(self, groups: list[list[int]]) -> tuple[int, ...]:
        named = {row for group in groups for row in group}
        above = {row: set(self._ancestors(row)) for row in named}
        meant = set()
        for group in groups:
            most = max(len(above[row] & named) for row in group)
            meant |= {row for row in group if len(above[row] & named) == most}
        covered = set().union(*(above[row] for row in meant))
        return tuple(sorted(meant - covered))


def _groups(index: Mapping[str, list[int]], keys: Iterable[str]) -> list[list[int]]:
    return [index[key] for key in dict.fromkeys(keys) if key in index]


def _spellings(name: str) -> set[str]:
    spellings = {name.casefold()}
    for ending, short in _OFFICES:
        if name.endswith(ending):
            spellings.add(name.removesuffix(ending) + short)
    return {spelling for spelling in spellings if _long_enough(spelling)}


def _long_enough(name: str) -> bool:
    if _CHINESE.search(name):
        return len(name) >= _SHORTEST_CHINESE
    return len(name) >= _SHORTEST_LATIN and not name.isdecimal()


def _stands_alone(text: str, start: int, length: int) -> bool:
    """Tell whether a Latin name is not a part of a longer word; Chinese knows no spaces."""
    end = start + length
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (
        (_LATIN.match(text[start]) and before and _LATIN.match(before))
        or (_LATIN.match(text[end - 1]) and after and _LATIN.match(after))
    )
