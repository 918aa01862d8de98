"""Tickets by their number, for whoever has one on the telephone."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Response, request, url_for
from sqlalchemy import func, select

from gridmap.errors import InputError
from gridmap.model import Ticket, Unit
from layers.reading import geometries
from web import asked
from web.holding import session
from web.listing import joined
from web.packing import checked_by_content

blueprint = Blueprint("finding", __name__, url_prefix="/api")

MAX_FOUND = 8
_DECIMALS = 7


@blueprint.get("/tickets/find")
def find() -> Response:
    """Answer the tickets in sight whose number is what was typed, or begins with it."""
    asked.texts(also=("q",), known=())
    typed = request.args.get("q", "").strip()
    if not typed:
        message = "q is missing: write a ticket's number or its beginning, such as q=2026-1."
        raise InputError(message)
    found = [_told(row) for row in session().execute(_begun(typed))]
    body = orjson.dumps(found)
    return checked_by_content(body, "application/json")


def _begun(typed: str) -> Any:
    """Select tickets by the beginning of their number, the number itself first."""
    begins = func.upper(func.substr(Ticket.number, 1, len(typed))) == func.upper(typed)
    return (
        joined(select(Ticket.id, Ticket.number, Ticket.status, Ticket.matter, Ticket.geometry))
        .add_columns(Unit.code)
        .where(begins)
        .order_by(func.length(Ticket.number), Ticket.reported_at.desc(), Ticket.id.desc())
        .limit(MAX_FOUND)
    )


def _told(row: Any) -> dict[str, Any]:
    point = geometries([row.geometry])[0]
    return {
        "number": row.number,
        "status": row.status,
        "matter": row.matter,
        "unit": row.code,
        "lon": None if point is None else round(point.x, _DECIMALS),
        "lat": None if point is None else round(point.y, _DECIMALS),
        "url": url_for("tickets.show", ticket_id=row.id),
    }
