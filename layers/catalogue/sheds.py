"""Sheds for e-bikes: those that exist, those that are proposed, those that are to go."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from gridmap.errors import InputError
from gridmap.model import Shed
from layers.layer import Asked, By, Entry, Field, MapLayer, Names, Paint, Parameter, Part, Shapes
from layers.place_rows import NAME, ORIGIN

STATUS: dict[str, Names] = {
    "existing": ("现状", "Existing"),
    "proposed": ("拟建", "Proposed"),
    "removed": ("拟拆", "To go"),
}
#: Number of corners of each, so that colour is not all that tells.
CORNERS = {"existing": 0, "proposed": 4, "removed": 3}
_ALL = "all"
#: From here on the ground itself is seen, not only its mark.
GROUNDS_FROM = 15


def _read_status(text: str) -> str:
    if text not in (_ALL, *STATUS):
        message = f"{text!r} is no state of sheds: use {_ALL}, {', '.join(STATUS)}."
        raise InputError(message)
    return text


def _grounds(asked: Asked, zoom: int) -> Select[Any] | None:
    return _sheds(asked, zoom) if zoom >= GROUNDS_FROM else None


def _sheds(asked: Asked, zoom: int) -> Select[Any]:
    query = select(
        Shed.id,
        Shed.geometry,
        Shed.name,
        Shed.status,
        Shed.capacity,
        Shed.chargers,
        Shed.origin,
    ).where(Shed.geometry.is_not(None))
    wanted = asked.values["status"]
    return query if wanted == _ALL else query.where(Shed.status == wanted)


COLOUR = By("status", {status: f"shed_{status}" for status in STATUS}, "shed_existing")

LAYER = MapLayer(
    key="sheds",
    name=("车棚", "Sheds"),
    about=(
        "电动自行车停放充电车棚：现状、拟建、拟拆",
        "Sheds to park and charge e-bikes: existing, proposed, to go",
    ),
    source=Shapes(
        "sheds", (Part("sheds", _grounds), Part("marks", _sheds, label="name", marks=True))
    ),
    fields=(
        NAME,
        Field("status", ("状态", "State"), STATUS),
        Field("capacity", ("车位数", "Places")),
        Field("chargers", ("充电口数", "Chargers")),
        ORIGIN,
    ),
    paints=(
        Paint("fill", "sheds", COLOUR, opacity=0.35),
        Paint("line", "sheds", COLOUR, width=1.5),
        *(
            Paint(
                "dot",
                "marks",
                f"shed_{status}",
                where={"status": (status,)},
                radius=((12, 2.5), (17, 6.0)),
                corners=corners,
                outline="mark_edge",
            )
            for status, corners in CORNERS.items()
        ),
        Paint("label", "marks", "ink", from_zoom=15, text="name", size=12, rank=15),
    ),
    legend=tuple(
        Entry("dot", f"shed_{status}", STATUS[status], corners)
        for status, corners in CORNERS.items()
    ),
    min_zoom=12,
    label="name",
    parameters=(
        Parameter(
            "status", ("状态", "State"), _read_status, _ALL, {_ALL: ("全部", "All"), **STATUS}
        ),
    ),
    rank=70,
)
