"""Tickets: the list, and one ticket with its decision, the reason, and what came before."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from gridmap.errors import InputError, NotFoundError
from gridmap.model import Decision, Event, Person, Ticket, Unit
from layers.page import MapParts
from layers.place import Place
from layers.reading import geometries, unit_areas
from layers.units import Units
from web import drawing, listing
from web.holding import session
from web.kinds import KINDS
from web.language import language

blueprint = Blueprint("tickets", __name__)

#: About 300 m at the latitudes of China, so that the streets around a place are seen.
AROUND_DEG = 0.003


@blueprint.get("/tickets")
def index() -> ResponseReturnValue:
    """List tickets in pages."""
    filters = listing.Filters(
        status=request.args.get("status", ""),
        exception=request.args.get("exception", ""),
        unit=request.args.get("unit", "").strip(),
        words=request.args.get("words", "").strip(),
    )
    page = listing.ticket_page(session(), filters, page_number())
    return render_template("tickets.html", page=page, filters=filters, kinds=list(KINDS))


def page_number() -> int:
    """Return the page that is asked for, 1 when none is named."""
    text = request.args.get("page", "1")
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        message = gettext("The page '%(text)s' is no number: give 1 or more.", text=text)
        raise InputError(message)
    return int(text)


@blueprint.get("/tickets/<int:ticket_id>")
def show(ticket_id: int) -> ResponseReturnValue:
    """Show one ticket with every decision that was made of it."""
    ticket = listing.find_ticket(session(), ticket_id)
    if ticket is None:
        message = gettext(
            "There is no ticket %(number)s: look it up in the list of tickets.", number=ticket_id
        )
        raise NotFoundError(message)
    decisions = session().execute(
        select(Decision, Unit, Person)
        .outerjoin(Unit, Unit.id == Decision.unit_id)
        .outerjoin(Person, Person.id == Decision.person_id)
        .where(Decision.ticket_id == ticket_id)
        .order_by(Decision.id.desc())
    )
    made = list(decisions)
    current = next((row for row in made if row.Decision.is_current), None)
    return render_template(
        "ticket.html",
        ticket=ticket,
        current=current,
        earlier=[row for row in made if row is not current],
        alternatives=_named(current, ticket),
        events=_events(ticket_id),
        map=_map(ticket, current),
    )


def _named(current: Any, ticket: Ticket) -> list[Unit]:
    """Return the units that the decision names besides its own, else those locating thought of."""
    codes = (current.Decision.alternatives if current else "") or ticket.candidates or ""
    query = select(Unit).where(
        Unit.code.in_(codes.split()),
        Unit.valid_from <= ticket.reported_at,
        Unit.valid_to.is_(None) | (Unit.valid_to > ticket.reported_at),
    )
    return list(session().scalars(query.order_by(Unit.code)))


def _events(ticket_id: int) -> list[Event]:
    query = select(Event).where(Event.subject == "ticket", Event.subject_id == ticket_id)
    return list(session().scalars(query.order_by(Event.id)))


def _map(ticket: Ticket, current: Any) -> MapParts | None:
    """Draw where the ticket is, on the unit that got it and the alternatives."""
    unit = current.Unit if current else None
    if ticket.geometry is None:
        return None
    point = geometries([ticket.geometry])[0]
    extent = (
        point.x - AROUND_DEG,
        point.y - AROUND_DEG,
        point.x + AROUND_DEG,
        point.y + AROUND_DEG,
    )
    elements: list[Any] = [Place(point)]
    if unit is not None and unit.geometry is not None:
        codes = [unit.code, *current.Decision.alternatives.split()]
        areas = unit_areas(session(), ticket.reported_at, scheme=unit.scheme, codes=codes)
        layer = Units(
            areas,
            language=language(),
            page_url=drawing.unit_url(),
            highlight=unit.code,
        )
        elements.insert(0, layer)
    return drawing.finish(drawing.start(session(), extent), elements)
