"""Exclusive grounds: areas with an owner of their own that override the grid, such as a park."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry

from layers.coding import coded_areas, label_points
from layers.element import DrawnLayer
from layers.words import Language, say


@dataclass(frozen=True)
class Ground:
    """One ground to draw; the area is a polygon or multipolygon in degrees."""

    name: str
    area: BaseGeometry


class Exclusive(DrawnLayer):
    """Exclusive grounds, outlined with dashes and named."""

    kind = "exclusive"

    def __init__(self, grounds: Iterable[Ground], *, language: Language, show: bool = True) -> None:
        drawn = list(grounds)
        areas = [ground.area for ground in drawn]
        names = [ground.name for ground in drawn]
        data = list(zip(names, label_points(areas), coded_areas(areas), strict=True))
        super().__init__(data, name=say("exclusive", language), show=show)
