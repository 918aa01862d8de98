"""Locating tickets: by their coordinate, else by what they say of the place."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from gridmap.locating.answer import COORDINATE_CONFIDENCE, Located
from gridmap.locating.coordinate import judge
from gridmap.locating.found import Found
from gridmap.locating.matcher import Matcher

Floats = npt.NDArray[np.float64]
Texts = Sequence[str | None]

#: Finds the row of a unit valid at the tickets' time by its key in the gazetteer; -1 for none.
UnitRows = Callable[[str], int]


class Locator:
    """Locates tickets; what cannot be found, or not surely enough, says why and is never guessed.

    Parameters
    ----------
    matcher
        Finds places by text.
    threshold
        Answers less sure than this wait for a person, with their candidates.
    """

    def __init__(self, matcher: Matcher, threshold: float) -> None:
        self.matcher, self.threshold = matcher, threshold

    def locate(
        self,
        lon: Floats,
        lat: Floats,
        addresses: Texts,
        contents: Texts,
        matters: Texts,
        *,
        moments: npt.NDArray[np.int64],
        bounds: Floats,
        unit_row: UnitRows,
    ) -> Located:
        """Locate n tickets.

        Parameters
        ----------
        lon, lat
            Degrees in the store's datum, shape (n,); NaN where a ticket has none.
        addresses, contents, matters
            What the caller said of the place, and of the rest; the matter's name.
        moments
            The tickets' own times in microseconds.
        bounds
            West, south, east, north of the area served.
        """
        located = Located.nowhere(len(lon))
        located.problem = judge(lon, lat, bounds)
        usable = located.problem == ""
        located.unusable = np.where(located.problem == "no_place", "", located.problem)
        located.lon[usable], located.lat[usable] = lon[usable], lat[usable]
        located.method[usable] = "coordinate"
        located.confidence[usable] = COORDINATE_CONFIDENCE
        for index in np.flatnonzero(~usable).tolist():
            if addresses[index] or contents[index]:
                found = self.matcher.find(
                    addresses[index] or "",
                    matter=matters[index],
                    context=contents[index],
                    moment=int(moments[index]),
                )
                self._take(located, index, found, unit_row)
        return located

    def _take(self, located: Located, index: int, found: Found, unit_row: UnitRows) -> None:
        """Take the place of an answer, else the unit that the text names, else its candidates."""
        if not located.unusable[index]:
            located.problem[index] = found.problem
        if found.entry is None:
            return
        if found.confidence >= self.threshold and self._place(located, index, found, unit_row):
            located.label[index] = found.entry.label
            return
        located.candidates[index] = self._units_of(found)
        if not self._unit(located, index, found, unit_row) and not located.problem[index]:
            located.problem[index] = "unsure"

    def _place(self, located: Located, index: int, found: Found, unit_row: UnitRows) -> bool:
        """Put a ticket where it was found: at the point, or into the unit that holds the area."""
        unit = unit_row(found.held_by) if found.held_by else -1
        if not found.is_area or (unit < 0 and found.is_other_ground):
            located.lon[index], located.lat[index] = found.lon, found.lat
        elif unit >= 0:
            located.unit[index] = unit
        else:
            return False
        located.method[index], located.confidence[index] = found.method, found.confidence
        return True

    def _unit(self, located: Located, index: int, found: Found, unit_row: UnitRows) -> bool:
        """Put a ticket into the unit that its text names, whatever else it names."""
        key = found.named_unit
        unit = -1 if key is None else unit_row(key)
        if key is None or unit < 0 or found.named_confidence < self.threshold:
            return False
        gazetteer = self.matcher.gazetteer
        located.unit[index], located.label[index] = unit, gazetteer.label(gazetteer.numbers[key])
        located.method[index], located.confidence[index] = "unit_name", found.named_confidence
        return True

    def _units_of(self, found: Found) -> str:
        """List the codes of the finest units that hold the candidates, each once."""
        gazetteer = self.matcher.gazetteer
        units = (gazetteer.finest_unit(gazetteer.numbers[c.entry.key]) for c in found.candidates)
        codes = [gazetteer.rows.code[unit] for unit in units if unit >= 0]
        return " ".join(dict.fromkeys(code for code in codes if code))
