"""Units of one level, coloured by their open tickets, with a legend."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from shapely.geometry.base import BaseGeometry

from layers.coding import coded_areas, label_points
from layers.element import DrawnLayer
from layers.words import Language, say

#: One colour for none, then light to dark: still told apart in grey and by the colour-blind.
COLOURS = ("#ffffff", "#fdebc8", "#fbc98b", "#f0954b", "#c9581c")


@dataclass(frozen=True)
class UnitArea:
    """One unit to draw.

    Attributes
    ----------
    label
        What is written on the map: the name, shortened where the place says the rest.
    area
        A polygon or multipolygon in degrees.
    """

    code: str
    name: str
    label: str
    open_tickets: int
    area: BaseGeometry


def class_bounds(counts: Sequence[int]) -> list[int]:
    """Return the lowest count of each class after the class of none.

    The classes are equally wide and their bounds are numbers that are easily read, so that units
    with nearly the same count look the same. The widest class ends at the 95th percentile: one
    unit with a great many does not make all others pale.
    """
    above = [count for count in counts if count > 0]
    if not above:
        return []
    step = _round_up(float(np.quantile(above, 0.95)) / (len(COLOURS) - 1))
    bounds = [1, *(step * number for number in range(1, len(COLOURS) - 1))]
    if step == 1:
        bounds = list(range(1, len(COLOURS)))
    return [bound for bound in bounds if bound <= max(above)]


def _round_up(width: float) -> int:
    """Return the next larger of 1, 2, 3, 5 and their tenfolds."""
    scale = 1
    while True:
        for digit in (1, 2, 3, 5):
            if digit * scale >= width:
                return digit * scale
        scale *= 10


def legend(bounds: Sequence[int]) -> list[tuple[str, str]]:
    """Return colour and text of every class, from none to many."""
    ends = [bound - 1 for bound in bounds[1:]]
    texts = ["0"]
    texts += [
        str(low) if low == high else f"{low}–{high}"
        for low, high in zip(bounds, ends, strict=False)
    ]
    texts += [f"≥ {bounds[-1]}"] if bounds else []
    return list(zip(COLOURS, texts, strict=False))


class Units(DrawnLayer):
    """A few units as areas with their names: the subject of a page, and its neighbours.

    Parameters
    ----------
    areas
        The units, of one scheme.
    language
        Language of the words; names stay as they are.
    highlight
        Code of the subject; a click on another opens its page.
    page_url
        Address of a unit's page with `CODE` where its code belongs.
    """

    kind = "units"

    def __init__(
        self, areas: Iterable[UnitArea], *, language: Language, page_url: str, highlight: str
    ) -> None:
        units = list(areas)
        shapes = [unit.area for unit in units]
        data = {
            "units": [
                [unit.code, unit.name, unit.label, point, area]
                for unit, point, area in zip(
                    units, label_points(shapes), coded_areas(shapes), strict=True
                )
            ],
            "page": page_url,
            "highlight": highlight,
        }
        super().__init__(data, name=say("units", language))
