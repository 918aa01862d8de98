"""Locating by a dispatcher: where a text is, what else it may be, and what somebody confirms."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from gridmap.errors import InputError, NotFoundError
from gridmap.locating import Entry, Found
from gridmap.locating.corrections import (
    Confirmation,
    keep,
    read_confirmed,
    require_own_name,
    withdraw,
)
from gridmap.locating.examples import Example, answer, names_something
from gridmap.model import Ticket
from gridmap.routing.again import decide_again, keep_again
from gridmap.sight import EVERYTHING
from layers.answer import Answer, Picker, bounds_of
from layers.page import MapParts
from web import drawing, events, holding, judging
from web.district import has_areas
from web.holding import router, session, settings, store
from web.language import language
from web.listing import find_ticket
from web.questions import MAX_TEXT
from web.security import require_own_form
from web.sight import sight

blueprint = Blueprint("locate", __name__, url_prefix="/locate")

#: Confirmations that the page lists; the command lists all.
SHOWN = 100
#: What is shown around an answer: about 300 m.
AROUND_DEG = 0.003


@blueprint.get("")
def show() -> ResponseReturnValue:
    """Show where a text is, and what has been confirmed."""
    ticket = _ticket(request.args.get("ticket", ""))
    text, matter = _asked("q"), _asked("matter")
    if ticket is not None:
        text = text or ticket.address or ticket.content or ""
        matter = matter or ticket.matter or ""
    found = _find(text, matter, ticket) if text.strip() else None
    confirmed = read_confirmed(session()) if _sees_confirmed() else []
    return render_template(
        "locate.html",
        ticket=ticket,
        text=text,
        matter=matter,
        found=found,
        lasting=names_something(text),
        map=_map(found),
        sees_confirmed=_sees_confirmed(),
        confirmed=confirmed[:SHOWN],
        count=len(confirmed),
        labels=_labels([one.entry for one in confirmed[:SHOWN]]),
        thresholds=judging.consequences(confirmed),
        setting=settings().locating_threshold,
        said=request.args.get("said", ""),
    )


def _sees_confirmed() -> bool:
    """Tell whether the confirmed texts are shown: they are words of tickets from anywhere."""
    return sight() == EVERYTHING


@blueprint.post("/confirm")
def confirm() -> ResponseReturnValue:
    """Keep what somebody confirms; a ticket that it is about is routed anew."""
    require_own_form()
    text, ticket = request.form.get("text", ""), _ticket(request.form.get("ticket", ""))
    matter = request.form.get("matter", "")
    entry = _entry(request.form.get("entry", ""))
    lon, lat = (None, None) if entry is not None else (_degrees("lon"), _degrees("lat"))
    said = Confirmation(
        text=text,
        by=request.form.get("by", ""),
        entry=entry,
        lon=lon,
        lat=lat,
        before=_find(text, matter, ticket) if text.strip() else None,
        alias=request.form.get("alias", "").strip() or None,
        is_lasting=ticket is None or "lasting" in request.form,
    )
    require_own_name(router().locator.matcher.gazetteer, said.alias, entry)
    _keep(said, ticket)
    holding.changed()
    if ticket is not None:
        return _see(url_for("tickets.show", ticket_id=ticket.id))
    return _see(url_for(".show", q=text, matter=matter, said="confirmed"))


def _keep(said: Confirmation, ticket: Ticket | None) -> None:
    """Keep what was said and what follows for the ticket, or nothing of both."""
    decided = None if ticket is None else decide_again(router(), ticket, _found(said))
    with store().write() as writing:
        detail = f"correction {keep(writing, said)}" if said.is_lasting else "for this ticket only"
        if ticket is not None and decided is not None:
            keep_again(writing, ticket, decided, by=said.by.strip(), detail=detail)


@blueprint.post("/withdraw")
def take_back() -> ResponseReturnValue:
    """Take a confirmation back."""
    require_own_form()
    if not _sees_confirmed():
        message = gettext("Say which confirmation is taken back, by its number.")
        raise NotFoundError(message)
    number = request.form.get("id", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        message = gettext("Say which confirmation is taken back, by its number.")
        raise InputError(message)
    withdraw(store(), int(number), by=request.form.get("by", ""))
    holding.changed()
    return _see(url_for(".show", said="withdrawn"))


def _see(address: str) -> ResponseReturnValue:
    """Send the browser on with GET, so that a reload sends nothing again."""
    return redirect(address, code=303)


def _asked(field: str) -> str:
    text = request.args.get(field, "")
    if len(text) > MAX_TEXT:
        message = gettext(
            "%(field)s must be a text of at most %(count)s characters.",
            field=field,
            count=f"{MAX_TEXT:,}",
        )
        raise InputError(message)
    return text


def _ticket(number: str) -> Ticket | None:
    if not number:
        return None
    is_number = number.isascii() and number.isdecimal() and len(number) < 10
    ticket = find_ticket(session(), int(number)) if is_number else None
    if ticket is None:
        message = gettext(
            "There is no ticket %(number)s: look it up in the list of tickets.", number=number[:20]
        )
        raise NotFoundError(message)
    return ticket


def _entry(key: str) -> Entry | None:
    gazetteer = router().locator.matcher.gazetteer
    if not key:
        return None
    if key not in gazetteer.numbers:
        message = gettext("The place %(key)s is no longer there: search again.", key=key[:60])
        raise NotFoundError(message)
    return gazetteer.entry(gazetteer.numbers[key])


def _degrees(field: str) -> float | None:
    text = request.form.get(field, "").strip()
    try:
        return float(text) if text else None
    except ValueError:
        message = gettext("%(text)s is no number of degrees: click on the map.", text=text[:40])
        raise InputError(message) from None


def _find(text: str, matter: str, ticket: Ticket | None) -> Found:
    """Find the place of a text; what else a ticket says helps."""
    content = None if ticket is None or ticket.content == text else ticket.content
    return router().locator.matcher.find(text, matter=matter or None, context=content)


def _found(said: Confirmation) -> Found:
    """Answer with what was just confirmed."""
    lon, lat = said.point() or (None, None)
    key = None if said.entry is None else said.entry.key
    example = Example(0, key, lon, lat, day="")
    return answer(router().locator.matcher.gazetteer, said.text, example)


def _labels(keys: list[str | None]) -> dict[str, str]:
    gazetteer = router().locator.matcher.gazetteer
    known = [key for key in keys if key is not None and key in gazetteer.numbers]
    return {key: gazetteer.label(gazetteer.numbers[key]) for key in known}


def _map(found: Found | None) -> MapParts | None:
    """Draw the answer and its candidates over the finest units; none where nothing was asked."""
    now = datetime.now(UTC)
    if found is None or not has_areas(now):
        return None
    seen = bounds_of(found)
    if seen is None:
        bounds = drawing.extent(session(), now)
    else:
        west, south, east, north = seen
        bounds = west - AROUND_DEG, south - AROUND_DEG, east + AROUND_DEG, north + AROUND_DEG
    elements: list[Any] = [
        drawing.quiet_units(),
        drawing.tickets(interactive=False),  # a click is the place that somebody takes
        Answer(found),
        Picker(language=language()),
        drawing.search(),
        *events.live(),
    ]
    return drawing.finish(drawing.start(session(), bounds), elements)
