"""Findings: what an import has to say about a file, one sentence each, with its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]

#: How many findings of one kind are written out on a terminal; the others are counted.
SHOWN_PER_KIND = 20

_ORDER: dict[Severity, int] = {"error": 0, "warning": 1, "note": 2}


@dataclass(frozen=True)
class Finding:
    """
    One thing that was found in a file.

    Attributes
    ----------
    kind
        A word to sort and count by: `gap`, `overlap`, `duplicate code` ...
    message
        One sentence: what, where, what to do.
    severity
        An `error` refuses the whole file, a `warning` should be looked at, a `note` tells.
    units
        Codes of the units concerned.
    lon, lat
        Where it is, in degrees of the store's datum, when it has a place.
    area_m2
        How large it is, when it has an area.
    """

    kind: str
    message: str
    severity: Severity = "warning"
    units: tuple[str, ...] = ()
    lon: float | None = None
    lat: float | None = None
    area_m2: float | None = None

    def line(self) -> str:
        """Write the finding as one line, its place at the end."""
        where = "" if self.lon is None else f" [at {self.lon:.6f},{self.lat:.6f}]"
        return f"{self.severity}: {self.message}{where}"


def lines(findings: Iterable[Finding]) -> list[str]:
    """Write findings as lines: errors first, large kinds cut off and counted."""
    ordered = sorted(findings, key=lambda finding: _ORDER[finding.severity])
    total = Counter((finding.severity, finding.kind) for finding in ordered)
    written: Counter[tuple[str, str]] = Counter()
    answer = []
    for finding in ordered:
        key = (finding.severity, finding.kind)
        written[key] += 1
        if written[key] <= SHOWN_PER_KIND:
            answer.append(finding.line())
        elif written[key] == SHOWN_PER_KIND + 1:
            rest = total[key] - SHOWN_PER_KIND
            answer.append(f"{finding.severity}: {finding.kind}: and {rest:,} more.")
    return answer


def listed(names: Iterable[str], limit: int = 10) -> str:
    """Name a few and count the rest, e.g. `a, b and 3 more`."""
    known = list(names)
    if len(known) <= limit:
        return ", ".join(known)
    return f"{', '.join(known[:limit])} and {len(known) - limit:,} more"


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Write a number with its noun, e.g. `1 error`, `1,200 units`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
