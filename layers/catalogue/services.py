"""Services that people walk to: shops, schools, clinics, parks, one mark each."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Select, or_

from gridmap.errors import InputError
from gridmap.model import Place
from layers.layer import Asked, By, Entry, Field, MapLayer, Names, Paint, Parameter, Part, Shapes
from layers.place_rows import ADDRESS, NAME, ORIGIN, category_names, next_moment, rows


class Group(NamedTuple):
    """Categories that share a mark."""

    colour: str
    corners: int
    name: Names
    categories: tuple[str, ...]


GROUPS = (
    Group(
        "service_daily",
        0,
        ("日常生活", "Daily needs"),
        (
            "convenience",
            "supermarket",
            "market",
            "restaurant",
            "laundry",
            "hairdresser",
            "copyshop",
            "repair",
            "pharmacy",
            "post",
            "recycling",
            "bank",
        ),
    ),
    Group(
        "service_care",
        3,
        ("教育医养", "Schools and care"),
        ("kindergarten", "school", "clinic", "elderly_care"),
    ),
    Group(
        "service_public",
        4,
        ("公共与文体", "Public, sports, culture"),
        ("sports", "park", "culture", "toilets", "bus_stop", "police"),
    ),
)
_GROUPED = {category: group for group in GROUPS for category in group.categories}


def _read_category(text: str) -> str:
    if text and text not in category_names():
        message = f"{text!r} is no category of services: use {', '.join(category_names())}."
        raise InputError(message)
    return text


def _services(asked: Asked, zoom: int) -> Select[Any]:
    told = (Place.name, Place.category, Place.street, Place.number, Place.origin)
    wanted = asked.values["category"]
    if wanted:
        return rows(asked, Place.category == wanted, columns=told)
    return rows(asked, or_(Place.category.is_not(None), Place.kind == "service"), columns=told)


COLOUR = By(
    "category", {category: group.colour for category, group in _GROUPED.items()}, "service_other"
)

LAYER = MapLayer(
    key="services",
    name=("服务设施", "Services"),
    about=(
        "便利店、学校、卫生、公园等服务设施",
        "Shops, schools, clinics, parks and other services",
    ),
    source=Shapes("places", (Part("services", _services, label="name", marks=True),), next_moment),
    fields=(
        NAME,
        Field("category", ("类别", "Category"), category_names()),
        *ADDRESS,
        ORIGIN,
    ),
    paints=(
        Paint("dot", "services", "service_other", radius=((14, 2.5), (17, 4.0))),
        *(
            Paint(
                "dot",
                "services",
                group.colour,
                where={"category": group.categories},
                radius=((14, 3.5), (17, 6.0)),
                corners=group.corners,
                outline="mark_edge",
            )
            for group in GROUPS
        ),
        Paint("label", "services", COLOUR, from_zoom=16, text="name", size=11, rank=4),
    ),
    legend=(
        *(Entry("dot", group.colour, group.name, group.corners) for group in GROUPS),
        Entry("dot", "service_other", ("其他", "Other")),
    ),
    min_zoom=13,
    label="name",
    parameters=(Parameter("category", ("类别", "Category"), _read_category, "", category_names()),),
    rank=60,
)
