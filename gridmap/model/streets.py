"""Streets: the lines that the base picture and, later, the walking network are made of."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from gridmap.model.base import Base, geometry_column


class Street(Base):
    """One piece of street with its name and class."""

    __tablename__ = "streets"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(Text)
    street_class: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    source_id: Mapped[str | None] = mapped_column(Text)
    origin: Mapped[str] = mapped_column(Text, default="imported")
    geometry: Mapped[Any] = geometry_column("LINESTRING")
