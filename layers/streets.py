"""The base picture: streets drawn from the store, so that it needs no internet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry

from layers.coding import coded_lines
from layers.element import DrawnLayer
from layers.words import Language, say

#: Width in pixels at zoom 16 by OpenStreetMap's class of highway; what is not named here is narrow.
WIDTHS_PX = {
    "motorway": 9,
    "trunk": 9,
    "primary": 8,
    "secondary": 7,
    "tertiary": 5,
    "residential": 3.5,
    "unclassified": 3.5,
    "living_street": 3,
    "service": 2,
    "pedestrian": 2,
    "footway": 1,
    "path": 1,
    "cycleway": 1,
    "steps": 1,
}
DEFAULT_WIDTH_PX = 2


@dataclass(frozen=True)
class StreetLine:
    """One piece of street to draw; the line is a linestring in degrees."""

    name: str | None
    street_class: str
    line: BaseGeometry


class Streets(DrawnLayer):
    """Streets with their names along them, the widest on top."""

    kind = "streets"

    def __init__(self, lines: Iterable[StreetLine], *, language: Language) -> None:
        drawn = sorted(lines, key=lambda street: WIDTHS_PX.get(street.street_class, 0))
        paths = coded_lines([street.line for street in drawn])
        data = [
            [
                WIDTHS_PX.get(street.street_class, DEFAULT_WIDTH_PX),
                street.name or "",
                path,
            ]
            for street, path in zip(drawn, paths, strict=True)
        ]
        super().__init__(data, name=say("streets", language), control=False)
