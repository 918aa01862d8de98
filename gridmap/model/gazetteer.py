"""What people call places, and where a person has said that a text means."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Float, Text
from sqlalchemy.orm import Mapped, mapped_column

from gridmap.model.base import Base, UtcDateTime, geometry_column

#: Kinds of aliases, each with the Chinese words for it.
ALIAS_KINDS = {
    "nickname": ("俗称", "别名"),
    "old name": ("曾用名", "旧称"),
    "short name": ("简称",),
}


class Alias(Base):
    """
    Another name of an entry of the gazetteer.

    `entry` is the key of what it names: `place/<id>`, `unit/<scheme>/<code>` or `street/<name>`.
    `source` is the list it is from, or `correction` for one that a person gave when confirming a
    place.
    """

    __tablename__ = "aliases"
    __table_args__ = (
        CheckConstraint("kind IN ('nickname', 'old name', 'short name')", name="kind"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="valid"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    entry: Mapped[str] = mapped_column(Text, index=True)
    kind: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    valid_to: Mapped[datetime | None] = mapped_column(UtcDateTime)
    source: Mapped[str] = mapped_column(Text, index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(Text)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[str | None] = mapped_column(Text)


class Correction(Base):
    """
    The place that a person has confirmed for a text, and what had been found before.

    `entry` is None where only a point was confirmed; `geometry` is the confirmed place.
    """

    __tablename__ = "corrections"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    entry: Mapped[str | None] = mapped_column(Text, index=True)
    method_before: Mapped[str] = mapped_column(Text)
    confidence_before: Mapped[float] = mapped_column(Float)
    entry_before: Mapped[str | None] = mapped_column(Text)
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_by: Mapped[str] = mapped_column(Text)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[str | None] = mapped_column(Text)
    geometry: Mapped[Any] = geometry_column("POINT")
