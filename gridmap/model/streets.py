"""Streets: the lines that the base picture and, later, the walking network are made of."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from gridmap.model.base import Base, Sourced, geometry_column


class Street(Sourced, Base):
    """One piece of street with its name and class."""

    __tablename__ = "streets"
    __table_args__ = (Index("ix_streets_source_source_id", "source", "source_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(Text)
    street_class: Mapped[str] = mapped_column(Text)
    geometry: Mapped[Any] = geometry_column("LINESTRING")
