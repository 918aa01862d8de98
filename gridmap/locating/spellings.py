"""The names of a gazetteer, found in running text: exactly, by their sound, or nearly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA

from gridmap.locating.hashing import Stretches, many, many_without
from gridmap.locating.multimap import Multimap
from gridmap.locating.sounds import sound
from gridmap.locating.words import words

Places = npt.NDArray[np.intp]

#: Longest name that is looked for; what is longer is found by its beginning.
LONGEST = 64
#: Names shorter than this must be written exactly; those shorter than the next have no slips.
_SHORTEST_BY_SOUND, _SHORTEST_NEARLY = 3, 3
_SHORT_CORE = 2
_LONGEST_NEARLY, _SHORTEST_LATIN = 24, 5
_CHINESE = re.compile(r"[㐀-鿿]")

_FIGURES = re.compile(r"\d+")
_SIDES_BEFORE = ("north ", "south ", "east ", "west ")
_SIDES, _ROADS = frozenset("东南西北"), ("路", "街", "巷", "大道", "胡同")
_TELLING = ("路", "街", "巷", "门", "桥", "站")
_HALVED = {"东南", "西南", "东北", "西北"}

#: How good a hit is: written exactly, homophones, one slip in a long or in a short name, and a
#: short name that has lost a character, to be believed only with a number or alone.
EXACT, BY_SOUND, NEARLY, BARELY, HARDLY = 1.0, 0.9, 0.75, 0.6, 0.5


@dataclass(frozen=True, slots=True)
class Hit:
    """A name in a text: where it stands, which spelling, how good."""

    start: int
    end: int
    spelling: int
    quality: float


@dataclass(frozen=True, slots=True)
class Taken:
    """A stretch that is read already; a name must go beyond it by so many characters."""

    start: int
    end: int
    beyond: int


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
        self._sounds = [sound(text[:LONGEST]) for text in texts]
        self._whole = Multimap(many(self._sounds), np.arange(len(texts)))
        lengths = np.array([len(text) for text in self._sounds], dtype=np.int64)
        self._has_length = np.bincount(lengths, minlength=LONGEST + 1) > 0
        self._has_length[0] = False
        self._near_length = np.zeros(_LONGEST_NEARLY + 2, dtype=bool)
        near = np.flatnonzero((lengths >= _SHORTEST_NEARLY) & (lengths <= _LONGEST_NEARLY))
        for slip in (-1, 0, 1):
            self._near_length[np.unique(lengths[near]) + slip] = True
        shorter, owner = many_without([self._sounds[number] for number in near.tolist()])
        self._shorter = Multimap(shorter, near[owner])

    def __len__(self) -> int:
        return len(self.texts)

    def find(self, text: str) -> list[Hit]:
        """Find every spelling that stands in a text, exactly or by its sound.

        A Latin name, or a number at its end, stands only where no word or number goes on.
        """
        if not text or not self.texts:
            return []
        start, end = _stretches(text, self._has_length)
        places, numbers = self._whole.find(Stretches(sound(text)).hashes(start, end))
        hits = []
        for place, number in zip(places.tolist(), numbers.tolist(), strict=True):
            first, last = int(start[place]), int(end[place])
            quality = self._compare(text[first:last], number)
            if quality and not _is_half_a_side(text, first):
                hits.append(Hit(first, last, number, quality))
        return hits

    def _compare(self, written: str, number: int) -> float:
        name = self.texts[number][:LONGEST]
        if written == name:
            return EXACT
        if len(name) < _SHORTEST_BY_SOUND or sound(written) != sound(name):
            return 0.0
        return BY_SOUND

    def find_nearly(
        self, text: str, taken: Sequence[Taken] = (), breaks: Iterable[int] = ()
    ) -> list[Hit]:
        """Find spellings that stand in a text with one slip.

        A character more, less, another, or two that changed places; homophones count as the same.

        Parameters
        ----------
        taken
            What is read already: only names that go well beyond it are looked for there, and none
            that a mark parts.
        breaks
            Where marks stood.
        """
        if len(text) < _SHORTEST_NEARLY - 1 or not self.texts:
            return []
        start, end = _stretches(text, self._near_length)
        free = _free(start, end, taken, breaks)
        start, end = start[free], end[free]
        heard = sound(text)
        firsts, lasts = start.tolist(), end.tolist()
        hits = []
        for place, number in self._near_pairs(Stretches(heard), start, end):
            first, last = firsts[place], lasts[place]
            if OSA.distance(heard[first:last], self._sounds[number], score_cutoff=1) > 1:
                continue  # two different characters were left out
            quality = _likeness(text[first:last], self.texts[number])
            if quality:
                hits.append(Hit(first, last, number, quality))
        return hits

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


def _stretches(text: str, wanted: npt.NDArray[np.bool_]) -> tuple[Places, Places]:
    """List the stretches of a text whose length is wanted and that no word or number goes on from.

    Names in Latin letters, or with a number at an edge, must stand alone.
    """
    latin = np.array([char < "\x7f" and char.isalnum() for char in text])
    inside = np.concatenate([[False], latin[1:] & latin[:-1], [False]])
    blank = np.array([char == " " for char in text])
    starts = np.flatnonzero(~inside[:-1] & ~blank)[:, None]
    ends = starts + np.flatnonzero(wanted[: len(text) + 1])[None, :]
    starts = np.broadcast_to(starts, ends.shape)
    fitting = ends <= len(text)
    starts, ends = starts[fitting], ends[fitting]
    alone = ~inside[ends] & ~blank[ends - 1]
    return starts[alone], ends[alone]


def _free(
    start: Places, end: Places, taken: Sequence[Taken], breaks: Iterable[int]
) -> npt.NDArray[np.bool_]:
    """Tell the stretches that go beyond all that is taken there, or touch none of it."""
    free = np.ones(len(start), dtype=bool)
    parted = np.zeros(len(start), dtype=bool)
    for at in breaks:
        parted |= (start < at) & (at < end)
    for one in taken:
        apart = (end <= one.start) | (one.end <= start)
        more = np.maximum(one.start - start, end - one.end)
        beyond = (start <= one.start) & (one.end <= end) & (more >= one.beyond) & ~parted
        free &= apart | beyond
    return free


def _is_half_a_side(text: str, start: int) -> bool:
    """Tell whether a side before a name belongs to it.

    南门 is not the 东南门, nor is 55 STREET the WEST 55 STREET.
    """
    if text[max(start - 1, 0) : start + 1] in _HALVED:
        return True
    return text[:start].endswith(_SIDES_BEFORE)


def _likeness(written: str, name: str) -> float:
    """Tell how good a hit with one slip by its sound is, 0 for one that cannot be believed.

    Numbers are never slips. Among the characters there may be a homophone besides, in a long name.
    """
    if len(name) < _SHORTEST_NEARLY:
        return 0.0
    if not _CHINESE.search(name):
        return NEARLY if _is_latin_slip(written, name) else 0.0
    if "".join(_FIGURES.findall(written)) != "".join(_FIGURES.findall(name)):
        return 0.0
    ours, theirs = _ending(written), _ending(name)
    if _differs_by_side(written, name) or (ours and theirs and ours != theirs):
        return 0.0
    if _has_all(written, name):  # one too many, or two that changed places
        return NEARLY
    slips = OSA.distance(written, name)
    if slips == 1:
        if len(name) >= 4 and (len(core(name)) > _SHORT_CORE or core(name) in written):
            return NEARLY
        return BARELY if len(name) >= 4 or len(written) >= len(name) else HARDLY
    # 观珊小区 has two characters of its own: two slips leave nothing of it
    return BARELY if len(core(name)) > _SHORT_CORE and len(name) >= 4 else 0.0


def _differs_by_side(written: str, name: str) -> bool:
    """Tell whether a side is what differs between two roads: 映屿北街 is not 映屿街."""
    if not name.endswith(_ROADS):
        return False
    ours, theirs = ([char for char in text if char in _SIDES] for text in (written, name))
    return ours != theirs


def _ending(name: str) -> str:
    """Tell whether a name is of a road, a gate, a bridge or a station: these are never slips."""
    return next((end for end in _TELLING if name.endswith(end)), "")


def _has_all(written: str, name: str) -> bool:
    """Tell whether every character of a name is written, in whatever order."""
    for char in name:
        if char not in written:
            return False
        written = written.replace(char, "", 1)
    return True


@lru_cache(maxsize=200_000)
def core(name: str) -> str:
    """Leave out the end of a name that many share: 小区, 社区, 路."""
    for ending in words().common_endings:
        if name.endswith(ending):
            return name.removesuffix(ending)
    return name


def _is_latin_slip(written: str, name: str) -> bool:
    """Tell whether one longer word has a slip, or a blank is one too many or missing."""
    if written.replace(" ", "") == name.replace(" ", ""):
        return _FIGURES.findall(written) == _FIGURES.findall(name)
    ones, others = written.split(" "), name.split(" ")
    if len(ones) != len(others):
        return False
    differing = [(a, b) for a, b in zip(ones, others, strict=True) if a != b]
    return len(differing) == 1 and all(
        len(b) >= _SHORTEST_LATIN and b.isalpha() and OSA.distance(a, b) == 1 for a, b in differing
    )
