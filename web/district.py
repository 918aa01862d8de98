"""The district's map: units by level, tickets, exceptions, and whose a place is."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from gridmap.errors import NotFoundError
from gridmap.model import GENERAL_SCHEME, LEVELS
from layers.exceptions import Exceptions
from layers.exclusive import Exclusive, Ground
from layers.outlines import Outlines
from layers.page import MapParts
from layers.reading import levels, open_tickets, unit_areas
from layers.tickets import Tickets
from layers.units import Units
from layers.whose import Whose
from web import counting, drawing
from web.holding import router, session
from web.language import language
from web.sight import sight

blueprint = Blueprint("district", __name__)

#: More shapes than this are a matter for tiles, not for one page (design.md, decision 9).
MAX_SHAPES = 2_000


@blueprint.get("/")
def show() -> ResponseReturnValue:
    """Show the map at one level of one scheme."""
    now = datetime.now(UTC)
    offered = _offered(now)
    level = _chosen(offered)
    return render_template(
        "district.html",
        level=level,
        levels=offered,
        map=_map(level, offered, now) if offered else None,
        counts=counting.totals(session()),
    )


def finest_level(now: datetime) -> str | None:
    """Return the finest level of the general scheme that can be drawn as one page."""
    offered = _offered(now)
    return offered[-1] if offered else None


def _offered(now: datetime) -> list[str]:
    """Return the levels that can be drawn as one page, widest first."""
    found = levels(session(), now)
    return [level for level in LEVELS if 0 < found.get((GENERAL_SCHEME, level), 0) <= MAX_SHAPES]


def _chosen(offered: list[str]) -> str:
    wanted = request.args.get("level")
    if wanted is None:
        return offered[-1] if offered else ""
    if wanted not in offered:
        message = gettext(
            "There is no map of the level '%(wanted)s': choose one of %(offered)s.",
            wanted=wanted,
            offered=", ".join(offered),
        )
        raise NotFoundError(message)
    return wanted


def _map(level: str, offered: list[str], now: datetime) -> MapParts:
    shown = request.args.get("show", "").split(",")
    counts = open_tickets(session(), now, sight())
    areas = unit_areas(session(), now, level=level, counts=counts)
    spoken = language()
    return drawing.finish(
        drawing.start(session(), drawing.extent(session(), now)),
        [
            *_outlines(level, offered, now),
            Units(areas, language=spoken, page_url=drawing.unit_url()),
            Exclusive(_grounds(now), language=spoken),
            Tickets(
                url_for("api.tickets", status="open"), language=spoken, show="tickets" in shown
            ),
            Exceptions(
                url_for("api.tickets", status="open", exception="any"),
                language=spoken,
                show="exceptions" in shown,
            ),
            Whose(route_url=url_for("api.route"), unit_url=drawing.unit_url(), language=spoken),
            drawing.search(),
        ],
        control=True,
    )


def _outlines(level: str, offered: list[str], now: datetime) -> list[Outlines]:
    """Return the level above as outlines, if there is one."""
    place = offered.index(level)
    if place == 0:
        return []
    above = offered[place - 1]
    return [Outlines(unit_areas(session(), now, level=above), level=above, language=language())]


def _grounds(now: datetime) -> list[Ground]:
    schemes = router().rules.ownership_schemes
    return [
        Ground(unit.name, unit.area)
        for scheme in schemes
        for unit in unit_areas(session(), now, scheme=scheme)
    ]
