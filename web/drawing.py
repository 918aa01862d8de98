"""Maps as the pages show them: the base map, the layers wanted, the parts for a template."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import folium
from branca.element import Element
from flask import url_for
from folium.map import CustomPane
from sqlalchemy.orm import Session

from layers.base import Bounds, base_map
from layers.basemaps import OnlineBaseMap
from layers.catalogue import catalogue
from layers.divisions import edition
from layers.element import DrawnLayer
from layers.kept import kept
from layers.keys import Keys
from layers.layer import Page
from layers.page import MapParts, take_apart
from layers.reading import has_openstreetmap, unit_bounds
from layers.search import Search
from layers.tiled import Addresses, Tiled
from layers.units import UnitArea, Units
from web.assets import together_url
from web.holding import settings
from web.language import language

#: Leaflet draws shapes at 400, and names of ours at 450.
_ABOVE_SHAPES = 420
#: Stands in for a value in an address, of whatever kind that is.
_ANY_VALUE = 1234567890


def unit_url() -> str:
    """Return the address of a unit's page with CODE where its code belongs."""
    return url_for("units.show", code="CODE")


def addresses() -> Addresses:
    """Return where tiled layers ask, and where their features have pages."""
    tile = url_for("tiles.tile", keys="KEYS", z="Z", x="X", y="Y")
    return Addresses(
        tiles=tile.replace("/Z/X/Y", "/{z}/{x}/{y}"),
        values=url_for("tiles.values", key="KEY"),
        decision=_ticket_url("telling.decision", "ID"),
        page=_page_url,
    )


def _ticket_url(endpoint: str, placeholder: str) -> str:
    return url_for(endpoint, ticket_id=_ANY_VALUE).replace(str(_ANY_VALUE), placeholder)


def _page_url(page: Page) -> str:
    argument: dict[str, Any] = {page.argument: _ANY_VALUE}
    url = url_for(page.endpoint, **argument)
    return url.replace(str(_ANY_VALUE), "VALUE")


def extent(session: Session, now: datetime) -> Bounds:
    """Return the bounds of a store that has units with an area."""
    key = ("bounds", edition(session, now))
    return kept(session, "organisation").once(key, lambda: unit_bounds(session, now))


def base_maps(*, several: bool) -> dict[str, DrawnLayer]:
    """Make the base maps that the site offers, by key; the first only, unless there is a switch."""
    offered = settings().base_maps if several else settings().base_maps[:1]
    spoken = 0 if language() == "zh" else 1
    made: dict[str, DrawnLayer] = {}
    for number, one in enumerate(offered):
        show, control = number == 0, len(offered) > 1
        if one.urls:
            made[one.key] = OnlineBaseMap(one, language=language(), show=show, control=control)
            continue
        layers = [layer for layer in catalogue().values() if layer.group == "base"]
        made[one.key] = Tiled(
            layers,
            addresses=addresses(),
            language=language(),
            name=one.name[spoken],
            show=show,
            control=control,
        )
        made[one.key].overlay = False
    return made


def start(
    session: Session,
    bounds: Bounds,
    bases: Iterable[DrawnLayer] | None = None,
    *,
    shared: bool = False,
) -> folium.Map:
    """Make a map of some bounds with a base map; a shared one begins with the view of its link."""
    shows_osm = has_openstreetmap(session)
    drawn = base_map(bounds, language(), settings(), shows_openstreetmap=shows_osm, shared=shared)
    for element in base_maps(several=False).values() if bases is None else bases:
        drawn.add_child(element)
    return drawn


def finish(drawn: folium.Map, elements: Iterable[Element], *, control: bool = False) -> MapParts:
    """Add the layers, the layer control last, and take the map apart for a template.

    Its scripts come in one answer, and so do its styles.
    """
    for element in (*elements, Keys()):
        drawn.add_child(element)
    if control:
        drawn.add_child(folium.LayerControl(position="topright"))
    parts = take_apart(drawn, str)
    return replace(
        parts, scripts=[together_url(parts.scripts)], styles=[together_url(parts.styles)]
    )


def search() -> Search:
    """Make the search box of a map; the page has its form, `search_box` of parts.html."""
    return Search(
        suggest_url=url_for("searching.suggest"),
        locate_url=url_for("searching.locate"),
        find_url=url_for("finding.find"),
        unit_url=unit_url(),
        language=language(),
    )


def around(bounds: Bounds, share: float) -> Bounds:
    """Return bounds widened on every side by a share of their width and height."""
    west, south, east, north = bounds
    x, y = (east - west) * share, (north - south) * share
    return west - x, south - y, east + x, north + y


def quiet_units() -> Tiled:
    """Draw the units as ground for something else: outlines and names, nothing to touch."""
    layer = catalogue()["units"]
    paints = tuple(paint for paint in layer.paints if paint.kind in ("line", "label"))
    quiet = replace(layer, paints=paints, values=None, legend=())
    return Tiled(
        quiet, addresses=addresses(), language=language(), control=False, interactive=False
    )


def ground(areas: list[UnitArea], highlight: str) -> Units:
    """Draw some units, one of them the subject of a page."""
    return Units(areas, language=language(), page_url=unit_url(), highlight=highlight)


def tickets_above(parameters: Mapping[str, str] | None = None) -> list[Element]:
    """Draw the tickets in sight above units that are no tiles, which would lie over them."""
    pane = CustomPane("tiles", z_index=_ABOVE_SHAPES)
    pane._id = "tiles"  # the same data make the same page
    return [pane, tickets(parameters)]


def tickets(parameters: Mapping[str, str] | None = None, *, interactive: bool = True) -> Tiled:
    """Draw the tickets in sight, for a map that is about something else."""
    return Tiled(
        catalogue()["tickets"],
        addresses=addresses(),
        language=language(),
        parameters=parameters,
        show=True,
        control=False,
        interactive=interactive,
    )
