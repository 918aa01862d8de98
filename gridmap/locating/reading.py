"""A text read: the names and numbers in it, and what the words around them say."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from gridmap.locating.gazetteer import Gazetteer
from gridmap.locating.parts import Part, parts
from gridmap.locating.rows import UNIT_KINDS
from gridmap.locating.spellings import EXACT, Hit
from gridmap.locating.words import words
from gridmap.locating.writing import Written, write

_CODE = re.compile(r"(?<![0-9])[0-9]{6,22}(?![0-9])")
_RUN = re.compile(r"[㐀-鿿]+")
_LATIN_RUN = re.compile(r"[a-z][a-z ]{4,}")
#: How much of the text before a name is searched for a word such as 家住.
_BEFORE = 6


@dataclass(frozen=True)
class Mention:
    """A name in a text, with every entry that bears it and how good a fit each is (0 to 1).

    `sureness` is of the writing alone: 1 for a name that is written as registered.
    """

    start: int
    end: int
    entries: dict[int, float]
    sureness: float
    role: str = ""


@dataclass
class Reading:
    """What a text says of a place.

    Attributes
    ----------
    written
        The text.
    mentions, parts
        Names and numbers in their order; none lies over another.
    unknown
        Whether a number is said of something whose name is not known.
    """

    written: Written
    mentions: list[Mention] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    unknown: bool = False


def read(gazetteer: Gazetteer, text: str) -> Reading:
    """Read a text; names that are not found as written are looked for with a slip."""
    reading = Reading(write(text))
    written = reading.written.text
    hits = _codes(gazetteer, written) + _chosen(gazetteer, gazetteer.spellings.find(written))
    reading.mentions = [_with_role(mention, written) for mention in hits]
    _set_parts(reading)
    if _wants_more(gazetteer, reading):
        found = _nearly(gazetteer, reading)
        reading.mentions += [_with_role(mention, written) for mention in found]
        _set_parts(reading)
    reading.unknown = any(
        not part.bare and _unknown_before(reading, part) for part in reading.parts
    )
    return reading


def _set_parts(reading: Reading) -> None:
    reading.mentions.sort(key=lambda mention: mention.start)
    reading.parts = [
        part
        for part in parts(reading.written.text)
        if not any(_overlap(part, mention) for mention in reading.mentions)
    ]


def _overlap(one: Part | Hit | Mention, other: Part | Hit | Mention) -> bool:
    return one.start < other.end and other.start < one.end


def _codes(gazetteer: Gazetteer, text: str) -> list[Mention]:
    return [
        Mention(match.start(), match.end(), dict.fromkeys(gazetteer.codes[match[0]], 1.0), EXACT)
        for match in _CODE.finditer(text)
        if match[0] in gazetteer.codes
    ]


def _chosen(gazetteer: Gazetteer, hits: list[Hit]) -> list[Mention]:
    """Choose hits that do not overlap: the longest first, and of these the best."""
    hits.sort(key=lambda hit: (hit.start - hit.end, -hit.quality, hit.start))
    taken: list[Hit] = []
    for hit in hits:
        rivals = [other for other in taken if _overlap(hit, other)]
        same = rivals and all(
            (r.start, r.end, r.quality) == (hit.start, hit.end, hit.quality) for r in rivals
        )
        if not rivals or same:
            taken.append(hit)
    return _mentions(gazetteer, taken)


def _mentions(gazetteer: Gazetteer, hits: list[Hit]) -> list[Mention]:
    """Join the hits on one stretch to a mention of all their entries."""
    spans: dict[tuple[int, int], list[Hit]] = {}
    for hit in hits:
        spans.setdefault((hit.start, hit.end), []).append(hit)
    return [
        Mention(start, end, _entries(gazetteer, found), max(hit.quality for hit in found))
        for (start, end), found in spans.items()
    ]


def _entries(gazetteer: Gazetteer, hits: list[Hit]) -> dict[int, float]:
    entries: dict[int, float] = {}
    for hit in hits:
        first, last = gazetteer.owned_by(hit.spelling)
        for at in range(first, last):
            entry = int(gazetteer.owners.values[at])
            fit = hit.quality * float(gazetteer.trust[at])
            entries[entry] = max(fit, entries.get(entry, 0.0))
    return entries


def is_unit(gazetteer: Gazetteer, mention: Mention) -> bool:
    """Tell whether a mention names units or quarters only, which limit a place."""
    return all(gazetteer.kind[entry] in _LIMITS for entry in mention.entries)


_LIMITS = {*UNIT_KINDS, "locality"}


def _wants_more(gazetteer: Gazetteer, reading: Reading) -> bool:
    """Tell whether the text seems to name something that was not found."""
    if all(is_unit(gazetteer, mention) for mention in reading.mentions):
        return True
    return any(not part.bare and _unknown_before(reading, part) for part in reading.parts)


def _unknown_before(reading: Reading, part: Part) -> bool:
    """Tell whether a number stands behind words that are neither a name nor a filler."""
    text = reading.written.text
    start = max((m.end for m in reading.mentions if m.end <= part.start), default=0)
    start = max(start, max((p.end for p in reading.parts if p.end <= part.start), default=0))
    between = text[start : part.start].rpartition(",")[2]
    for filler in words().fillers:
        between = between.removesuffix(filler)
    return len(between) >= 2 and bool(_RUN.search(between)) and between not in words().at


def _nearly(gazetteer: Gazetteer, reading: Reading) -> list[Mention]:
    """Find names with a slip in what is not read yet; overlapping ones that are as good compete."""
    text = reading.written.text
    covered = bytearray(len(text))
    for one in (*reading.mentions, *reading.parts):
        covered[one.start : one.end] = b"\1" * (one.end - one.start)
    blank = "".join("," if covered[at] else char for at, char in enumerate(text))
    hits = []
    for run in (*_RUN.finditer(blank), *_LATIN_RUN.finditer(blank)):
        hits += [
            Hit(hit.start + run.start(), hit.end + run.start(), hit.spelling, hit.quality)
            for hit in gazetteer.spellings.find_nearly(run[0])
        ]
    ends = {part.start for part in reading.parts}
    ranked = sorted(hits, key=lambda hit: -_worth(hit, ends, gazetteer.spellings.texts))
    groups: list[list[Hit]] = []
    for hit in ranked:
        group = next((g for g in groups if any(_overlap(hit, other) for other in g)), None)
        if group is None:
            groups.append([hit])
        elif (
            _worth(hit, ends, gazetteer.spellings.texts)
            >= _worth(group[0], ends, gazetteer.spellings.texts) - 1e-9
        ):
            group.append(hit)
    return [_joined(gazetteer, group) for group in groups]


def _worth(hit: Hit, ends: set[int], texts: list[str]) -> float:
    """Rank hits with a slip: good ones, long ones, those that a number follows."""
    follows = hit.end in ends or any(hit.end + len(filler) in ends for filler in ("小区",))
    return hit.quality + 0.04 * len(texts[hit.spelling]) + (0.2 if follows else 0.0)


def _joined(gazetteer: Gazetteer, group: list[Hit]) -> Mention:
    entries = _entries(gazetteer, group)
    start, end = min(hit.start for hit in group), max(hit.end for hit in group)
    return Mention(start, end, entries, max(hit.quality for hit in group))


def _with_role(mention: Mention, text: str) -> Mention:
    """Tell a place where somebody lives from the one that is meant."""
    before = text[max(mention.start - _BEFORE, 0) : mention.start]
    for role, listed in (("meant", words().meant), ("home", words().home)):
        if any(word in before for word in listed):
            return Mention(mention.start, mention.end, mention.entries, mention.sureness, role)
    return mention
