"""One place: where a ticket is."""

from __future__ import annotations

from shapely.geometry import Point

from layers.element import DrawnLayer


class Place(DrawnLayer):
    """A mark at a point given in degrees."""

    kind = "place"

    def __init__(self, point: Point) -> None:
        data = [round(float(point.y), 7), round(float(point.x), 7)]
        super().__init__(data, name="place", control=False)
