"""Tickets: the list, and one ticket with its decision, the reason, and what came before."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from gridmap.errors import InputError, NotFoundError
from gridmap.model import Decision, Event, Person, Ticket, Unit
from layers.element import DrawnLayer
from layers.page import MapParts
from layers.place import Place
from layers.reading import geometries, unit_areas
from layers.sharing import Printing
from web import drawing, events, listing
from web.following import followed, is_part
from web.holding import session
from web.kinds import KINDS

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
@followed
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
    layers = _layers(ticket, current)
    return render_template(
        "ticket.html",
        ticket=ticket,
        current=current,
        earlier=[row for row in made if row is not current],
        alternatives=alternatives_of(current and current.Decision, ticket),
        events=_events(ticket_id),
        layers=layers,
        map=None if is_part() else _map(ticket, layers),
    )


def alternatives_of(decision: Decision | None, ticket: Ticket) -> list[Unit]:
    """Return the units that the decision names besides its own, else those locating thought of."""
    codes = (decision.alternatives if decision else "") or ticket.candidates or ""
    query = select(Unit).where(
        Unit.code.in_(codes.split()),
        Unit.valid_from <= ticket.reported_at,
        Unit.valid_to.is_(None) | (Unit.valid_to > ticket.reported_at),
    )
    return list(session().scalars(query.order_by(Unit.code)))


def _events(ticket_id: int) -> list[Event]:
    query = select(Event).where(Event.subject == "ticket", Event.subject_id == ticket_id)
    return list(session().scalars(query.order_by(Event.id)))


def _layers(ticket: Ticket, current: Any) -> list[DrawnLayer]:
    """Draw where the ticket is, on the unit that got it and the alternatives."""
    if ticket.geometry is None:
        return []
    layers: list[DrawnLayer] = [Place(geometries([ticket.geometry])[0])]
    unit = current.Unit if current else None
    if unit is not None:
        codes = [unit.code, *current.Decision.alternatives.split()]
        areas = unit_areas(session(), ticket.reported_at, scheme=unit.scheme, codes=codes)
        layers.insert(0, drawing.ground(areas, unit.code))
    return layers


def _map(ticket: Ticket, layers: list[DrawnLayer]) -> MapParts | None:
    """Draw the map around the place of a ticket; none where it is not known."""
    if ticket.geometry is None:
        return None
    point = geometries([ticket.geometry])[0]
    extent = (
        point.x - AROUND_DEG,
        point.y - AROUND_DEG,
        point.x + AROUND_DEG,
        point.y + AROUND_DEG,
    )
    tickets = drawing.tickets_above()
    elements = [*layers, *tickets, Printing(), *events.live("tickets", "units")]
    return drawing.finish(drawing.start(session(), extent), elements)
