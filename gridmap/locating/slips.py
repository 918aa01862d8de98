"""Names with a slip that stand where a name would: which to believe, and which compete."""

from __future__ import annotations

from dataclasses import dataclass

from gridmap.locating.spellings import HARDLY, Hit, Spellings, Taken
from gridmap.locating.words import words

#: Names of so few characters stand by chance in other words.
_SHORT = 3


@dataclass(frozen=True)
class Surroundings:
    """A text in which names with a slip are looked for.

    Attributes
    ----------
    text, breaks
        As written, and where marks part it.
    ends
        Where numbers begin: a name may end there.
    taken
        What is read in it already.
    """

    text: str
    breaks: frozenset[int]
    ends: frozenset[int]
    taken: tuple[Taken, ...]


def nearest(spellings: Spellings, around: Surroundings) -> list[list[Hit]]:
    """Choose names with a slip that do not overlap; those that are as good on one place compete."""
    hits = spellings.find_nearly(around.text, around.taken, around.breaks)
    worth = {
        hit: _worth(hit, around.ends, spellings.texts) for hit in hits if _is_bounded(hit, around)
    }
    groups: list[list[Hit]] = []
    for hit in sorted(worth, key=lambda hit: -worth[hit]):
        group = next((g for g in groups if any(_overlap(hit, other) for other in g)), None)
        if group is None:
            groups.append([hit])
        elif worth[hit] > worth[group[0]] - 1e-9:
            group.append(hit)
    return groups


def _overlap(one: Hit, other: Hit) -> bool:
    return one.start < other.end and other.start < one.end


def _is_bounded(hit: Hit, around: Surroundings) -> bool:
    """Tell whether a short name with a slip stands where a name would: by a mark or a number."""
    text, length = around.text, hit.end - hit.start
    if length == len(text) or (hit.end in around.ends and hit.quality == HARDLY):
        return True
    parted = any(hit.start < at < hit.end for at in around.breaks)
    if hit.quality == HARDLY or (parted and length <= _SHORT + 1):
        return False
    if length > _SHORT:
        return True
    starts = {0, *around.breaks, *(one.end for one in around.taken)}
    return hit.start in starts or text[: hit.start].endswith(words().lead)


def _worth(hit: Hit, ends: frozenset[int], texts: list[str]) -> float:
    """Rank hits with a slip: good ones, long ones, those that a number follows."""
    follows = hit.end in ends or hit.end + len("小区") in ends
    length = 0.04 * len(texts[hit.spelling]) + 0.02 * (hit.end - hit.start)
    return hit.quality + length + (0.2 if follows else 0.0)
