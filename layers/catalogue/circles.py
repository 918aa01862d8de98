"""Circles: the ground that is reached on foot within a time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from gridmap.model import Circle
from layers.layer import Asked, Entry, Field, MapLayer, Paint, Part, Shapes


def _circles(asked: Asked, zoom: int) -> Select[Any]:
    return select(
        Circle.id, Circle.geometry, Circle.walker, Circle.minutes, Circle.computed_at
    ).where(Circle.geometry.is_not(None))


LAYER = MapLayer(
    key="circles",
    name=("服务圈", "Circles"),
    about=(
        "从一处出发在给定时间内步行可达的范围",
        "The ground that is reached on foot from a place within a time",
    ),
    source=Shapes("circles", (Part("circles", _circles),)),
    fields=(
        Field("walker", ("步行者", "Walker")),
        Field("minutes", ("分钟", "Minutes")),
        Field("computed_at", ("计算时间", "Computed"), popup=False),
    ),
    paints=(
        Paint("fill", "circles", "circle", opacity=0.2),
        Paint("line", "circles", "circle", width=2.0),
    ),
    legend=(Entry("fill", "circle", ("步行可达", "Reached on foot")),),
    min_zoom=8,
    rank=40,
)
