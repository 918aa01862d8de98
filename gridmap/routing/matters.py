"""What a ticket is about, as far as routing asks: emergencies and departments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gridmap.routing.rules import Department, Rules

Texts = Sequence[str | None]


@dataclass
class Sorted:
    """What the rules say of n tickets' matters; arrays of shape (n,).

    Attributes
    ----------
    within_h
        Hours within which an emergency is to be answered; NaN for no emergency.
    specialist, category
        The department that takes the matter straight away, or when no place is found; or None.
    """

    within_h: npt.NDArray[np.float64]
    specialist: npt.NDArray[np.object_]
    category: npt.NDArray[np.object_]


class Matters:
    """Sorts tickets by their matter and words."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        # One pass over all texts finds the few that hold any word; only those are looked at again.
        words = "|".join(re.escape(word) for word in rules.words)
        self._any_word = re.compile(words, re.IGNORECASE) if words else None
        self._known: dict[tuple[str, str], tuple[Department | None, Department | None]] = {}

    def sort(self, matters: Texts, codes: Texts, contents: Texts) -> Sorted:
        """Sort n tickets by matter name, matter code and what they say.

        Addresses are left out: a bus stop in one is not a matter of buses.
        """
        count = len(matters)
        found = Sorted(
            within_h=np.full(count, np.nan),
            specialist=np.full(count, None, dtype=object),
            category=np.full(count, None, dtype=object),
        )
        self._by_matter(found, matters, codes)
        for index in self._with_words(matters, contents):
            text = f"{matters[index] or ''} {contents[index] or ''}"
            self._by_words(found, index, text)
        return found

    def _by_matter(self, found: Sorted, matters: Texts, codes: Texts) -> None:
        for index, key in enumerate(zip(matters, codes, strict=True)):
            matter, code = key[0] or "", key[1] or ""
            departments = self._known.get((matter, code))
            if departments is None:
                departments = (
                    _first(self._rules.specialists, matter, code, ""),
                    _first(self._rules.categories, matter, code, ""),
                )
                self._known[matter, code] = departments
            if departments[0] is not None:
                found.specialist[index] = departments[0]
            if departments[1] is not None:
                found.category[index] = departments[1]

    def _by_words(self, found: Sorted, index: int, text: str) -> None:
        hours = [rule.within_h for rule in self._rules.emergencies if rule.pattern.search(text)]
        if hours:
            found.within_h[index] = min(hours)
        if found.specialist[index] is None:
            found.specialist[index] = _first(self._rules.specialists, "", "", text)
        if found.category[index] is None:
            found.category[index] = _first(self._rules.categories, "", "", text)

    def _with_words(self, *columns: Texts) -> list[int]:
        if self._any_word is None:
            return []
        search = self._any_word.search
        return [
            index
            for index, texts in enumerate(zip(*columns, strict=True))
            if any(text and search(text) for text in texts)
        ]


def _first(
    departments: Sequence[Department], matter: str, code: str, text: str
) -> Department | None:
    return next((found for found in departments if found.takes(matter, code, text)), None)
