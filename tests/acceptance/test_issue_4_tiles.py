"""Issue 4, acceptance 2, in a small form: tiles at zoom 13, cold and warm, on both stores.

The whole is a benchmark beside tipg (tests/benchmarks/bench_tiles.py); here the limits are wide, as
other tests run beside.
"""

from __future__ import annotations

import http.client
import statistics
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import mapbox_vector_tile
import shapely
from sqlalchemy import select
from support.scaled import fill

from gridmap.model import Unit
from gridmap.storage import Store
from gridmap.storage.geometries import raw, shapes
from layers.tiles.making import MOST_BYTES
from layers.tiles.mercator import tile_at
from web import create_app

UNITS = 600
COLD_MS, WARM_SHARE = 500.0, 0.35


def test_tiles_come_soon_and_again_at_once(store: Store, live_server: Callable[..., str]) -> None:
    fill(store, units=UNITS, buildings=20, tickets=20)
    address = urlsplit(live_server(create_app({"STORE": store})))
    connection = http.client.HTTPConnection(address.hostname or "", address.port)
    cold, warm, seen = [], [], set()
    for path in _paths(store):
        first, first_ms = _ask(connection, path)
        again = [_ask(connection, path) for _ in range(5)]
        assert {body for body, _ in again} == {first}
        assert len(first) <= MOST_BYTES
        cold.append(first_ms)
        warm.append(statistics.median(ms for _, ms in again))
        layer = mapbox_vector_tile.decode(first).get("units", {"features": []})
        seen |= {one["id"] for one in layer["features"]}
    connection.close()
    assert len(seen) == UNITS
    assert statistics.median(cold) < COLD_MS
    assert statistics.median(warm) < WARM_SHARE * max(cold)


def _paths(store: Store) -> list[str]:
    """Addresses of the tiles that hold the grids."""
    with store.read() as session:
        grids = select(raw(session, Unit.geometry)).where(Unit.level == "grid")
        west, south, east, north = shapely.total_bounds(shapes(session.scalars(grids))).tolist()
    first, last = tile_at(west, north, 13), tile_at(east, south, 13)
    return [
        f"/api/tiles/units/13/{x}/{y}?level=grid"
        for x in range(first.x, last.x + 1)
        for y in range(first.y, last.y + 1)
    ]


def _ask(connection: http.client.HTTPConnection, path: str) -> tuple[bytes, float]:
    began = time.perf_counter()
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == 200, body
    return body, (time.perf_counter() - began) * 1e3
