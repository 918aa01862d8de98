"""The open interface: decisions, units and tickets for other programs; see `openapi.json`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
from flask import Blueprint, Response, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from gridmap.errors import InputError
from gridmap.model import GENERAL_SCHEME, LEVELS, Decision, Ticket, Unit
from gridmap.routing import Router
from layers.extract import Batch
from layers.reading import geometries, open_tickets, unit_areas
from web import geojson
from web.description import description
from web.holding import router, session
from web.kinds import kind_column
from web.listing import Filters, joined
from web.questions import ask
from web.sight import sight

blueprint = Blueprint("api", __name__, url_prefix="/api")

MAX_QUESTIONS = 1_000
MAX_TICKETS = 5_000
#: What is told of a ticket, in that order.
_PUBLIC = ["number", "status", "matter", "unit", "flagged", "exception", "url"]


@blueprint.get("/route")
def route() -> ResponseReturnValue:
    """Answer one question."""
    return jsonify(ask(router(), request.args.to_dict()))


@blueprint.post("/route")
def route_many() -> ResponseReturnValue:
    """Answer one question or a list of them, in its order; one that cannot be used fails all."""
    body = request.get_json(silent=True)
    asked = router()
    if isinstance(body, dict):
        return jsonify(ask(asked, body))
    if not isinstance(body, list) or not all(isinstance(question, dict) for question in body):
        message = "The body must be JSON: one question or a list of questions."
        raise InputError(message)
    if len(body) > MAX_QUESTIONS:
        message = f"{len(body):,} questions are too many: send at most {MAX_QUESTIONS:,} at a time."
        raise InputError(message)
    return jsonify([_numbered(asked, number, question) for number, question in enumerate(body)])


def _numbered(asked: Router, number: int, question: dict[str, Any]) -> dict[str, Any]:
    try:
        return ask(asked, question)
    except InputError as error:
        message = f"Question {number}: {error}"
        raise InputError(message) from error


@blueprint.get("/units")
def units() -> ResponseReturnValue:
    """Answer the units of one level as GeoJSON."""
    level = request.args.get("level", "grid")
    if level not in LEVELS:
        message = f"{level!r} is no level: use one of {', '.join(LEVELS)}."
        raise InputError(message)
    now = datetime.now(UTC)
    scheme = request.args.get("scheme", GENERAL_SCHEME)
    counts = open_tickets(session(), now, sight())
    areas = unit_areas(session(), now, scheme=scheme, level=level, counts=counts)
    batch = Batch(
        [unit.code for unit in areas],
        np.array([unit.area for unit in areas], dtype=object),
        [(unit.code, unit.name, unit.open_tickets) for unit in areas],
    )
    return _collection(batch, ["code", "name", "open_tickets"])


@blueprint.get("/tickets")
def tickets() -> ResponseReturnValue:
    """Answer tickets that have a place as GeoJSON points, the newest first."""
    filters = Filters(
        status=request.args.get("status", ""),
        exception=request.args.get("exception", ""),
        unit=request.args.get("unit", ""),
    )
    rows = session().execute(
        joined(
            select(
                Ticket.id,
                Ticket.number,
                Ticket.status,
                Ticket.matter,
                Ticket.geometry,
                Unit.code,
                Decision.flagged,
                kind_column.label("exception"),
            )
        )
        .where(Ticket.geometry.is_not(None), *filters.conditions())
        .order_by(Ticket.reported_at.desc(), Ticket.id.desc())
        .limit(MAX_TICKETS)
    )
    found = list(rows)
    batch = Batch(
        [row.id for row in found],
        geometries(row.geometry for row in found),
        [_public(row) for row in found],
    )
    return _collection(batch, _PUBLIC)


def _public(row: Any) -> tuple[Any, ...]:
    """Return what anybody may see of a ticket: neither who reported it nor the words."""
    url = url_for("tickets.show", ticket_id=row.id)
    flagged = bool(row.flagged)
    return row.number, row.status, row.matter, row.code, flagged, row.exception, url


def _collection(batch: Batch, keys: list[str]) -> Response:
    body = b"".join(geojson.collection(iter([batch]), keys, {}))
    return Response(body, mimetype=geojson.MIMETYPE)


@blueprint.get("/openapi.json")
def openapi() -> ResponseReturnValue:
    """Answer the description of this interface."""
    return jsonify(description())
