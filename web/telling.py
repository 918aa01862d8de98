"""One ticket for the notice of a map: its unit by name, who answers, what else may be meant."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Response, url_for
from sqlalchemy import Row, select

from gridmap.errors import NotFoundError
from gridmap.model import Decision, Duty, Person, Ticket, Unit
from layers.reading import lineage, parent_codes
from web import asked
from web.holding import session
from web.listing import joined
from web.packing import checked_by_content
from web.tickets import alternatives_of

blueprint = Blueprint("telling", __name__, url_prefix="/api")

#: An id is less than this in either store.
_IDS = 2**63


@blueprint.get("/tickets/<int:ticket_id>/decision")
def decision(ticket_id: int) -> Response:
    """Answer to whom a ticket in sight goes, by names."""
    asked.texts(known=())
    query = joined(select(Ticket, Decision, Unit, Person)).where(Ticket.id == ticket_id)
    row = session().execute(query).first() if ticket_id < _IDS else None
    if row is None:
        message = f"There is no ticket {ticket_id}: it may be out of sight."
        raise NotFoundError(message)
    body = orjson.dumps(_told(row))
    return checked_by_content(body, "application/json")


def _told(row: Row[Any]) -> dict[str, Any]:
    worker = None
    if row.Person and row.Unit:
        worker = {"name": row.Person.name, "role": _role(row.Person, row.Unit, row.Decision.as_of)}
    return {
        "number": row.Ticket.number,
        "unit": row.Unit and _unit(row.Unit),
        "worker": worker,
        "department": row.Decision and row.Decision.department,
        "alternatives": [_unit(unit) for unit in alternatives_of(row.Decision, row.Ticket)],
    }


def _unit(unit: Unit) -> dict[str, Any]:
    url = url_for("units.show", code=unit.code)
    return {"code": unit.code, "scheme": unit.scheme, "name": unit.name, "url": url}


def _role(person: Person, unit: Unit, as_of: Any) -> str | None:
    """Return the role in which somebody answers: that in the unit, or in the nearest above it."""
    chain = lineage(unit.code, unit.scheme, parent_codes(session(), as_of))
    duties = session().execute(
        select(Duty.unit_code, Duty.role).where(
            Duty.person_id == person.id,
            Duty.scheme == unit.scheme,
            Duty.unit_code.in_(chain),
            Duty.valid_from <= as_of,
            Duty.valid_to.is_(None) | (Duty.valid_to > as_of),
        )
    )
    nearest = min(duties, key=lambda duty: chain.index(duty.unit_code), default=None)
    return nearest and str(nearest.role)
