"""Exclusive grounds: areas with an owner of their own that override the grid, such as a park."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from layers.layer import Asked, Entry, Field, MapLayer, Page, Paint, Part, Shapes
from layers.site_rules import site_rules
from layers.unit_rows import ALSO, FIELDS, UNITS, below, next_moment, rows
from layers.words import WORDS

#: Further away a park is a speck.
FROM_ZOOM = 12
SCHEME = Field("scheme", ("网格体系", "Scheme"), popup=False)


def _grounds(asked: Asked, zoom: int) -> Select[Any]:
    return rows(asked, UNITS.c.scheme.in_(site_rules(asked).ownership_schemes)).add_columns(
        UNITS.c.scheme
    )


LAYER = MapLayer(
    key="exclusive",
    name=WORDS["exclusive"],
    about=(
        "公园、医院、学校等自有责任人的区域，先于网格",
        "Parks, hospitals, schools with an owner of their own, who goes before the grid's",
    ),
    source=Shapes(
        "units",
        (Part("grounds", _grounds, "coverage", label="name", also=ALSO),),
        next_moment,
        below,
    ),
    fields=(*FIELDS, SCHEME),
    paints=(
        Paint("fill", "grounds", "exclusive", opacity=0.12),
        Paint("line", "grounds", "exclusive", width=1.6, dash=(5.0, 3.0)),
        Paint("label", "grounds", "exclusive", from_zoom=13, text="name", size=12, rank=18),
    ),
    legend=(Entry("line", "exclusive", WORDS["exclusive"], dash=(5.0, 3.0), from_zoom=FROM_ZOOM),),
    min_zoom=FROM_ZOOM,
    label="name",
    page=Page("units.show", "code", "code", ("scheme",)),
    shown=True,
    rank=30,
)
