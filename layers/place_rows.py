"""Places as tiles take them: of some kinds, valid now, with what is told of them."""

from __future__ import annotations

import tomllib
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from gridmap.model import ORIGINS, Place
from gridmap.settings import data_folder
from layers.kept import moments
from layers.layer import Asked, Field, Names
from layers.words import WORDS

NAME = Field("name", ("名称", "Name"))
ADDRESS = (Field("street", ("道路", "Street")), Field("number", ("门牌", "Number")))
ORIGIN = Field("origin", ("来源", "Origin"), {origin: WORDS[origin] for origin in ORIGINS})


@cache
def category_names() -> dict[str, Names]:
    """Return the categories of services with their names, in the order of data/osm/kinds.toml."""
    content = tomllib.loads((data_folder() / "osm" / "kinds.toml").read_text("utf-8"))
    return {
        entry["category"]: (entry["name_zh"], entry["name_en"]) for entry in content["category"]
    }


def rows(asked: Asked, *conditions: ColumnElement[bool], columns: Any = ()) -> Select[Any]:
    """Select the places that are valid and meet conditions: id, geometry, then the columns."""
    begun = or_(Place.valid_from.is_(None), Place.valid_from <= asked.now)
    still = or_(Place.valid_to.is_(None), Place.valid_to > asked.now)
    query = select(Place.id, Place.geometry, *columns)
    return query.where(Place.geometry.is_not(None), and_(begun, still), *conditions)


def next_moment(session: Session, asked: Asked) -> datetime | None:
    """Return when the next place begins or ends."""
    return moments(session, "gazetteer").after(asked.now)
