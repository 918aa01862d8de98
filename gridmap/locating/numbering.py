"""The numbers that entries have, and where a house number that nobody registered would be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gridmap.locating.parts import house_value, parts, take_apart
from gridmap.locating.rows import Rows
from gridmap.locating.writing import spelling

_PART_OF_KIND = {"building": "b", "entrance": "e"}


def own_parts(kind: str, name: str | None, number: str | None) -> tuple[str, tuple[str, ...]]:
    """Tell what an entry is counted in by its own name, and its numbers there."""
    if name:
        base, found = take_apart(spelling(name))
        if found and len(base) != 1:  # 高2楼 is a name
            return base, found[-1:]
        return "", ()
    letter = _PART_OF_KIND.get(kind)
    if letter is None or not number:
        return "", ()
    written = spelling(number)
    read = parts(written)
    if read and read[-1].options[0][0] in "bae":
        said = read[-1].options[0]
        return "", (letter + said[1:] if read[-1].bare else said,)
    return "", (f"{letter}{written.removesuffix('号')}",)


@dataclass(frozen=True)
class StreetNumbers:
    """The house numbers known along one street, in their order; arrays of shape (n,)."""

    value: npt.NDArray[np.float64]
    entry: npt.NDArray[np.int64]

    def among(self, entries: list[int]) -> StreetNumbers:
        """Keep the numbers of some entries."""
        if len(entries) == len(self.entry):
            return self
        kept = np.isin(self.entry, entries)
        return StreetNumbers(self.value[kept], self.entry[kept])

    def around(self, value: float) -> tuple[int, int, float] | None:
        """Find the entries on either side of a number, and how far it is from the lower, 0 to 1.

        Numbers of its own side of the street (odd or even) go before those of the other. None for
        a number beyond the known ones; see `beyond`.
        """
        same_side = self.value % 2 == value % 2
        for places in (np.flatnonzero(same_side), np.arange(len(self.value))):
            known = self.value[places]
            after = int(np.searchsorted(known, value))
            if 0 < after < len(known):
                gap = known[after] - known[after - 1]
                share = 0.0 if gap == 0 else float((value - known[after - 1]) / gap)
                lower, upper = self.entry[places[after - 1]], self.entry[places[after]]
                return int(lower), int(upper), share
        return None

    def is_across(self, value: float, houses: tuple[int, ...]) -> bool:
        """Tell whether a number is on the other side of the street than one of some entries."""
        told = self.value[np.isin(self.entry, houses)]
        return bool(np.any(told % 2 != value % 2))

    def beyond(self, value: float) -> tuple[int, float] | None:
        """Find the known number next to one beyond them all, and by how much they differ."""
        if not len(self.value):
            return None
        nearest = int(np.argmin(np.abs(self.value - value)))
        return int(self.entry[nearest]), float(abs(self.value[nearest] - value))


def street_numbers(rows: Rows, houses: list[tuple[int, int, str]]) -> dict[int, StreetNumbers]:
    """Collect the house numbers along each street: (road, entry, part) in."""
    if not houses:
        return {}
    road = np.array([house[0] for house in houses])
    entry = np.array([house[1] for house in houses])
    value = np.array([house_value(house[2]) for house in houses])
    known = ~np.isnan(value) & np.array([not np.isnan(rows.point[e][0]) for e in entry.tolist()])
    road, entry, value = road[known], entry[known], value[known]
    order = np.lexsort((entry, value, road))
    road, entry, value = road[order], entry[order], value[order]
    roads, first = np.unique(road, return_index=True)
    bounds = [*first.tolist(), len(road)]
    return {
        int(at): StreetNumbers(value[start:end], entry[start:end])
        for at, start, end in zip(roads, bounds[:-1], bounds[1:], strict=True)
    }
