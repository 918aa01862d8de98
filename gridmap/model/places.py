"""Places: estates, buildings, services and what lies around them; circles drawn from them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Float, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from gridmap.model.base import Base, Sourced, UtcDateTime, geometry_column


class Place(Sourced, Base):
    """Something on the ground: estate, building, entrance, service, gate, wall, water, green.

    `kind` and `category` (of a service, whatever kind it is) are words of data/osm/kinds.toml, or
    `address` for a numbered address point; `street` and `number` are the address, `code` its number
    among the standard addresses. `parent_id` is the place that contains it, and `unit_code` the
    unit, where a list says so: the latter places what has no geometry. Of the tags of a list,
    `locality` is the quarter or city of an address, and `cross_streets` are the names of streets
    that cross there.
    """

    __tablename__ = "places"
    __table_args__ = (
        Index(None, "kind"),
        Index(None, "category"),
        Index(None, "code"),
        Index("ix_places_source_source_id", "source", "source_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    category: Mapped[str | None] = mapped_column(Text)
    name: Mapped[str | None] = mapped_column(Text)
    street: Mapped[str | None] = mapped_column(Text)
    number: Mapped[str | None] = mapped_column(Text)
    code: Mapped[str | None] = mapped_column(Text)
    unit_code: Mapped[str | None] = mapped_column(Text)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"), index=True)
    valid_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    valid_to: Mapped[datetime | None] = mapped_column(UtcDateTime)
    geometry: Mapped[Any] = geometry_column("GEOMETRY")


class Circle(Base):
    """The ground reachable on foot within a time, as of one version of the streets."""

    __tablename__ = "circles"

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"), index=True)
    walker: Mapped[str] = mapped_column(Text)
    minutes: Mapped[float] = mapped_column(Float)
    network_version: Mapped[int] = mapped_column(Integer)
    computed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    geometry: Mapped[Any] = geometry_column("MULTIPOLYGON")
