"""Tickets at will, with decisions, for tests that make them by the dozen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from geoalchemy2.shape import from_shape
from shapely import Point
from sqlalchemy.orm import Session

from gridmap.model import SRID, Decision, Ticket


def add_ticket(
    session: Session,
    number: str,
    reported_at: datetime,
    *,
    at: tuple[float, float] | None = None,
    unit_id: int | None = None,
    status: str = "open",
    rule: str = "territory",
    queue: str | None = None,
    flagged: bool = False,
    **known: Any,
) -> int:
    """Add a ticket with its decision, and tell its id."""
    ticket = Ticket(
        source="test",
        number=number,
        reported_at=reported_at,
        status=status,
        reporter_name="示例来电人",
        reporter_phone="000-0000-9999",
        content="示例内容",
        locating_method="coordinate" if at else "none",
        confidence=1.0 if at else 0.0,
        digest=0,
        geometry=None if at is None else from_shape(Point(at), srid=SRID),
        **known,
    )
    session.add(ticket)
    session.flush()
    decide(session, ticket.id, reported_at, unit_id, rule=rule, queue=queue, flagged=flagged)
    return ticket.id


def decide(
    session: Session,
    ticket_id: int,
    at: datetime,
    unit_id: int | None,
    *,
    rule: str = "territory",
    queue: str | None = None,
    flagged: bool = False,
) -> None:
    """Add the current decision of a ticket."""
    session.add(
        Decision(
            ticket_id=ticket_id,
            decided_at=at,
            as_of=at,
            rule=rule,
            unit_id=unit_id,
            queue=queue or (None if unit_id else "locating"),
            emergency=False,
            flagged=flagged,
            alternatives="",
            reason_zh="",
            reason_en="",
        )
    )
    session.flush()
