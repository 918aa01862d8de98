"""Maps as the pages show them: the base picture, the layers wanted, the parts for a template."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from math import isnan

import folium
from branca.element import Element
from flask import url_for
from sqlalchemy.orm import Session

from layers.base import Bounds, base_map
from layers.page import MapParts, take_apart
from layers.reading import street_lines, unit_bounds, waters
from layers.search import Search
from layers.streets import Streets
from layers.units import UnitArea, Units
from layers.water import Water
from web.assets import asset_url
from web.holding import router, settings
from web.language import language


def unit_url() -> str:
    """Return the address of a unit's page with CODE where its code belongs."""
    return url_for("units.show", code="CODE")


def extent(session: Session, now: datetime) -> Bounds:
    """Return the bounds of a store that has units with an area."""
    west, south, east, north = router().ground.bounds.tolist()
    if isnan(west):  # the first units came a moment ago, after the router
        return unit_bounds(session, now)
    return west, south, east, north


def start(session: Session, bounds: Bounds) -> folium.Map:
    """Make a map with the base picture of the store."""
    drawn = base_map(bounds, language(), settings())
    for element in (
        Water(waters(session), language=language()),
        Streets(street_lines(session), language=language()),
    ):
        drawn.add_child(element)
    return drawn


def finish(drawn: folium.Map, elements: Iterable[Element], *, control: bool = False) -> MapParts:
    """Add the layers, the layer control last, and take the map apart for a template."""
    for element in elements:
        drawn.add_child(element)
    if control:
        drawn.add_child(folium.LayerControl(position="topright"))
    return take_apart(drawn, asset_url)


def search() -> Search:
    """Make the search box of a map; the page has its form, `search_box` of parts.html."""
    return Search(
        suggest_url=url_for("searching.suggest"),
        locate_url=url_for("searching.locate"),
        unit_url=unit_url(),
        language=language(),
    )


def around(bounds: Bounds, share: float) -> Bounds:
    """Return bounds widened on every side by a share of their width and height."""
    west, south, east, north = bounds
    x, y = (east - west) * share, (north - south) * share
    return west - x, south - y, east + x, north + y


def small(session: Session, areas: list[UnitArea], highlight: str) -> MapParts | None:
    """Draw the small map of a unit among its neighbours; none if its area is not known."""
    subject = next((unit.area for unit in areas if unit.code == highlight), None)
    if subject is None:
        return None
    west, south, east, north = subject.bounds
    drawn = start(session, around((west, south, east, north), 0.15))
    layer = Units(areas, language=language(), page_url=unit_url(), highlight=highlight, links=True)
    return finish(drawn, [layer])
