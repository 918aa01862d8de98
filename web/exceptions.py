"""Exceptions: what a dispatcher should look at, by kind, on a map and as a list."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from layers.catalogue import catalogue
from layers.page import MapParts
from layers.sharing import Printing
from layers.tiled import Tiled
from web import counting, drawing, events, listing
from web.district import has_areas
from web.following import followed, is_part
from web.holding import session
from web.kinds import KINDS
from web.language import language
from web.tickets import page_number

blueprint = Blueprint("exceptions", __name__)


@blueprint.get("/exceptions")
@followed
def index() -> ResponseReturnValue:
    """List the open exceptions of one kind; those with a place are on the map too."""
    kind = request.args.get("kind", next(iter(KINDS)))
    filters = listing.Filters(status="open", exception=kind)
    return render_template(
        "exceptions.html",
        kind=kind,
        kinds=list(KINDS),
        counts=counting.totals(),
        page=listing.ticket_page(session(), filters, page_number()),
        map=None if is_part() else _map(),
    )


def _map() -> MapParts | None:
    now = datetime.now(UTC)
    if not has_areas(now):
        return None
    marks = Tiled(
        catalogue()["exceptions"],
        addresses=drawing.addresses(),
        language=language(),
        show=True,
        control=False,
    )
    drawn = drawing.start(session(), drawing.extent(session(), now))
    return drawing.finish(
        drawn, [drawing.quiet_units(), marks, Printing(), *events.live("tickets", "units")]
    )
