"""What the matcher answers to one text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from gridmap.locating.confidence import Signs
from gridmap.locating.gazetteer import Entry
from gridmap.locating.metres import DEGREE_M

_OF_AREAS = {"unit_code", "unit_name", "street", "area"}
_TOLD_BY_OTHERS = {"interpolated", "crossing", "between"}
#: A point that may be farther off than this is no point: its ticket goes to the unit that holds
#: both ends of where it may be.
PRECISE_M = 25.0


@dataclass(frozen=True)
class Suggested:
    """A place that may be meant, with how much speaks for it (0 to 1) and why."""

    entry: Entry
    score: float
    reason_zh: str
    reason_en: str


@dataclass(frozen=True)
class Found:
    """Where a text says that it is.

    Attributes
    ----------
    text
        What was asked.
    entry
        The place that is most likely meant; None when nothing was found.
    lon, lat
        Degrees in the store's datum; NaN when only a name is known.
    extent
        West, south, east, north of where it may be; None as well.
    method
        A key of `answer.METHODS`.
    confidence
        The chance that the entry is the right one.
    problem
        A key of `answer.REASONS`, or an empty text.
    listing
        Makes `candidates`, when they are asked for: who locates in bulk seldom does.
    words
        The words of the text that were used.
    reason_zh, reason_en
        One sentence each.
    held_by
        Key of the finest unit that is known to hold it; None for none.
    named_unit, named_confidence
        Key of the finest unit that the text names, whatever else it names, and the chance that it
        is the right one; None and 0 where it names none.
    signs
        What the confidence was made of.
    """

    text: str
    entry: Entry | None
    lon: float
    lat: float
    extent: tuple[float, float, float, float] | None
    method: str
    confidence: float
    problem: str
    listing: Callable[[], tuple[Suggested, ...]] = field(repr=False, compare=False)
    words: tuple[str, ...]
    reason_zh: str
    reason_en: str
    held_by: str | None = None
    named_unit: str | None = None
    named_confidence: float = 0.0
    signs: Signs | None = None

    @cached_property
    def candidates(self) -> tuple[Suggested, ...]:
        """All that may be meant, the likeliest first."""
        return self.listing()

    @property
    def is_area(self) -> bool:
        """Whether only ground was found: a unit, an estate, a street, a stretch between houses."""
        if self.method in _OF_AREAS or self.lon != self.lon:
            return True
        return self.spread_m > PRECISE_M

    @property
    def is_other_ground(self) -> bool:
        """Whether it is a unit with ground of its own, as one of another scheme may be."""
        return self.method in ("unit_code", "unit_name") and self.lon == self.lon

    @property
    def spread_m(self) -> float:
        """How far the truth may be from a point that is told by others, in metres; else 0."""
        if self.method not in _TOLD_BY_OTHERS or self.extent is None:
            return 0.0
        return (self.extent[3] - self.extent[1]) / 2 * DEGREE_M

    def as_dict(self) -> dict[str, Any]:
        """Make the record that the open interface answers."""
        return {
            "text": self.text,
            "entry": None if self.entry is None else entry_dict(self.entry),
            "lon": _degrees(self.lon),
            "lat": _degrees(self.lat),
            "extent": None if self.extent is None else [round(x, 7) for x in self.extent],
            "method": self.method,
            "confidence": round(self.confidence, 3),
            "problem": self.problem or None,
            "unit": self.held_by,
            "candidates": [
                {
                    **entry_dict(one.entry),
                    "score": round(one.score, 3),
                    "reason": {"zh": one.reason_zh, "en": one.reason_en},
                }
                for one in self.candidates
            ],
            "words": list(self.words),
            "reason": {"zh": self.reason_zh, "en": self.reason_en},
        }


def entry_dict(entry: Entry) -> dict[str, Any]:
    """Make the record of an entry."""
    return {
        "key": entry.key,
        "kind": entry.kind,
        "name": entry.name,
        "label": entry.label,
        "detail": entry.detail,
        "lon": entry.lon,
        "lat": entry.lat,
    }


def _degrees(value: float) -> float | None:
    return round(value, 7) if value == value else None
