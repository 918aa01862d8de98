"""Names on the base map: districts from afar, then estates and villages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from gridmap.model import GENERAL_SCHEME, Place, Unit
from layers import place_rows, unit_rows
from layers.layer import Asked, MapLayer, Paint, Part, Shapes
from layers.reading import valid_at

#: A district has its name until its streets and communities have theirs.
DISTRICTS_TO, ESTATES_FROM = 11, 13


def _districts(asked: Asked, zoom: int) -> Select[Any] | None:
    if zoom > DISTRICTS_TO:
        return None
    return select(Unit.id, Unit.geometry, Unit.name, Unit.origin).where(
        Unit.geometry.is_not(None),
        valid_at(asked.now),
        Unit.scheme == GENERAL_SCHEME,
        Unit.level == "district",
    )


def _estates(asked: Asked, zoom: int) -> Select[Any] | None:
    if zoom < ESTATES_FROM:
        return None
    named = Place.name.is_not(None)
    return place_rows.rows(asked, Place.kind == "estate", named, columns=(Place.name, Place.origin))


def _moment(session: Session, asked: Asked) -> datetime | None:
    """Return when the next unit or place begins or ends."""
    found = [one.next_moment(session, asked) for one in (unit_rows, place_rows)]
    return min((moment for moment in found if moment is not None), default=None)


LAYER = MapLayer(
    key="names",
    name=("地名", "Names"),
    about=("区名，近看为小区和村庄名", "Names of districts, from near of estates and villages"),
    source=Shapes(
        "places",
        (
            Part("districts", _districts, "coverage", "units", "name", shapes=False),
            Part("estates", _estates, label="name", shapes=False),
        ),
        _moment,
    ),
    fields=(place_rows.NAME, place_rows.ORIGIN),
    paints=(
        Paint("label", "districts", "ink", text="name", size=16, bold=True, rank=40),
        Paint("label", "estates", "ink_soft", text="name", size=((13, 11), (17, 14)), rank=8),
    ),
    group="base",
    min_zoom=6,
    label="name",
    shown=True,
    rank=6,
)
