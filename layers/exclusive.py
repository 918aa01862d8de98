"""Exclusive grounds: areas with an owner of their own that override the grid, such as a park."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry

from layers.coding import coded_area, label_points
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
        points = label_points([ground.area for ground in drawn])
        data = [
            [ground.name, point, coded_area(ground.area)]
            for ground, point in zip(drawn, points, strict=True)
        ]
        super().__init__(data, name=say("exclusive", language), show=show)
