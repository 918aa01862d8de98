"""The district's map: every layer of the catalogue on tiles, and whose a place is."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from gridmap.errors import NotFoundError
from gridmap.model import GENERAL_SCHEME, LEVELS
from layers.catalogue import catalogue
from layers.divisions import edition
from layers.kept import kept
from layers.layer import MapLayer, Shapes
from layers.narrowing import Narrowing
from layers.page import MapParts
from layers.reading import levels
from layers.sharing import Printing, Sharing
from layers.tiled import Tiled
from layers.tools import Tools
from layers.whose import Whose
from web import counting, drawing, events
from web.following import followed, is_part
from web.holding import session, settings
from web.kinds import KINDS
from web.language import language

blueprint = Blueprint("district", __name__)

#: The level that fits the zoom.
AUTO = "auto"


@blueprint.get("/")
@followed
def show() -> ResponseReturnValue:
    """Show the map, at the level that fits the zoom or at one level."""
    now = datetime.now(UTC)
    offered = _offered(now)
    level = _chosen(offered)
    return render_template(
        "district.html",
        level=level,
        levels=[AUTO, *offered],
        kinds=list(KINDS),
        overlays=_overlays(),
        is_empty=not offered,
        map=_map(level, now) if offered and not is_part() else None,
        counts=counting.totals(),
    )


def has_areas(now: datetime) -> bool:
    """Say whether there is any unit to draw."""
    return bool(_offered(now))


def _offered(now: datetime) -> list[str]:
    """Return the levels that have units with an area, widest first."""
    reading = session()
    key = ("levels", edition(reading, now))
    found = kept(reading, "organisation").once(key, lambda: levels(reading, now))
    return [level for level in LEVELS if found.get((GENERAL_SCHEME, level))]


def _chosen(offered: list[str]) -> str:
    wanted = request.args.get("level", AUTO)
    if wanted not in (AUTO, *offered):
        message = gettext(
            "There is no map of the level '%(wanted)s': choose one of %(offered)s.",
            wanted=wanted,
            offered=", ".join(offered),
        )
        raise NotFoundError(message)
    return wanted


def _overlays() -> list[MapLayer]:
    return [layer for layer in catalogue().values() if layer.group == "overlay"]


def _map(level: str, now: datetime) -> MapParts:
    bases = drawing.base_maps(several=True)
    overlays = [(layer, _tiled(layer, level)) for layer in _overlays()]
    sharing = Sharing(
        layers=overlays,
        bases={key: base.get_name() for key, base in bases.items()},
        level=AUTO,
        download_url=url_for("downloads.download", key="KEY", form="FORMAT"),
        features_url=url_for("layers.features", key="KEY"),
        time_zone=str(settings().time_zone),
        language=language(),
    )
    return drawing.finish(
        drawing.start(session(), drawing.extent(session(), now), bases.values(), shared=True),
        [
            *(tiled for _, tiled in overlays),
            Whose(route_url=url_for("api.route"), unit_url=drawing.unit_url(), language=language()),
            drawing.search(),
            Tools(language=language()),
            sharing,
            Narrowing(features_url=url_for("layers.features", key="tickets"), language=language()),
            Printing(),
            *events.live("tickets", "units"),
        ],
        control=True,
    )


def _tiled(layer: MapLayer, level: str) -> Tiled:
    """Draw a layer; a click on ground that is a unit's is left to the question whose it is."""
    source = layer.source
    is_ground = isinstance(source, Shapes) and source.table == "units"
    shown = request.args.get("show", "").split(",")
    has_level = any(one.key == "level" for one in layer.parameters)
    return Tiled(
        layer,
        addresses=drawing.addresses(),
        language=language(),
        parameters={"level": level} if has_level else {},
        show=layer.shown or layer.key in shown,
        notice=not is_ground,
    )
