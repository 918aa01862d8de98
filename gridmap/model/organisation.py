"""Whose ground: units, the people who answer for them, and their duties, all valid from/to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gridmap.model.base import Base, UtcDateTime, geometry_column

#: Levels of the tree, from the widest to the narrowest, with their Chinese names.
LEVELS = {
    "district": "区",
    "street": "街道",
    "community": "社区",
    "grid": "网格",
    "building": "楼栋",
    "entrance": "单元门",
}

#: How far down the tree each level is; a unit's parent has a smaller rank than the unit.
LEVEL_RANKS = {level: rank for rank, level in enumerate(LEVELS)}

#: Roles that gridmap has words for, in Chinese and English; a site may use others.
ROLES = {
    "grid_chief": ("网格长", "grid chief"),
    "grid_worker": ("专职网格员", "full-time grid worker"),
    "volunteer": ("志愿者", "volunteer"),
    "building_head": ("楼栋长", "building head"),
    "entrance_head": ("单元长", "entrance head"),
    "police_officer": ("民警", "police officer"),
    "community_head": ("社区负责人", "community head"),
    "street_head": ("街道负责人", "street head"),
    "district_head": ("区负责人", "district head"),
}

#: Where a unit comes from; what is not imported is said to be so wherever it is shown.
ORIGINS = ("imported", "derived", "demonstration")

#: The scheme of the general grids (综合网格); others lie over it.
GENERAL_SCHEME = "general"


class Unit(Base):
    """One version of an area in the tree of one scheme; a change ends it and begins another."""

    __tablename__ = "units"
    __table_args__ = (
        UniqueConstraint("scheme", "code", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="valid"),
        Index(None, "scheme", "level"),
        Index(None, "scheme", "parent_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scheme: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    parent_code: Mapped[str | None] = mapped_column(Text)
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_to: Mapped[datetime | None] = mapped_column(UtcDateTime)
    origin: Mapped[str] = mapped_column(Text, default="imported")
    geometry: Mapped[Any] = geometry_column("MULTIPOLYGON")


class Seat(Base):
    """The point of a unit of which no area is known: its office, or a label point of its source."""

    __tablename__ = "seats"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id", ondelete="CASCADE"), unique=True)
    geometry: Mapped[Any] = geometry_column("POINT")


class Person(Base):
    """Somebody who answers for ground; `code` is the site's staff number."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    organisation: Mapped[str | None] = mapped_column(Text)


class Duty(Base):
    """Who answers for which unit, in which role, for which matters, from when to when.

    A duty with `substitute_for_id` is a substitution: while it is valid its person acts for the
    other one in that unit and role.
    """

    __tablename__ = "duties"
    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="valid"),
        Index(None, "scheme", "unit_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[str] = mapped_column(Text)
    scheme: Mapped[str] = mapped_column(Text)
    unit_code: Mapped[str] = mapped_column(Text)
    matter: Mapped[str | None] = mapped_column(Text)
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_to: Mapped[datetime | None] = mapped_column(UtcDateTime)
    substitute_for_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class Absence(Base):
    """When a person cannot act in any duty."""

    __tablename__ = "absences"
    __table_args__ = (CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="valid"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_to: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(Text)


class Revision(Base):
    """A number that triggers raise with every change of a subject, whoever makes it.

    `organisation` covers units, seats, people, duties and absences, `gazetteer` places, streets,
    aliases and corrections, so that whoever holds a snapshot can tell in one cheap look whether it
    is still true.
    """

    __tablename__ = "revisions"

    subject: Mapped[str] = mapped_column(Text, primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)
