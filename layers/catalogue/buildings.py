"""Buildings of the base map, with their numbers from near."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from gridmap.model import Place
from layers.layer import Asked, MapLayer, Paint, Part, Shapes
from layers.place_rows import ADDRESS, NAME, ORIGIN, next_moment, rows

#: From here on a building is some pixels wide.
FROM_ZOOM = 14


def _buildings(asked: Asked, zoom: int) -> Select[Any]:
    told = (Place.name, Place.street, Place.number, Place.origin)
    return rows(asked, Place.kind == "building", columns=told)


LAYER = MapLayer(
    key="buildings",
    name=("建筑", "Buildings"),
    about=("建筑物轮廓，近看标注楼号", "Outlines of buildings, with their names from near"),
    source=Shapes("places", (Part("buildings", _buildings, label="name"),), next_moment),
    fields=(NAME, *ADDRESS, ORIGIN),
    paints=(
        Paint("fill", "buildings", "building"),
        Paint("line", "buildings", "building_edge", from_zoom=15, width=0.7),
        Paint("label", "buildings", "ink_soft", from_zoom=16, text="name", size=11, rank=2),
    ),
    group="base",
    min_zoom=FROM_ZOOM,
    label="name",
    shown=True,
    rank=3,
)
