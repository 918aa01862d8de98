"""Places that are told by others: where two roads meet, between two, at a side or a gate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from math import cos, radians, sin

from gridmap.locating.candidates import Candidate
from gridmap.locating.gazetteer import Gazetteer
from gridmap.locating.limits import Limits
from gridmap.locating.lines import crossing
from gridmap.locating.reading import Mention, Reading
from gridmap.locating.words import words

#: Characters behind a place in which a word such as 对面 is looked for.
_NEAR = 8
_GATE_WORDS = ("门", "侧", "边", "面", "口")


def crossings(gazetteer: Gazetteer, reading: Reading, limits: Limits) -> list[Candidate]:
    """List the meeting points of roads that a text names together, and the stretch between two."""
    found: list[Candidate] = []
    roads = [(m, _roads(gazetteer, m)) for m in reading.mentions]
    roads = [(mention, entries) for mention, entries in roads if entries]
    for (one, ones), (other, others) in pairwise(roads):
        if _meet(reading, one, other):
            found += _meetings(gazetteer, one, ones, others, limits)
    if not found and len(roads) > 2:
        found = _stretch(gazetteer, reading, roads[:3], limits)
    return found or _between_places(gazetteer, reading)


def _between_places(gazetteer: Gazetteer, reading: Reading) -> list[Candidate]:
    """Find the middle between two places that a text names so, each by a name of its own."""
    text = reading.written.text
    places = [mention for mention in reading.mentions if not mention.is_limit]
    for one, other in pairwise(places):
        joined = text[one.end : other.start].strip() in words().joining
        said = any(text.startswith(word, other.end) for word in words().between)
        if not (joined and said and len(one.entries) == len(other.entries) == 1):
            continue
        (first,), (second,) = one.entries, other.entries
        ends = gazetteer.rows.point[first], gazetteer.rows.point[second]
        lon, lat = (ends[0][0] + ends[1][0]) / 2, (ends[0][1] + ends[1][1]) / 2
        reach_deg = max(abs(ends[0][0] - ends[1][0]), abs(ends[0][1] - ends[1][1])) / 2
        if lon == lon:  # where both have a point
            return [
                Candidate(
                    first,
                    one,
                    beside=(first, second),
                    also=(second,),
                    point=(lon, lat),
                    spread_deg=reach_deg,
                    method="between",
                    root=first,
                )
            ]
    return []


def _roads(gazetteer: Gazetteer, mention: Mention) -> list[int]:
    return [entry for entry in mention.entries if gazetteer.kind[entry] == "road"][:16]


def _meet(reading: Reading, one: Mention, other: Mention) -> bool:
    """Tell whether two roads are named as meeting: A与B交叉口, A和B路口, A and B."""
    text = reading.written.text
    between = text[one.end : other.start].strip(" ,")
    joined = between in words().joining
    if text.isascii():
        return joined and between != "-"
    behind = text[other.end - 1 : other.end + _NEAR]  # 路口 after a road: its 路 is said once
    said = any(word in behind for word in words().crossing)
    return said and (joined or not between)


def _meetings(
    gazetteer: Gazetteer, mention: Mention, ones: list[int], others: list[int], limits: Limits
) -> Iterator[Candidate]:
    for one in ones:
        for other in others:
            met = crossing(gazetteer, one, other, limits)
            if met is not None and one != other:
                yield Candidate(
                    one, mention, beside=met.addresses, also=(other,), point=met.point,
                    spread_deg=met.spread_deg, method="crossing", root=one,
                )  # fmt: skip


def _stretch(
    gazetteer: Gazetteer,
    reading: Reading,
    roads: list[tuple[Mention, list[int]]],
    limits: Limits,
) -> list[Candidate]:
    """Find the middle of a road between two that cross it: A路（B路至C路段）."""
    (road, _), (first, _), (last, _) = roads
    text = reading.written.text
    between = text[first.end : last.start].strip(" ,")  # a dash is not written
    if (between and between not in words().joining) or not any(
        word in text[last.end : last.end + _NEAR] for word in words().between
    ):
        return []
    found = []
    for entry in roads[0][1]:
        ends = [
            met
            for side in (roads[1][1], roads[2][1])
            for other in side
            if (met := crossing(gazetteer, entry, other, limits)) is not None
        ][:2]
        if len(ends) == 2:
            one, two = ends[0].point, ends[1].point
            middle = (one[0] + two[0]) / 2, (one[1] + two[1]) / 2
            spread_deg = max(abs(one[0] - two[0]), abs(one[1] - two[1])) / 2
            beside = tuple(side[0] for side in (roads[1][1], roads[2][1]))
            found.append(
                Candidate(
                    entry,
                    road,
                    beside=beside,
                    point=middle,
                    spread_deg=spread_deg,
                    method="between",
                )
            )
    return found


@dataclass(frozen=True)
class Relation:
    """What a text says of a place beside its name: a word, and a side in degrees from north."""

    word: str
    beside: bool
    bearing_deg: float | None = None
    gate: bool = False


def relation(reading: Reading, candidate: Candidate) -> Relation | None:
    """Read the words behind a place: 对面, 旁边, 北侧, 南门."""
    text = reading.written.text
    ends = [part.end for part in candidate.used]
    if candidate.mention is not None:
        ends.append(candidate.mention.end)
    rooms = [p.end for p in reading.parts if p.options[0][0] in "rfe" and p.start >= max(ends)]
    behind = text[max([*ends, *rooms]) :][:_NEAR]
    for side, bearing_deg in words().sides.items():
        for word in _GATE_WORDS:
            if behind.startswith(side + word):
                gate = word in ("门", "口")
                return Relation(side + word, beside=not gate, bearing_deg=bearing_deg, gate=gate)
    for word in words().beside:
        if behind.startswith(word) or f" {word} " in f" {text[: min(ends)]}":
            return Relation(word, beside=True)
    return next((Relation(w, beside=False) for w in words().at if behind.startswith(w)), None)


def apply(gazetteer: Gazetteer, candidate: Candidate, said: Relation | None) -> Candidate:
    """Move a candidate to the side or gate that the text names; what is beside it stays there."""
    if said is None or said.bearing_deg is None or candidate.point is not None:
        return candidate
    if said.gate and (gate := _gate(gazetteer, candidate.entry, said.bearing_deg)) is not None:
        return replace(candidate, point=gazetteer.rows.point[gate], method="side", beside=(gate,))
    west, south, east, north = gazetteer.box[candidate.entry].tolist()
    if not west < east:
        return candidate
    turned = radians(said.bearing_deg)
    point = (
        (west + east) / 2 + sin(turned) * (east - west) / 2,
        (south + north) / 2 + cos(turned) * (north - south) / 2,
    )
    return replace(
        candidate, point=point, spread_deg=max(east - west, north - south) / 4, method="side"
    )


def _gate(gazetteer: Gazetteer, entry: int, bearing_deg: float) -> int | None:
    """Find the gate of an estate on a side: the one farthest that way."""
    west, south, east, north = gazetteer.box[entry].tolist()
    all_, lon, lat = gazetteer.gates, gazetteer.lon, gazetteer.lat
    near = all_[
        (west <= lon[all_]) & (lon[all_] <= east) & (south <= lat[all_]) & (lat[all_] <= north)
    ]
    gates = [gate for gate in near.tolist() if entry in gazetteer.containers.of(gate)]
    if not gates:
        return None
    across, along = sin(radians(bearing_deg)), cos(radians(bearing_deg))

    def reach(gate: int) -> float:
        lon, lat = gazetteer.rows.point[gate]
        x = (lon - (west + east) / 2) / max(east - west, 1e-9)
        y = (lat - (south + north) / 2) / max(north - south, 1e-9)
        return float(x * across + y * along)

    best = max(gates, key=reach)
    return best if reach(best) > 0.25 else None
