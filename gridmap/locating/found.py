"""What the matcher answers to one text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gridmap.locating.confidence import Signs
from gridmap.locating.gazetteer import Entry

_OF_AREAS = {"unit_code", "unit_name", "street", "area"}


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
    candidates
        All that may be meant, the likeliest first.
    words
        The words of the text that were used.
    reason_zh, reason_en
        One sentence each.
    held_by
        Key of the finest unit that is known to hold it; None for none.
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
    candidates: tuple[Suggested, ...]
    words: tuple[str, ...]
    reason_zh: str
    reason_en: str
    held_by: str | None = None
    signs: Signs | None = None

    @property
    def is_area(self) -> bool:
        """Whether only ground was found, a unit, an estate or a street, or no point is known."""
        return self.method in _OF_AREAS or self.lon != self.lon

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
