"""A ticket located by a person: routed anew, with the old decision kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
from geoalchemy2.shape import from_shape
from shapely import Point
from sqlalchemy import update
from sqlalchemy.orm import Session

from gridmap.errors import InputError
from gridmap.locating import Found, Gazetteer, Locator, Matcher
from gridmap.model import SRID, Decision, Event, Ticket
from gridmap.routing.router import Answer, Router
from gridmap.storage import bulk


class _Told(Matcher):
    """A matcher that knows one answer, whatever is asked."""

    def __init__(self, gazetteer: Gazetteer, found: Found) -> None:
        super().__init__(gazetteer)
        self._found = found

    def find(self, *_text: Any, **_context: Any) -> Found:
        """Return the answer."""
        return self._found


def decide_again(router: Router, ticket: Ticket, found: Found) -> Answer:
    """Decide on a ticket whose place a person has told; nothing is stored.

    Raises
    ------
    InputError
        When the place is ground that no single unit holds.
    """
    locator = Locator(_Told(router.locator.matcher.gazetteer, found), 0.0)
    told = Router(router.ground, router.owners, router.rules, locator, router.version)
    reported_at = ticket.reported_at.astimezone(UTC).replace(tzinfo=None)
    answer = told.answer(
        {
            "lon": np.array([np.nan]),
            "lat": np.array([np.nan]),
            "address": [found.text],
            "content": [ticket.content],
            "matter": [ticket.matter],
            "matter_code": [ticket.matter_code],
            "as_of": np.array([reported_at], dtype="datetime64[us]"),
        }
    )
    if answer.located.method[0] == "none":
        message = "No single unit holds all of that place: confirm a point of it on the map."
        raise InputError(message)
    return answer


def keep_again(session: Session, ticket: Ticket, answer: Answer, *, by: str, detail: str) -> None:
    """Keep the new place and decision of a ticket within a change of the store.

    Parameters
    ----------
    answer
        Of `decide_again`.
    by, detail
        Who told the place, and what the event says of it.
    """
    now = datetime.now(UTC)
    columns = answer.ticket_columns()
    lon, lat = (float(values[0]) for values in columns.pop("geometry"))
    kept = session.get_one(Ticket, ticket.id)
    kept.geometry = None if np.isnan(lon) else from_shape(Point(lon, lat), srid=SRID)
    kept.locating_method = str(columns["locating_method"][0])
    kept.confidence = float(columns["confidence"][0])
    kept.candidates = columns["candidates"][0]
    session.execute(
        update(Decision)
        .where(Decision.ticket_id == ticket.id, Decision.is_current)
        .values(is_current=False)
    )
    made = answer.decision_columns(
        np.array([ticket.reported_at.astimezone(UTC).replace(tzinfo=None)], "datetime64[us]"),
        np.datetime64(now.replace(tzinfo=None), "us"),
    )
    bulk.insert(session, Decision, {**made, "ticket_id": [ticket.id]})
    session.add(
        Event(
            at=now,
            actor=by,
            kind="located by a person",
            subject="ticket",
            subject_id=ticket.id,
            detail=detail,
        )
    )
