"""Outlines of the units one level above, so that the eye finds its way among many small units."""

from __future__ import annotations

from collections.abc import Iterable

from layers.coding import coded_areas, label_points
from layers.element import DrawnLayer
from layers.units import UnitArea
from layers.words import Language, say


class Outlines(DrawnLayer):
    """Strong outlines with names, nothing inside them."""

    kind = "outlines"

    def __init__(self, units: Iterable[UnitArea], *, level: str, language: Language) -> None:
        units = list(units)
        areas = [unit.area for unit in units]
        names = [unit.name for unit in units]
        data = list(zip(names, label_points(areas), coded_areas(areas), strict=True))
        super().__init__(data, name=say(level, language))
