"""What a ticket is about, as far as routing asks: emergencies and departments."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gridmap.routing.rules import Department, Rules

Texts = Sequence[str | None]
#: Specialist, category, and whether the matter holds any word.
_ByMatter = tuple[Department | None, Department | None, bool]


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
        self._known: dict[tuple[str | None, str | None], _ByMatter] = {}

    def ordinary(
        self, matter: str | None, code: str | None, content: str | None, *, placed: bool
    ) -> bool:
        """Tell whether one ticket is no emergency, and nobody's whatever unit holds its place.

        Without a place (`placed`), its matter may give it to a department.
        """
        if self._any_word is not None and self._any_word.search(f"{matter or ''} {content or ''}"):
            return False
        departments = self._rules.specialists
        if not placed:
            departments = (*departments, *self._rules.categories)
        return _first(departments, matter or "", code or "", "") is None

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
        telling = self._by_matter(found, matters, codes)
        for index in telling | self._with_words(contents):
            text = f"{matters[index] or ''} {contents[index] or ''}"
            self._by_words(found, index, text)
        return found

    def _by_matter(self, found: Sorted, matters: Texts, codes: Texts) -> set[int]:
        """Look at each matter once; tell the tickets whose matter holds any word."""
        keys = list(zip(matters, codes, strict=True))
        for key in set(keys) - self._known.keys():
            matter, code = key[0] or "", key[1] or ""
            self._known[key] = (
                _first(self._rules.specialists, matter, code, ""),
                _first(self._rules.categories, matter, code, ""),
                self._any_word is not None and self._any_word.search(matter) is not None,
            )
        by_matter = [self._known[key] for key in keys]
        found.specialist[:] = [specialist for specialist, _category, _telling in by_matter]
        found.category[:] = [category for _specialist, category, _telling in by_matter]
        return {index for index, (_, _, telling) in enumerate(by_matter) if telling}

    def _by_words(self, found: Sorted, index: int, text: str) -> None:
        hours = [rule.within_h for rule in self._rules.emergencies if rule.pattern.search(text)]
        if hours:
            found.within_h[index] = min(hours)
        if found.specialist[index] is None:
            found.specialist[index] = _first(self._rules.specialists, "", "", text)
        if found.category[index] is None:
            found.category[index] = _first(self._rules.categories, "", "", text)

    def _with_words(self, texts: Texts) -> set[int]:
        if self._any_word is None:
            return set()
        search = self._any_word.search
        return {index for index, text in enumerate(texts) if text and search(text)}


def _first(
    departments: Sequence[Department], matter: str, code: str, text: str
) -> Department | None:
    return next((found for found in departments if found.takes(matter, code, text)), None)
