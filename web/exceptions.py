"""Exceptions: what a dispatcher should look at, by kind, on a map and as a list."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from layers.exceptions import Exceptions
from layers.page import MapParts
from layers.reading import unit_areas
from layers.units import Units
from web import counting, drawing, listing
from web.district import finest_level
from web.holding import session
from web.kinds import KINDS
from web.language import language
from web.tickets import page_number

blueprint = Blueprint("exceptions", __name__)


@blueprint.get("/exceptions")
def index() -> ResponseReturnValue:
    """List the open exceptions of one kind; those with a place are on the map too."""
    kind = request.args.get("kind", next(iter(KINDS)))
    filters = listing.Filters(status="open", exception=kind)
    return render_template(
        "exceptions.html",
        kind=kind,
        kinds=list(KINDS),
        counts=counting.totals(session()),
        page=listing.ticket_page(session(), filters, page_number()),
        map=_map(),
    )


def _map() -> MapParts | None:
    now = datetime.now(UTC)
    level = finest_level(now)
    if level is None:
        return None
    areas = unit_areas(session(), now, level=level)
    spoken = language()
    marks = Exceptions(
        url_for("api.tickets", status="open", exception="any"), language=spoken, show=True
    )
    quiet = Units(areas, language=spoken, page_url=drawing.unit_url(), quiet=True)
    return drawing.finish(drawing.start(session(), drawing.extent(session(), now)), [quiet, marks])
