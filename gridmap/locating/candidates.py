"""What a reading may mean: from each name on through the numbers behind it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from gridmap.locating.gazetteer import Gazetteer
from gridmap.locating.limits import Limits, held
from gridmap.locating.lines import ACROSS_DEG, REACH_DEG, STEP_DEG, on_road
from gridmap.locating.parts import Part, house_value
from gridmap.locating.reading import Mention, Reading, is_small_gap

#: What people call the place that they have named before.
_NAMELESS = ("小区", "院里", "大院", "院内")
#: Of so many entries of one name those within the limits are enough.
_MANY = 8
#: A name that more entries bear than this tells too little to follow them all.
MOST = 200


@dataclass
class Candidate:
    """A place that may be meant.

    Attributes
    ----------
    entry
        The entry.
    mention, root
        The name that it was reached from, and the entry that bears it; None and the entry itself
        for a number alone.
    used
        Numbers that led to it.
    missing
        Numbers behind the name that the gazetteer does not know there.
    beside
        Entries that a point is told by, such as the house numbers on both sides of it.
    also
        Another entry that it lies on: the second road of a crossing.
    point
        Longitude and latitude where they are not those of the entry.
    spread_deg
        How far the truth may be from such a point.
    method
        A key of `answer.METHODS`; empty for what the entry itself tells.
    gain
        How much of what the text says it explains, as `scoring.weigh` counts it.
    """

    entry: int
    mention: Mention | None
    used: list[Part] = field(default_factory=list)
    missing: list[Part] = field(default_factory=list)
    beside: tuple[int, ...] = ()
    also: tuple[int, ...] = ()
    point: tuple[float, float] | None = None
    spread_deg: float = 0.0
    method: str = ""
    gain: float = 0.0
    root: int = -1

    def related(self, gazetteer: Gazetteer) -> set[int]:
        """List what it is, what it lies on, and all that surely holds it.

        A point that is told by others lies in what holds them all; a road's units do not count
        then, for a road passes through many.
        """
        known = {self.entry, *self.also}
        if not self.beside:
            return known.union(*(gazetteer.containers.of(at).tolist() for at in known))
        shared = [set(gazetteer.containers.of(at).tolist()) for at in self.beside]
        return known.union(self.beside, set.intersection(*shared))


def candidates(
    gazetteer: Gazetteer, reading: Reading, limits: Limits, moment: int
) -> list[Candidate]:
    """List every place that a reading may mean.

    Parameters
    ----------
    limits
        Units and quarters that the text, or what is known beside it, names.
    moment
        Only what is valid then, in microseconds since 1970.
    """
    follower = _Follower(gazetteer, reading, limits, moment)
    return [
        candidate
        for mention in reading.mentions
        for entry in follower.likeliest(mention)
        for candidate in follower.follow(mention, entry)
    ]


class _Follower:
    """Goes from names on through the numbers that are said of them."""

    def __init__(self, gazetteer: Gazetteer, reading: Reading, limits: Limits, moment: int) -> None:
        self.gazetteer, self.reading, self.limits = gazetteer, reading, limits
        self.moment = moment

    def likeliest(self, mention: Mention) -> list[int]:
        """List the entries of a name; of very many those within the limits."""
        entries = list(mention.entries)
        if len(entries) > _MANY:
            entries = held(self.gazetteer, entries, self.limits) or entries
        return entries[:MOST]

    def follow(self, mention: Mention, entry: int) -> list[Candidate]:
        """Go from one entry as far as the numbers lead."""
        start = Candidate(entry, mention, root=entry)
        if self.gazetteer.kind[entry] == "road":
            start = self._within_limits(start)
            front = self._in_front(mention)
            if front is not None:
                return self._step(start, front)
        ways = [start]
        for part in self._behind(mention, entry):
            ways = [way for known in ways for way in self._step(known, part)]
        return ways

    def _step(self, known: Candidate, part: Part) -> list[Candidate]:
        """Take one number: to the entry that has it, else to where it would be on a road."""
        kind = self.gazetteer.kind[known.entry]
        if part.options[0][0] in "rf":
            return [known]
        for option in part.options:
            children = self.gazetteer.child(known.entry, option)
            if len(children):
                used = [*known.used, part]
                return [
                    replace(known, entry=child, used=used, beside=(), point=None, spread_deg=0.0)
                    for child in children[:MOST].tolist()
                ]
        if kind == "road" and (guess := self._interpolated(known, part)):
            return [guess]
        is_no_place_for_it = part.options[0][0] == "e" and kind != "building"
        if kind in ("address", "service") or is_no_place_for_it:
            return [known]
        if part.bare and kind != "road":
            return [known]
        if kind == "building" and part.options[0][0] in "bah":
            return [known]  # another building: 3号楼、5号楼
        return [replace(known, missing=[*known.missing, part])]

    def _children(self, entry: int, part: str) -> list[int]:
        """List what has a number there, of places within each other the widest."""
        gazetteer = self.gazetteer
        found = gazetteer.child(entry, part)[:MOST].tolist()
        valid = {child for child in found if gazetteer.is_valid(child, self.moment)}
        return [c for c in valid if valid.isdisjoint(gazetteer.containers.of(c).tolist())]

    def _interpolated(self, known: Candidate, part: Part) -> Candidate | None:
        """Find where on a road a house number lies that is not registered."""
        option = next((option for option in part.options if option[0] == "h"), None)
        numbers = self.gazetteer.house_numbers.get(known.entry)
        is_house = part.options[0][0] == "h" or part.bare
        if numbers is None or option is None or not is_house or known.used:
            return None
        among = numbers.among(self._members(known.entry))
        value = house_value(option)
        used = [*known.used, part]
        if (around := among.around(value)) is not None:
            lower, upper, share = around
            point, spread_deg = on_road(self.gazetteer, known.entry, lower, upper, share)
            across = among.is_across(value, (lower, upper))
            return replace(
                known, used=used, beside=(lower,) if across else (lower, upper), point=point,
                spread_deg=max(spread_deg, ACROSS_DEG * across), method="interpolated",
            )  # fmt: skip
        if (last := among.beyond(value)) is not None and last[1] * STEP_DEG <= REACH_DEG:
            nearest, differs = last
            across = among.is_across(value, (nearest,))
            return replace(
                known, used=used, beside=(nearest,), point=self.gazetteer.rows.point[nearest],
                spread_deg=max(differs * STEP_DEG, ACROSS_DEG * across), method="interpolated",
            )  # fmt: skip
        return None

    def _within_limits(self, road: Candidate) -> Candidate:
        """Place a road of which only addresses are known among those within the limits."""
        if road.entry in self.gazetteer.rows.lines or not self.limits:
            return road
        members = self._members(road.entry)
        points = np.array([self.gazetteer.rows.point[member] for member in members])
        if not len(points):
            return road
        middle = np.median(points, axis=0)
        spread_deg = float(np.hypot(*(points - middle).T).max())
        return replace(
            road, beside=tuple(members), point=(float(middle[0]), float(middle[1])),
            spread_deg=spread_deg, method="",
        )  # fmt: skip

    def _members(self, road: int) -> list[int]:
        """List the addresses on a road within the widest of the limits that holds any.

        Where none does they count all if the road's own line is known, else none: another road of
        that name may be meant.
        """
        numbers = self.gazetteer.house_numbers.get(road)
        members: list[int] = [] if numbers is None else numbers.entry.tolist()
        if not self.limits:
            return members
        within = [held(self.gazetteer, members, (limit,)) for limit in self.limits]
        most = max(within, key=len)
        return most or (members if road in self.gazetteer.rows.lines else [])

    def _in_front(self, mention: Mention) -> Part | None:
        """Find the house number before the name of a road in Latin letters."""
        text = self.reading.written.text
        if not text[mention.start].isascii():
            return None
        for part in self.reading.parts:
            if part.bare and text[part.end : mention.start] == " ":
                return part
        return None

    def _behind(self, mention: Mention, entry: int) -> list[Part]:
        """List the numbers behind a name that are said of it: up to a name of something else."""
        stop = len(self.reading.written.text)
        for other in self.reading.mentions:
            if other.start >= mention.end and not self._belongs(entry, other):
                stop = other.start
                break
        behind = [part for part in self.reading.parts if mention.end <= part.start < stop]
        return behind if behind and self._is_close(mention.end, behind[0]) else []

    def _is_close(self, at: int, part: Part) -> bool:
        """Tell whether a number is said of the name before: only fillers and names in between."""
        text, mentions = self.reading.written.text, self.reading.mentions
        last = max((m.end for m in mentions if at <= m.end <= part.start), default=at)
        gap = text[last : part.start]
        places = [mention for mention in mentions if not mention.is_limit]
        # 问潮苑居民反映小区2号楼: one place is named, and the estate without its name is that
        return is_small_gap(gap) or (len(places) == 1 and gap.endswith(_NAMELESS))

    def _belongs(self, entry: int, mention: Mention) -> bool:
        """Tell whether another name is of something that holds an entry, or that it holds."""
        containers = self.gazetteer.containers
        around = {entry, *containers.of(entry).tolist()}
        return any(other in around or entry in containers.of(other) for other in mention.entries)
