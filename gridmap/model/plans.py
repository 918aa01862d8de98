"""Plans: parking bays, and sheds that exist, are proposed or are to go."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from gridmap.model.base import Base, geometry_column

_STATUS = "status IN ('existing', 'proposed', 'removed')"


class Bay(Base):
    """One marked car parking space."""

    __tablename__ = "bays"
    __table_args__ = (CheckConstraint(_STATUS, name="status"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(Text)
    origin: Mapped[str] = mapped_column(Text, default="imported")
    geometry: Mapped[Any] = geometry_column("POLYGON")


class Shed(Base):
    """A place to park and charge e-bikes."""

    __tablename__ = "sheds"
    __table_args__ = (CheckConstraint(_STATUS, name="status"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(Text)
    name: Mapped[str | None] = mapped_column(Text)
    capacity: Mapped[int | None] = mapped_column(Integer)
    chargers: Mapped[int | None] = mapped_column(Integer)
    origin: Mapped[str] = mapped_column(Text, default="imported")
    geometry: Mapped[Any] = geometry_column("POLYGON")
