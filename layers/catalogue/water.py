"""Rivers, canals and lakes of the base map."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from gridmap.model import Place
from layers.layer import Asked, Entry, MapLayer, Paint, Part, Shapes
from layers.place_rows import NAME, ORIGIN, next_moment, rows


def _waters(asked: Asked, zoom: int) -> Select[Any]:
    return rows(asked, Place.kind == "water", columns=(Place.name, Place.origin))


LAYER = MapLayer(
    key="water",
    name=("水域", "Water"),
    about=("河流、渠道和湖泊", "Rivers, canals and lakes"),
    source=Shapes("places", (Part("water", _waters, label="name"),), next_moment),
    fields=(NAME, ORIGIN),
    paints=(
        Paint("fill", "water", "water"),
        Paint("line", "water", "water", width=((9, 0.6), (13, 1.6), (16, 4.0))),
        Paint("label", "water", "water_ink", from_zoom=12, text="name", size=12, rank=12),
    ),
    group="base",
    legend=(Entry("fill", "water", ("水域", "Water")),),
    min_zoom=6,
    label="name",
    shown=True,
    rank=2,
)
