"""Where cars and bicycles stand: parking lots, stands, and single bays from near."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, literal, select

from gridmap.model import Bay, Place
from layers.catalogue.sheds import STATUS
from layers.layer import Asked, Entry, Field, MapLayer, Paint, Part, Shapes
from layers.place_rows import NAME, ORIGIN, next_moment, rows

KINDS = {
    "parking": ("停车场", "Parking lot"),
    "bicycle_parking": ("非机动车停放点", "Bicycle stand"),
    "bay": ("车位", "Bay"),
}
_GROUNDS_FROM, _BAYS_FROM = 14, 15


def _grounds(asked: Asked, zoom: int) -> Select[Any] | None:
    return _lots(asked, zoom) if zoom >= _GROUNDS_FROM else None


def _lots(asked: Asked, zoom: int) -> Select[Any]:
    told = (Place.kind, Place.name, Place.origin)
    return rows(asked, Place.kind.in_(("parking", "bicycle_parking")), columns=told)


def _bays(asked: Asked, zoom: int) -> Select[Any] | None:
    if zoom < _BAYS_FROM:
        return None
    return select(Bay.id, Bay.geometry, literal("bay").label("kind"), Bay.status, Bay.origin).where(
        Bay.geometry.is_not(None)
    )


LAYER = MapLayer(
    key="parking",
    name=("停车", "Parking"),
    about=(
        "停车场、非机动车停放点和车位",
        "Parking lots, bicycle stands and bays",
    ),
    source=Shapes(
        "places",
        (
            Part("lots", _grounds),
            Part("marks", _lots, label="name", marks=True),
            Part("bays", _bays, table="bays"),
        ),
        next_moment,
    ),
    fields=(
        Field("kind", ("种类", "Kind"), KINDS),
        NAME,
        Field("status", ("状态", "State"), STATUS),
        ORIGIN,
    ),
    paints=(
        Paint("fill", "lots", "parking", opacity=0.25),
        Paint("line", "lots", "parking", width=1.2),
        Paint("line", "bays", "parking", width=0.8),
        Paint(
            "dot",
            "marks",
            "parking",
            where={"kind": ("parking",)},
            radius=((13, 2.5), (17, 4.5)),
            corners=4,
            outline="mark_edge",
        ),
        Paint(
            "dot",
            "marks",
            "parking_bicycle",
            where={"kind": ("bicycle_parking",)},
            radius=((13, 2.5), (17, 4.5)),
            outline="mark_edge",
        ),
        Paint("label", "marks", "ink_soft", from_zoom=16, text="name", size=11, rank=3),
    ),
    legend=(
        Entry("dot", "parking", KINDS["parking"], 4),
        Entry("dot", "parking_bicycle", KINDS["bicycle_parking"]),
    ),
    min_zoom=13,
    label="name",
    rank=61,
)
