"""What a reading may mean: from each name on through the numbers behind it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from gridmap.locating.gazetteer import Gazetteer
from gridmap.locating.lines import on_road
from gridmap.locating.parts import Part, house_value
from gridmap.locating.reading import Mention, Reading
from gridmap.locating.words import without_fillers

#: A name that more entries bear than this tells too little to follow them all.
MOST = 200
#: Characters that may stand between a name and a number of it, besides fillers.
_GAP = 3


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
        Other entries that it lies on or between, besides those that hold the entry.
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
    point: tuple[float, float] | None = None
    spread_deg: float = 0.0
    method: str = ""
    gain: float = 0.0
    root: int = -1


def candidates(gazetteer: Gazetteer, reading: Reading, limits: set[int]) -> list[Candidate]:
    """List every place that a reading may mean.

    Parameters
    ----------
    limits
        Units and quarters that the text, or what is known beside it, names.
    """
    found: list[Candidate] = []
    for mention in reading.mentions:
        entries = _most_likely(gazetteer, mention, limits)
        for entry in entries:
            found += _follow(gazetteer, reading, mention, entry)
    return found


def _most_likely(gazetteer: Gazetteer, mention: Mention, limits: set[int]) -> list[int]:
    """List the entries of a name; of very many those within the limits."""
    entries = list(mention.entries)
    if len(entries) > 8 and limits:
        held = [
            entry
            for entry in entries
            if limits.intersection(gazetteer.containers.of(entry).tolist())
        ]
        entries = held or entries
    return entries[:MOST]


def _follow(
    gazetteer: Gazetteer, reading: Reading, mention: Mention, entry: int
) -> list[Candidate]:
    """Go from an entry through the numbers that are said of it."""
    start = Candidate(entry, mention, root=entry)
    front = _in_front(gazetteer, reading, mention, entry)
    if front:
        return front
    ways = [start]
    for part in _behind(gazetteer, reading, mention, entry):
        ways = [way for known in ways for way in _step(gazetteer, known, part)]
    return ways


def _step(gazetteer: Gazetteer, known: Candidate, part: Part) -> list[Candidate]:
    kind = gazetteer.kind[known.entry]
    for option in part.options:
        if option[0] in "rf":
            return [known]
        children = gazetteer.child(known.entry, option)
        if len(children):
            return [
                replace(known, entry=child, used=[*known.used, part])
                for child in children[:MOST].tolist()
            ]
    if kind == "road" and (guess := _interpolated(gazetteer, known, part)):
        return [guess]
    if part.bare or kind in ("address", "service"):
        return [known]
    if part.options[0][0] == "e" and kind != "building":
        return [known]
    return [replace(known, missing=[*known.missing, part])]


def _interpolated(gazetteer: Gazetteer, known: Candidate, part: Part) -> Candidate | None:
    """Find where on a road a house number lies that is not registered."""
    numbers = gazetteer.house_numbers.get(known.entry)
    option = next((option for option in part.options if option[0] == "h"), None)
    if numbers is None or option is None:
        return None
    around = numbers.around(house_value(option))
    if around is None:
        return None
    lower, upper, share = around
    point, spread_deg = on_road(gazetteer, known.entry, lower, upper, share)
    return replace(
        known, used=[*known.used, part], beside=(lower, upper),
        point=point, spread_deg=spread_deg, method="interpolated",
    )  # fmt: skip


def _in_front(
    gazetteer: Gazetteer, reading: Reading, mention: Mention, entry: int
) -> list[Candidate]:
    """Take the house number before the name of a road in Latin letters."""
    if gazetteer.kind[entry] != "road":
        return []
    road = Candidate(entry, mention, root=entry)
    text = reading.written.text
    for part in reading.parts:
        if (
            part.bare
            and 0 <= mention.start - part.end <= 1
            and text[part.end : mention.start] in ("", " ")
        ):
            if not text[mention.start].isascii():
                continue
            option = next(option for option in part.options if option[0] == "h")
            children = gazetteer.child(entry, option)
            if len(children):
                return [
                    replace(road, entry=child, used=[part]) for child in children[:MOST].tolist()
                ]
            guess = _interpolated(gazetteer, road, part)
            return [guess or replace(road, missing=[part])]
    return []


def _behind(gazetteer: Gazetteer, reading: Reading, mention: Mention, entry: int) -> list[Part]:
    """List the numbers behind a name that are said of it: up to the next name of something else."""
    stop = len(reading.written.text)
    for other in reading.mentions:
        if other.start >= mention.end and not _belongs(gazetteer, entry, other):
            stop = other.start
            break
    parts = []
    at = mention.end
    for part in reading.parts:
        if mention.end <= part.start < stop:
            if not parts and not _close(reading, at, part):
                break
            parts.append(part)
    return parts


def _close(reading: Reading, at: int, part: Part) -> bool:
    """Tell whether a number is said of the name before it: only fillers and names stand between."""
    text = reading.written.text
    last = max((m.end for m in reading.mentions if at <= m.end <= part.start), default=at)
    return len(without_fillers(text[last : part.start].strip())) <= _GAP


def _belongs(gazetteer: Gazetteer, entry: int, mention: Mention) -> bool:
    """Tell whether another name is of something that holds an entry, or that it holds."""
    around = set(gazetteer.containers.of(entry).tolist())
    for other in mention.entries:
        if other == entry or other in around or entry in gazetteer.containers.of(other):
            return True
    return False
