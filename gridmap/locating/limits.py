"""The units and quarters that a text names, as limits of where a place may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gridmap.locating.gazetteer import Gazetteer

#: Entries of units and quarters, a set for each name.
Limits = tuple[frozenset[int], ...]


def held(gazetteer: Gazetteer, entries: list[int], limits: Limits) -> list[int]:
    """Keep the entries within the limits: within as many of them as any is, and one at least."""
    if not limits:
        return entries
    met = []
    for entry in entries:
        around = {entry, *gazetteer.containers.of(entry).tolist()}
        met.append(sum(not limit.isdisjoint(around) for limit in limits))
    most = max(met, default=0)
    return [entry for entry, count in zip(entries, met, strict=True) if most and count == most]
