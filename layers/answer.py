"""Where a text may be: the answer with its extent, the candidates, the point somebody takes."""

from __future__ import annotations

from math import isnan

from gridmap.locating import Found
from layers.base import Bounds
from layers.element import SCRIPT, Behaviour, DrawnLayer
from layers.words import Language, glossary

LOCATE_SCRIPT = ("gridmap_locate", "gridmap/locate.js")


class Answer(DrawnLayer):
    """The place that was found, and the candidates by their number in the list, from 1."""

    kind = "answer"

    def __init__(self, found: Found) -> None:
        extent = found.extent
        if extent is not None and extent[0] == extent[2] and extent[1] == extent[3]:
            extent = None
        data = {
            "point": None if isnan(found.lon) else [round(found.lat, 7), round(found.lon, 7)],
            "extent": None if extent is None else [[extent[1], extent[0]], [extent[3], extent[2]]],
            "candidates": [
                [one.entry.lat, one.entry.lon, str(number), one.entry.label]
                for number, one in enumerate(found.candidates, start=1)
                if one.entry.lat is not None and one.entry.lon is not None
            ],
        }
        super().__init__(data, name="answer", control=False)
        self.default_js = [SCRIPT, LOCATE_SCRIPT]


class Picker(Behaviour):
    """Writes the point that is clicked into the form `confirm` of the page."""

    kind = "picker"

    def __init__(self, *, language: Language) -> None:
        super().__init__({"words": glossary(("confirm_chosen",), language)})
        self.default_js = [SCRIPT, LOCATE_SCRIPT]


def bounds_of(found: Found) -> Bounds | None:
    """Return the bounds of all that is to be seen of an answer; None where nothing is known."""
    boxes = [] if found.extent is None else [found.extent]
    if not isnan(found.lon):
        boxes.append((found.lon, found.lat, found.lon, found.lat))
    boxes += [
        (entry.lon, entry.lat, entry.lon, entry.lat)
        for entry in (one.entry for one in found.candidates)
        if entry.lon is not None and entry.lat is not None
    ]
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)
