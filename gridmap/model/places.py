"""Places: estates, buildings, services and what lies around them; circles drawn from them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Float, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from gridmap.model.base import Base, UtcDateTime, geometry_column


class Place(Base):
    """Something on the ground with a name or a number: estate, building, entrance, service."""

    __tablename__ = "places"
    __table_args__ = (Index(None, "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str | None] = mapped_column(Text)
    number: Mapped[str | None] = mapped_column(Text)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    source: Mapped[str] = mapped_column(Text)
    source_id: Mapped[str | None] = mapped_column(Text)
    origin: Mapped[str] = mapped_column(Text, default="imported")
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
