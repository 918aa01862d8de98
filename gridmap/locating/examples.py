"""Texts that a person has confirmed: the same words mean the same place from then on."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import partial
from math import nan

from gridmap.locating.found import Found, Suggested
from gridmap.locating.gazetteer import Entry, Gazetteer
from gridmap.locating.metres import SAME_M, apart_m
from gridmap.locating.parts import parts
from gridmap.locating.words import words
from gridmap.locating.writing import write

#: How sure a confirmed text is; the rest is for what has changed since on the ground.
CONFIDENCE = 0.99
_SHORTEST_NAME = 2
#: What stands in the field of an address when nobody knows it.
_UNKNOWN = (
    "不清楚",
    "不知道",
    "不详",
    "未知",
    "未提供",
    "同上",
    "见附件",
    "家里",
    "家中",
    "unknown",
)


@dataclass(frozen=True, slots=True)
class Example:
    """What a text was confirmed to mean.

    Attributes
    ----------
    id
        Of the correction.
    entry
        Key of the entry; None where only a point was confirmed.
    lon, lat
        The confirmed point in degrees of the store's datum; None where ground was confirmed.
    day
        The date of the confirmation in the zone of the site.
    """

    id: int
    entry: str | None
    lon: float | None
    lat: float | None
    day: str

    def is_same(self, other: Example) -> bool:
        """Tell whether both mean one place."""
        if self.entry is not None or other.entry is not None:
            return self.entry == other.entry
        return apart_m(self.lon, self.lat, other.lon, other.lat) <= SAME_M


def writing_of(text: str) -> str:
    """Write a text in the one way in which examples are looked up."""
    return write(text).text


def names_something(text: str) -> bool:
    """Tell whether a text says more than a number: 小区2号楼门口 may be anywhere."""
    left = writing_of(text)
    for part in reversed(parts(left)):
        left = f"{left[: part.start]},{left[part.end :]}"
    around = words()
    for word in itertools.chain(_UNKNOWN, around.at, around.beside, around.fillers):
        left = left.replace(word, ",")
    return any(len(piece.strip()) >= _SHORTEST_NAME for piece in left.split(","))


def answer(gazetteer: Gazetteer, text: str, example: Example) -> Found:
    """Answer with the place that was confirmed for a text."""
    number = gazetteer.numbers.get(example.entry or "")
    entry = _point(text, example) if number is None else gazetteer.entry(number)
    held = -1 if number is None else gazetteer.holding(number)
    zh = f"本单位已于{example.day}确认同样的写法：{entry.label}（把握 {CONFIDENCE:.0%}）。"
    en = (
        f"{entry.label}: the site confirmed the same words on {example.day}; "
        f"sure to {CONFIDENCE:.0%}."
    )
    said = "同样的写法已经确认", "confirmed for the same words"
    return Found(
        text=text,
        entry=entry,
        lon=nan if example.lon is None else example.lon,
        lat=nan if example.lat is None else example.lat,
        extent=entry.extent if example.lon is None else None,
        method="confirmed",
        confidence=CONFIDENCE,
        problem="",
        listing=partial(_only, None if number is None else Suggested(entry, 1.0, *said)),
        words=(text,),
        reason_zh=zh,
        reason_en=en,
        held_by=None if held < 0 else gazetteer.rows.key[held],
    )


def _point(text: str, example: Example) -> Entry:
    """Make an entry of a point that nobody has registered."""
    return Entry(
        key=f"correction/{example.id}", kind="point", name=text, label=text, detail="",
        lon=example.lon, lat=example.lat, extent=None, parent=None,
    )  # fmt: skip


def _only(one: Suggested | None) -> tuple[Suggested, ...]:
    return () if one is None else (one,)
