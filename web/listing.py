"""Tickets that whoever asks may see: filtered, in pages, without who reported them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from gridmap.errors import InputError
from gridmap.model import Decision, Person, Ticket, Unit
from gridmap.sight import is_seen
from web.kinds import is_kind, kind_column
from web.sight import sight

PAGE_ROWS = 50
_STATUSES = ("open", "closed")
#: An id is less than this in either store.
_IDS = 2**63


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; an empty text narrows nothing."""

    status: str = ""
    exception: str = ""
    unit: str = ""
    words: str = ""

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return the filters as conditions; a status or kind that is none is an InputError."""
        found: list[ColumnElement[bool]] = []
        if self.status:
            if self.status not in _STATUSES:
                message = f"{self.status!r} is no status of a ticket: use open or closed."
                raise InputError(message)
            found.append(Ticket.status == self.status)
        if self.exception:
            found.append(is_kind(self.exception))
        if self.unit:
            found.append(Unit.code.startswith(self.unit, autoescape=True))
        if self.words:
            columns = (Ticket.number, Ticket.matter, Ticket.address)
            found.append(or_(*(col.contains(self.words, autoescape=True) for col in columns)))
        return found


@dataclass(frozen=True)
class TicketPage:
    """One page of a list.

    Attributes
    ----------
    rows
        Ticket, unit code and name, worker and kind of exception, newest first.
    number, pages
        The number of this page and of the last one, from 1.
    total
        Tickets on all pages.
    """

    rows: list[Any]
    number: int
    pages: int
    total: int


def joined(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Join the tickets that are seen with their current decision, its unit and its worker.

    Whatever tells of tickets begins here, so that nothing can tell of one out of sight.
    """
    return (
        query.select_from(Ticket)
        .outerjoin(Decision, (Decision.ticket_id == Ticket.id) & Decision.is_current)
        .outerjoin(Unit, Unit.id == Decision.unit_id)
        .outerjoin(Person, Person.id == Decision.person_id)
        .where(is_seen(sight()))
    )


def find_ticket(session: Session, ticket_id: int) -> Ticket | None:
    """Return one ticket; none when there is none, or it is out of sight."""
    if not 0 <= ticket_id < _IDS:
        return None
    return session.scalars(joined(select(Ticket)).where(Ticket.id == ticket_id)).first()


def ticket_page(session: Session, filters: Filters, number: int) -> TicketPage:
    """Read one page of the tickets that pass the filters."""
    conditions = filters.conditions()
    total = session.scalar(joined(select(func.count(Ticket.id))).where(*conditions)) or 0
    pages = max(1, -(-total // PAGE_ROWS))
    number = min(max(number, 1), pages)
    query = joined(
        select(
            Ticket.id,
            Ticket.number,
            Ticket.reported_at,
            Ticket.matter,
            Ticket.address,
            Ticket.status,
            Unit.code,
            Unit.name,
            Person.name.label("worker"),
            Decision.department,
            Decision.queue,
            Decision.flagged,
            kind_column.label("exception"),
        )
    ).where(*conditions)
    newest = query.order_by(Ticket.reported_at.desc(), Ticket.id.desc())
    page = newest.limit(PAGE_ROWS).offset((number - 1) * PAGE_ROWS)
    return TicketPage(list(session.execute(page)), number, pages, total)
