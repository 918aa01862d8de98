"""What all tables share: naming of constraints, UTC times, the geometry column."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import DateTime, Dialect, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from gridmap.settings import Settings

SRID = Settings.from_environ().srid

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of every table."""

    metadata = MetaData(naming_convention=NAMES)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware in Python, UTC in the store; a naive time is refused.

    Both stores keep whole milliseconds, as a GeoPackage does, so that both compare alike.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware time into UTC and cut it to whole milliseconds."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"The time {value} has no time zone."
            raise ValueError(message)
        return value.astimezone(UTC).replace(microsecond=value.microsecond // 1000 * 1000)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return UTC whatever zone the server speaks."""
        return None if value is None else value.astimezone(UTC)


def geometry_column(geometry_type: str) -> Mapped[Any]:
    """Make the one geometry column of a table, named `geometry` and last, with a spatial index."""
    column: Mapped[WKBElement | None] = mapped_column(
        Geometry(geometry_type, srid=SRID), nullable=True, sort_order=1
    )
    return column


class Sourced:
    """Where a thing on the ground is from, and what a later import of the same source may change.

    `source` and `source_id` name it there; `tags` are all that the source says of it, as JSON;
    `digest` tells whether the source has changed. Whatever a person has edited (`edited_at`) is
    kept as it is.
    """

    source: Mapped[str] = mapped_column(Text)
    source_id: Mapped[str | None] = mapped_column(Text)
    origin: Mapped[str] = mapped_column(Text, default="imported")
    tags: Mapped[str | None] = mapped_column(Text)
    digest: Mapped[str | None] = mapped_column(Text)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    edited_by: Mapped[str | None] = mapped_column(Text)
