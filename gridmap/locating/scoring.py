"""How much of what a text says each candidate explains."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import cos, hypot, radians

from gridmap.locating.candidates import Candidate
from gridmap.locating.gazetteer import Gazetteer
from gridmap.locating.limits import Limits
from gridmap.locating.metres import DEGREE_M, SAME_M
from gridmap.locating.metres import apart_m as metres_apart
from gridmap.locating.parts import Part
from gridmap.locating.reading import Mention, Reading

#: A place this near to another one that is named is beside it.
BESIDE_M = 250.0

# What each kind of evidence weighs; a name that decides weighs 1.
_UNIT, _CODE, _ROAD, _PLACE = 0.45, 2.0, 0.8, 1.0
FULL_PART = 0.6
_OF_PART = {"b": FULL_PART, "a": FULL_PART, "h": FULL_PART, "e": 0.3}
_BESIDE_SHARE = 0.35
#: What a place weighs where somebody lives, or that the one that is meant is told by; one that is
#: said not to be meant weighs nothing.
_OF_ROLE = {"home": 0.2, "anchor": 0.3, "not": 0.0}
_MEANT = 0.15
_CONTEXT = 0.3
_HINT = 0.05
#: What a unit or quarter that is named takes from a place that is known to lie in another.
_ELSEWHERE = 0.3


@dataclass(frozen=True)
class Evidence:
    """All that a text and what is known beside it say of a place, each with its weight.

    Attributes
    ----------
    mentions, parts
        Names and numbers with what they weigh.
    context
        Units and quarters that other texts of the ticket name.
    category
        The category of services that the matter suggests.
    total
        What a candidate that explains all gains.
    """

    mentions: tuple[tuple[Mention, float], ...]
    parts: tuple[tuple[Part, float], ...]
    context: Limits
    category: str | None
    total: float


def evidence(
    gazetteer: Gazetteer,
    reading: Reading,
    followed: list[Candidate],
    context: Limits,
    category: str | None,
) -> Evidence:
    """Weigh what a reading says; a bare number counts where it led to a candidate."""
    used = {part.start for candidate in followed for part in (*candidate.used, *candidate.missing)}
    mentions = tuple((m, _weight(gazetteer, reading, m)) for m in reading.mentions)
    parts = tuple(
        (part, _OF_PART[part.options[0][0]] * _share(reading, part))
        for part in reading.parts
        if part.options[0][0] in _OF_PART and (not part.bare or part.start in used)
    )
    total = sum(weight for _, weight in (*mentions, *parts))
    return Evidence(mentions, parts, context, category, max(total, 1e-9))


def _share(reading: Reading, part: Part) -> float:
    """Tell what the role of the name before a number leaves of its weight."""
    before = [mention for mention in reading.mentions if mention.end <= part.start]
    last = max(before, key=lambda mention: mention.end, default=None)
    return 1.0 if last is None else _OF_ROLE.get(last.role, 1.0)


def _weight(gazetteer: Gazetteer, reading: Reading, mention: Mention) -> float:
    if mention.is_limit:
        is_code = reading.written.text[mention.start : mention.end].isdecimal()
        return _CODE if is_code else _UNIT
    weight = _ROAD if all(gazetteer.kind[e] == "road" for e in mention.entries) else _PLACE
    if mention.role in _OF_ROLE:
        return weight * _OF_ROLE[mention.role]
    return weight + (_MEANT if mention.role == "meant" else 0.0)


def weigh(gazetteer: Gazetteer, said: Evidence, candidate: Candidate) -> float:
    """Tell how much of the evidence a candidate explains, in the units of `Evidence.total`."""
    related = candidate.related(gazetteer)
    gain = 0.0
    for mention, weight in said.mentions:
        gain += weight * _fit(gazetteer, candidate, mention, related)
    gain -= _ELSEWHERE * _lies_elsewhere(gazetteer, said, candidate, related)
    labels = labels_of(gazetteer, related)
    for part, weight in said.parts:
        known = part in candidate.used or not labels.isdisjoint(gazetteer.part_ids(part.options))
        gain += weight * (0.9 if known and candidate.method == "interpolated" else float(known))
    if said.context:
        met = sum(not limit.isdisjoint(related) for limit in said.context)
        gain += _CONTEXT * met / len(said.context)
    if said.category and gazetteer.rows.category[candidate.entry] == said.category:
        gain += _HINT
    return gain


def labels_of(gazetteer: Gazetteer, related: Iterable[int]) -> set[int]:
    """Collect the numbers of all parts that some entries have."""
    return {label for entry in related for label in gazetteer.parts.of(entry).tolist()}


def _lies_elsewhere(
    gazetteer: Gazetteer, said: Evidence, candidate: Candidate, related: set[int]
) -> int:
    """Count the units and quarters that are named and do not hold a candidate, though others do."""
    kinds = {gazetteer.kind[entry] for entry in related - {candidate.entry}}
    return sum(
        related.isdisjoint(mention.entries)
        and not kinds.isdisjoint(gazetteer.kind[entry] for entry in mention.entries)
        for mention, _ in said.mentions
        if mention.is_limit
    )


def _fit(gazetteer: Gazetteer, candidate: Candidate, mention: Mention, related: set[int]) -> float:
    shared = related.intersection(mention.entries)
    if shared:
        return max(mention.entries[entry] for entry in shared)
    if mention.is_limit:
        return 0.0
    near = any(
        distance_m(gazetteer, candidate, entry) < BESIDE_M for entry in list(mention.entries)[:8]
    )
    return _BESIDE_SHARE if near else 0.0


def distance_m(gazetteer: Gazetteer, candidate: Candidate, entry: int) -> float:
    """Measure from a candidate to the box of an entry, in metres; infinite where one is unknown."""
    lon, lat = candidate.point or gazetteer.rows.point[candidate.entry]
    west, south, east, north = gazetteer.rows.box[entry]
    across = max(west - lon, lon - east, 0.0) * cos(radians(lat))
    along = max(south - lat, lat - north, 0.0)
    metres = hypot(across, along) * DEGREE_M
    return metres if metres == metres else float("inf")


def is_same(gazetteer: Gazetteer, one: Candidate, other: Candidate) -> bool:
    """Tell whether two candidates are one place for whoever goes there.

    They are near each other, or bear one name and the one lies on the ground of the other, as the
    road of an estate does.
    """
    if apart_m(gazetteer, one, other) <= SAME_M:
        return True
    if one.mention is None or one.mention is not other.mention or one.used or other.used:
        return False
    return (
        distance_m(gazetteer, one, other.entry) == 0 or distance_m(gazetteer, other, one.entry) == 0
    )


def apart_m(gazetteer: Gazetteer, one: Candidate, other: Candidate) -> float:
    """Measure between the points of two candidates, in metres; infinite where one is unknown."""
    lon, lat = one.point or gazetteer.rows.point[one.entry]
    lon_2, lat_2 = other.point or gazetteer.rows.point[other.entry]
    metres = metres_apart(lon, lat, lon_2, lat_2)
    return metres if metres == metres else float("inf")
