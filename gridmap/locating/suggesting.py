"""What somebody who types a name may be looking for: hanzi, pinyin, initials, Latin letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import islice

import numpy as np

from gridmap.locating.gazetteer import Entry, Gazetteer
from gridmap.locating.multimap import key
from gridmap.locating.sounds import initials, pinyin
from gridmap.locating.writing import spelling
from gridmap.moments import now

#: Characters of what is typed that are looked at.
LONGEST = 64
#: Names that a number is looked for in, when what stands before it is only the beginning of them.
_PARENTS = 20

_NUMBER_LAST = re.compile(r"(.*?[^\d-])([甲乙丙丁]?\d+(?:-\d+)*)(\D*)")
_NUMBER_FIRST = re.compile(r"(\d+(?:-\d+)*)([a-z].*)")
_FIGURES = re.compile(r"\d+")
_GAPS = re.compile(r"[\W_]+(?<!-)")

#: Kinds of parts (`parts.py`) by how the word behind a number begins, in hanzi or pinyin.
_KINDS = {"单": "e", "门": "e", "d": "e", "m": "e", "院": "h"}


class Lines:
    """Many short texts as one, in which a piece is found at the speed of `str.find`.

    Parameters
    ----------
    texts
        The lines; none holds a line break.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        listed = list(texts)
        self._text = "\n".join(["", *listed, ""])
        lengths = np.fromiter(map(len, listed), np.int64, len(listed))
        # The i-th line begins behind the break at the i-th place; the last break ends the last.
        self._breaks = np.concatenate([[0], np.cumsum(lengths + 1)])

    def find(self, piece: str) -> Iterator[int]:
        """Yield the lines that hold a piece, in their order; a break in it stands for an end."""
        at = self._text.find(piece)
        while 0 <= at < len(self._text) - 1:
            line = int(self._breaks.searchsorted(at, "right")) - 1
            yield line
            at = self._text.find(piece, int(self._breaks[line + 1]))


class Suggester:
    """Suggests entries of one gazetteer while somebody types.

    Parameters
    ----------
    gazetteer
        Its spellings are written in pinyin and initials once, here.
    """

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        texts = gazetteer.spellings.texts
        lengths = np.fromiter(map(len, texts), np.int64, len(texts))
        #: By line: the number of its spelling; what is named most often, and in short, is first.
        self._spellings = np.lexsort((lengths, self._importance(len(texts))))
        names = [texts[number].replace(" ", "") for number in self._spellings.tolist()]
        self._names = Lines(names)
        self._pinyin = Lines(map(pinyin, names))
        self._initials = Lines(map(initials, names))
        self._parts = [""] * len(gazetteer.part_numbers)
        for part, number in gazetteer.part_numbers.items():
            self._parts[number] = part

    def _importance(self, count: int) -> np.ndarray[tuple[int], np.dtype[np.int8]]:
        owners = self._gazetteer.owners
        best = np.full(count, 127, dtype=np.int8)
        np.minimum.at(best, owners.keys.astype(np.int64), self._gazetteer.importance[owners.values])
        return best

    def suggest(self, typed: str, limit: int = 10) -> list[Entry]:
        """List the entries that are likely meant, the likeliest first.

        What begins with what was typed goes before what holds it; a number behind a name, or
        before a Latin one, is looked for among the buildings, entrances or houses there.

        Parameters
        ----------
        typed
            What stands in the field: hanzi, pinyin whole or not, with blanks or without, the
            initials of its syllables, Latin letters.
        limit
            How many are wanted.
        """
        if limit < 1:
            return []
        moment, chosen = now(), dict[int, None]()
        for entry in self._numbers(typed):
            if self._gazetteer.is_valid(entry, moment):
                chosen[entry] = None
                if len(chosen) == limit:
                    break
        return [self._gazetteer.entry(entry) for entry in chosen]

    def _numbers(self, typed: str) -> Iterator[int]:
        """Yield entries, the likeliest first; one may come again."""
        forms = _forms(typed)
        counted = [found for form in forms if (found := _take_number(form))]
        for name, number, behind in counted:
            yield from self._counted(self._named(name), number, behind)
        for form in forms:
            yield from self._holding(form, begins=True)
        for name, number, behind in counted:
            begun = islice(self._holding(name, begins=True), _PARENTS)
            yield from self._counted(dict.fromkeys(begun), number, behind)
        for form in forms:
            yield from self._holding(form, begins=False)

    def _holding(self, form: str, *, begins: bool) -> Iterator[int]:
        """Yield the entries of names that begin with a form, or hold it."""
        start = "\n" if begins else ""
        yield from self._entries(self._names.find(start + form))
        yield from self._entries(self._pinyin.find(start + pinyin(form)))
        if form.isascii():
            yield from self._entries(self._initials.find(start + form))

    def _named(self, form: str) -> list[int]:
        """List the entries that a whole name means, by its writing, sound or initials."""
        whole = f"\n{form}\n"
        found = dict.fromkeys(self._entries(self._names.find(whole)))
        found |= dict.fromkeys(self._entries(self._pinyin.find(f"\n{pinyin(form)}\n")))
        if form.isascii() and not found:
            found |= dict.fromkeys(islice(self._entries(self._initials.find(whole)), _PARENTS))
        counted = _take_number(form)
        if counted and not found:
            name, number, behind = counted
            children = self._counted(self._named(name), number, behind or "号")
            found |= dict.fromkeys(islice(children, _PARENTS))
        return list(found)

    def _entries(self, lines: Iterable[int]) -> Iterator[int]:
        """Yield the entries of the spellings on some lines; what is named most often first."""
        gazetteer = self._gazetteer
        for line in lines:
            first, last = gazetteer.owned_by(int(self._spellings[line]))
            entries = gazetteer.owners.values[first:last]
            order = np.lexsort((entries, gazetteer.importance[entries]))
            yield from entries[order].tolist()

    def _counted(self, parents: Iterable[int], number: str, behind: str) -> Iterator[int]:
        """Yield what is counted in entries under a number, or one that it begins.

        A word behind the number ends it.
        """
        for parent in parents:
            found = [
                (part[1:] != number, _order(part), entry)
                for part, entry in self._parts_of(parent)
                if part[0] in _kinds(behind)
                and (part[1:] == number or (not behind and part[1:].startswith(number)))
            ]
            yield from (entry for *_, entry in sorted(found))

    def _parts_of(self, parent: int) -> Iterator[tuple[str, int]]:
        children = self._gazetteer.children
        ends = np.array([key(parent, 0), key(parent + 1, 0)], dtype=np.uint64)
        first, last = children.keys.searchsorted(ends).tolist()
        parts = (children.keys[first:last] & np.uint64(2**32 - 1)).tolist()
        return zip(
            map(self._parts.__getitem__, parts), children.values[first:last].tolist(), strict=True
        )


def _forms(typed: str) -> list[str]:
    """Write what was typed in the ways in which names are kept, without blanks."""
    plain = unicodedata.normalize("NFKC", typed[:LONGEST]).lower()
    forms = (_GAPS.sub("", plain), spelling(typed[:LONGEST]).replace(" ", ""))
    return [form for form in dict.fromkeys(forms) if form]


def _take_number(form: str) -> tuple[str, str, str] | None:
    """Take a number off: the name, the number, and what stands behind the number."""
    last = _NUMBER_LAST.fullmatch(form)
    if last:
        return last[1], last[2], last[3]
    first = _NUMBER_FIRST.fullmatch(form)
    return None if first is None else (first[2], first[1], "")


def _kinds(behind: str) -> str:
    """Tell which parts a number may be by the word behind it."""
    return _KINDS.get(behind[:1], "bahe" if not behind else "bah")


def _order(part: str) -> tuple[int, str]:
    figures = _FIGURES.search(part)
    return (int(figures[0]) if figures else 0, part)
