"""The names of a gazetteer, found in running text: exactly, by their sound, or nearly."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gridmap.locating.hashing import Stretches, many, many_without
from gridmap.locating.multimap import Multimap
from gridmap.locating.sounds import sound

Places = npt.NDArray[np.intp]

#: Longest name that is looked for; what is longer is found by its beginning.
LONGEST = 64
#: Names shorter than this must be written exactly; those shorter than the next have no slips.
_SHORTEST_BY_SOUND, _SHORTEST_NEARLY = 3, 3
_LONGEST_NEARLY = 24
_LATIN = re.compile(r"[0-9a-z]")
_CHINESE = re.compile(r"[㐀-鿿]")

#: How good a hit is: written exactly, homophones, one slip in a long or in a short name.
EXACT, BY_SOUND, NEARLY, BARELY = 1.0, 0.9, 0.75, 0.6


@dataclass(frozen=True, slots=True)
class Hit:
    """A name in a text: where it stands, which spelling, how good."""

    start: int
    end: int
    spelling: int
    quality: float


class Spellings:
    """All ways to write the names; a spelling is told by its number.

    Parameters
    ----------
    texts
        The spellings as `writing.write` writes them, each once.
    """

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts
        self.numbers = {text: number for number, text in enumerate(texts)}
        sounds = [sound(text[:LONGEST]) for text in texts]
        self._whole = Multimap(many(sounds), np.arange(len(texts)))
        lengths = np.array([len(text) for text in sounds], dtype=np.int64)
        self._has_length = np.bincount(lengths, minlength=LONGEST + 1) > 0
        self._has_length[0] = False
        near = np.flatnonzero((lengths >= _SHORTEST_NEARLY) & (lengths <= _LONGEST_NEARLY))
        shorter, owner = many_without([sounds[number] for number in near.tolist()])
        self._shorter = Multimap(shorter, near[owner])

    def __len__(self) -> int:
        return len(self.texts)

    def find(self, text: str) -> list[Hit]:
        """Find every spelling that stands in a text, exactly or by its sound.

        A Latin name, or a number at its end, stands only where no word or number goes on.
        """
        if not text or not self.texts:
            return []
        start, end = _stretches(len(text), self._has_length)
        places, numbers = self._whole.find(Stretches(sound(text)).hashes(start, end))
        hits = []
        for place, number in zip(places.tolist(), numbers.tolist(), strict=True):
            first, last = int(start[place]), int(end[place])
            quality = self._compare(text[first:last], number)
            if quality and stands_alone(text, first, last):
                hits.append(Hit(first, last, number, quality))
        return hits

    def _compare(self, written: str, number: int) -> float:
        name = self.texts[number][:LONGEST]
        if written == name:
            return EXACT
        if len(name) < _SHORTEST_BY_SOUND or sound(written) != sound(name):
            return 0.0
        return BY_SOUND

    def find_nearly(self, text: str) -> list[Hit]:
        """Find spellings that stand in a text with one slip.

        A character more, less, another, or two that changed places; homophones count as the same.
        """
        if len(text) < _SHORTEST_NEARLY - 1 or not self.texts:
            return []
        reach = np.zeros(len(self._has_length), dtype=bool)
        reach[2 : _LONGEST_NEARLY + 2] = True
        start, end = _stretches(len(text), reach)
        alone = [
            stands_alone(text, i, j) for i, j in zip(start.tolist(), end.tolist(), strict=True)
        ]
        start, end = start[alone], end[alone]
        heard = Stretches(sound(text))
        best: dict[tuple[int, int, int], Hit] = {}
        for place, number in self._near_pairs(heard, start, end):
            first, last = int(start[place]), int(end[place])
            quality = _likeness(text[first:last], self.texts[number])
            if quality:
                best[first, last, number] = Hit(first, last, number, quality)
        return list(best.values())

    def _near_pairs(self, heard: Stretches, start: Places, end: Places) -> list[tuple[int, int]]:
        """Pair stretches with spellings, of which the one is the other less one character."""
        found = [self._shorter.find(heard.hashes(start, end))]  # one is missing in the text
        counts = end - start
        owner = np.repeat(np.arange(len(start)), counts)
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        hashes = heard.without(start[owner], end[owner], start[owner] + within)
        for table in (self._whole, self._shorter):  # one too many; another one, or two swapped
            places, numbers = table.find(hashes)
            found.append((owner[places], numbers))
        joined = {
            pair
            for places, numbers in found
            for pair in zip(places.tolist(), numbers.tolist(), strict=True)
        }
        return sorted(joined)


def _stretches(length: int, wanted: npt.NDArray[np.bool_]) -> tuple[Places, Places]:
    """List all stretches of a text whose length is wanted."""
    lengths = np.flatnonzero(wanted[: length + 1])
    starts = np.arange(length)[:, None]
    ends = starts + lengths[None, :]
    inside = ends <= length
    return np.broadcast_to(starts, ends.shape)[inside], ends[inside]


def _likeness(written: str, name: str) -> float:
    """Tell how good a hit with one slip is, 0 for one that cannot be believed."""
    if not _CHINESE.search(name):
        return NEARLY if len(name) >= 6 and _digits(written) == _digits(name) else 0.0
    if _digits(written) != _digits(name) or len(written) < 2:
        return 0.0
    if len(name) >= 4:
        return NEARLY
    return BARELY if len(written) >= len(name) else 0.0


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdecimal())


def stands_alone(text: str, start: int, end: int) -> bool:
    """Tell whether a Latin word or number at the edge of a stretch does not go on outside it."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (
        (before and _LATIN.match(text[start]) and _LATIN.match(before))
        or (after and _LATIN.match(text[end - 1]) and _LATIN.match(after))
    )
