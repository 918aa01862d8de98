"""The log of changes: which rows were touched, where, since when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Float, Text
from sqlalchemy.orm import Mapped, mapped_column

from gridmap.model.base import Base, UtcDateTime


class LoggedChange(Base):
    """A row that was inserted, changed or deleted, or a range of rows; triggers write it.

    A decision is logged as a change of its ticket. The box is in degrees of the store. `xid` is the
    transaction on PostGIS, where ids do not become visible in their order.
    """

    __tablename__ = "changes"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    table_name: Mapped[str] = mapped_column(Text)
    row_id: Mapped[int] = mapped_column(BigInteger)
    last_row_id: Mapped[int] = mapped_column(BigInteger)
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    west: Mapped[float | None] = mapped_column(Float)
    south: Mapped[float | None] = mapped_column(Float)
    east: Mapped[float | None] = mapped_column(Float)
    north: Mapped[float | None] = mapped_column(Float)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    xid: Mapped[int | None] = mapped_column(BigInteger, index=True)


class ChangeLog(Base):
    """The one row that tells this log from others, and how far back it no longer reaches.

    `pruned` is the last id that was taken away, on PostGIS the last `xid`.
    """

    __tablename__ = "change_log"

    id: Mapped[int] = mapped_column(primary_key=True)
    identity: Mapped[str] = mapped_column(Text)
    pruned: Mapped[int] = mapped_column(BigInteger)
