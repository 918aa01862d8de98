"""Parks, woods and lawns of the base map."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from gridmap.model import Place
from layers.layer import Asked, Entry, MapLayer, Paint, Part, Shapes
from layers.place_rows import NAME, ORIGIN, next_moment, rows


def _greens(asked: Asked, zoom: int) -> Select[Any]:
    return rows(asked, Place.kind == "green", columns=(Place.name, Place.origin))


LAYER = MapLayer(
    key="green",
    name=("绿地", "Green"),
    about=("公园、林地和草地", "Parks, woods and lawns"),
    source=Shapes("places", (Part("green", _greens, label="name"),), next_moment),
    fields=(NAME, ORIGIN),
    paints=(
        Paint("fill", "green", "green"),
        Paint("label", "green", "green_ink", from_zoom=13, text="name", size=12, rank=10),
    ),
    group="base",
    legend=(Entry("fill", "green", ("绿地", "Green")),),
    min_zoom=9,
    label="name",
    shown=True,
    rank=1,
)
