"""The district as plain Folium draws it: one page with everything in it, its libraries beside it.

`page` asks for a canvas, which a caller may take back, and uses FastMarkerCluster for the tickets,
which makes its markers in the browser: both are in Folium's favour.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import folium
import geopandas
import numpy as np
import shapely
from folium.plugins import FastMarkerCluster
from sqlalchemy import func, select

from gridmap.model import GENERAL_SCHEME, Decision, Place, Ticket, Unit
from gridmap.storage import Store

#: Versions that folium 0.20 links to, or the next that npm has; fetched for the benchmark alone.
PACKAGES = (
    "leaflet@1.9.3",
    "jquery@3.7.1",
    "bootstrap@5.2.2",
    "leaflet.awesome-markers@2.0.4",
    "@fortawesome/fontawesome-free@6.2.0",
    "leaflet.markercluster@1.1.0",
)
COLOURS = ("#ffffcc", "#fed976", "#fd8d3c", "#e31a1c", "#800026")


def fetch_libraries(folder: Path) -> Path:
    """Bring the libraries that Folium links to from npm into a folder."""
    quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--no-save", "--silent"]
    subprocess.run(["npm", "install", "--prefix", str(folder), *quiet, *PACKAGES], check=True)
    return folder / "node_modules"


def library(folder: Path, name: str) -> bytes:
    """Read the file that a link of Folium names; what is not there is empty, to its advantage."""
    names = (name, re.sub(r"-\d[\d.]*\.min", ".min", name))
    found = next((path for one in names for path in folder.rglob(one)), None)
    return found.read_bytes() if found else b""


def page(store: Store, *, buildings: int, tickets: int) -> str:
    """Write the page, its links made local.

    Parameters
    ----------
    buildings, tickets
        How many of them it gets.
    """
    drawn = folium.Map(tiles=None, prefer_canvas=True)
    drawn.options["maxZoom"] = 18  # without tiles, the clusters ask for it
    grids = _grids(store)
    _areas(grids, ["name", "open"], _shaded).add_to(drawn)
    _areas(_buildings(store, buildings), ["name"], _grey).add_to(drawn)
    if tickets:
        FastMarkerCluster(_tickets(store, tickets)).add_to(drawn)
    west, south, east, north = grids.total_bounds.tolist()
    drawn.fit_bounds([[south, west], [north, east]])
    return re.sub(
        r'(src|href)="https://[^"]+/([^"/]+)"', r'\1="/library/\2"', drawn.get_root().render()
    )


def _areas(frame: Any, told: list[str], style: Any) -> Any:
    tooltip = folium.GeoJsonTooltip(told)
    return folium.GeoJson(frame, style_function=style, tooltip=tooltip)


def _shaded(feature: dict[str, Any]) -> dict[str, Any]:
    rank = min(feature["properties"]["open"] // 4, len(COLOURS) - 1)
    return {"fillColor": COLOURS[rank], "color": "#7d6a58", "weight": 1, "fillOpacity": 0.66}


def _grey(feature: dict[str, Any]) -> dict[str, Any]:
    del feature
    return {"fillColor": "#bbbbbb", "color": "#888888", "weight": 1}


def _grids(store: Store) -> Any:
    counted = (
        select(Decision.unit_id, func.count().label("open"))
        .join(Ticket)
        .where(Decision.is_current, Ticket.status == "open")
        .group_by(Decision.unit_id)
        .subquery()
    )
    query = (
        select(Unit.name, func.coalesce(counted.c.open, 0).label("open"), Unit.geometry)
        .outerjoin(counted, counted.c.unit_id == Unit.id)
        .where(Unit.scheme == GENERAL_SCHEME, Unit.level == "grid")
    )
    with store.read() as session:
        return _frame(session.execute(query).all(), ["name", "open"])


def _buildings(store: Store, count: int) -> Any:
    query = select(Place.name, Place.geometry).where(Place.kind == "building").limit(count)
    with store.read() as session:
        return _frame(session.execute(query).all(), ["name"])


def _frame(rows: Any, names: list[str]) -> Any:
    columns = {name: [getattr(row, name) for row in rows] for name in names}
    shapes = shapely.from_wkb([bytes(row.geometry.data) for row in rows])
    return geopandas.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")


def _tickets(store: Store, count: int) -> list[list[float]]:
    query = select(Ticket.geometry).where(Ticket.geometry.is_not(None)).limit(count)
    with store.read() as session:
        blobs = [bytes(value.data) for value in session.scalars(query)]
    longitude, latitude = shapely.get_coordinates(shapely.from_wkb(blobs)).T
    pairs: list[list[float]] = np.column_stack([latitude, longitude]).tolist()
    return pairs
