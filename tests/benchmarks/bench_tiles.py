"""Tiles at zoom 13 over 5,000 units: ours from both stores beside tipg on the same PostGIS.

All answer over HTTP, a tile at a time, in turn, packed as a browser asks for it, over connections
that stay open as a browser's do. A tile of ours holds the grids and the communities above them, and
points for their labels, simplified without tearing. tipg is asked for a tile of the same units by a
filter of its own, and the ratios are to that; to its tile of the grids alone they are told too.

tipg is taken from this environment (the extra `bench`), or by pip into a temporary one.
"""

from __future__ import annotations

import gzip
import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

import mapbox_vector_tile
import numpy as np
import shapely
from sqlalchemy import select, update
from support.postgres import Cluster, free_port
from support.scaled import fill

from gridmap.model import Unit
from gridmap.storage import Store, create_store
from gridmap.storage.geometries import raw, shapes
from layers.tiles.drawing import MARGIN
from layers.tiles.mercator import Tile, tile_at
from layers.tiles.rows import meets

ZOOM = 13
UNTIL = datetime(2026, 11, 1, tzinfo=UTC)
START_S = 60
SERVE_TIPG = (
    "import sys, uvicorn; uvicorn.run('tipg.main:app', port=int(sys.argv[1]), log_level='error')"
)
SERVE = "import sys; from gridmap.cli import main; main(['serve', '--port', sys.argv[1]])"
TIPG_PATH = "/collections/public.units/tiles/WebMercatorQuad/{z}/{x}/{y}?"
#: In CQL2, of the OGC: level in ('grid', 'community').
BOTH = "filter-lang=cql2-text&filter=level%20IN%20(%27grid%27,%27community%27)"
PATH = "/api/tiles/units/{z}/{x}/{y}?level=grid"


def run(units: int = 5_000, rounds: int = 3) -> dict[str, float]:
    """
    Measure.

    Returns
    -------
    dict
        Medians over all tiles in milliseconds: `tipg_ms`, `tipg_grid_ms`, and by store
        `<store>_cold_ms`, `<store>_warm_ms`; their ratios to the first of these, `…_ratio`, and to
        the second, `…_to_grid_ratio`; sizes in kilobytes.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        cluster = Cluster()
        stack.callback(cluster.stop)
        urls = {
            "postgis": stack.enter_context(cluster.database()),
            "geopackage": f"geopackage:///{folder / 'gridmap.gpkg'}",
        }
        stores = {name: _filled(url, units) for name, url in urls.items()}
        for store in stores.values():
            stack.callback(store.close)
        tipg = stack.enter_context(_tipg(urls["postgis"], folder))
        ours = {name: stack.enter_context(_serving(url)) for name, url in urls.items()}
        tiles = _tiles(stores["postgis"])
        times: dict[str, list[float]] = {}
        sizes: dict[str, list[int]] = {}
        for _ in range(rounds):
            for store in stores.values():
                _change_all(store)
            for connection in (tipg, *ours.values()):
                _open(connection)  # a server ends one that was idle for long
            for tile in tiles:
                _measure(tile, tipg, ours, times, sizes)
    return _told(times, sizes)


def _open(connection: http.client.HTTPConnection) -> None:
    """Connect anew, and keep that, as a browser does."""
    connection.close()
    connection.request("GET", "/")
    connection.getresponse().read()


def _measure(
    tile: Tile,
    tipg: http.client.HTTPConnection,
    ours: dict[str, http.client.HTTPConnection],
    times: dict[str, list[float]],
    sizes: dict[str, list[int]],
) -> None:
    """Ask all for one tile; ours must hold what tipg draws, whose buffer is the wider one."""
    _timed(tipg, f"{TIPG_PATH}level=grid", tile, "tipg_grid", times, sizes)
    theirs = _timed(tipg, f"{TIPG_PATH}{BOTH}", tile, "tipg", times, sizes)
    expected = len(mapbox_vector_tile.decode(theirs)["default"]["features"])
    for name, connection in ours.items():
        for state in ("cold", "warm"):
            body = _timed(connection, PATH, tile, f"{name}_{state}", times, sizes)
        layers = mapbox_vector_tile.decode(body)
        found = len(layers["units"]["features"]) + len(layers["above"]["features"])
        assert found >= 0.85 * expected, f"{tile}: {found} units, tipg has {expected}"


def _timed(
    connection: http.client.HTTPConnection,
    path: str,
    tile: Tile,
    name: str,
    times: dict[str, list[float]],
    sizes: dict[str, list[int]],
) -> bytes:
    address = path.format(z=tile.z, x=tile.x, y=tile.y)
    began = time.perf_counter()
    connection.request("GET", address, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    body = answer.read()
    times.setdefault(name, []).append((time.perf_counter() - began) * 1e3)
    sizes.setdefault(name, []).append(len(body))
    assert answer.status == 200, body
    return gzip.decompress(body) if answer.headers["Content-Encoding"] == "gzip" else body


def _told(times: dict[str, list[float]], sizes: dict[str, list[int]]) -> dict[str, float]:
    found = {f"{name}_ms": statistics.median(one) for name, one in times.items()}
    for name in times:
        if not name.startswith("tipg"):
            found[f"{name}_ratio"] = found[f"{name}_ms"] / found["tipg_ms"]
            found[f"{name}_to_grid_ratio"] = found[f"{name}_ms"] / found["tipg_grid_ms"]
    found |= {f"{name}_kilobytes": statistics.mean(one) / 1e3 for name, one in sizes.items()}
    return found


def _filled(url: str, units: int) -> Store:
    store = create_store(url)
    fill(store, units=units, buildings=100, tickets=100, until=UNTIL)
    return store


def _change_all(store: Store) -> None:
    """Touch every unit, so that no tile that was kept is right any more."""
    with store.write() as session:
        session.execute(update(Unit).values(name=Unit.name + "·"))


def _tiles(store: Store) -> list[Tile]:
    """The tiles that hold units."""
    with store.read() as session:
        areas = shapes(session.scalars(select(raw(session, Unit.geometry))))
    west, south, east, north = shapely.total_bounds(areas)
    first, last = tile_at(west, north, ZOOM), tile_at(east, south, ZOOM)
    found = [
        Tile(ZOOM, x, y) for x in range(first.x, last.x + 1) for y in range(first.y, last.y + 1)
    ]
    full = [int(meets(areas, tile.box(MARGIN)).sum()) for tile in found]
    return [tile for tile, count in zip(found, full, strict=True) if count >= np.median(full)]


@contextmanager
def _serving(url: str) -> Iterator[http.client.HTTPConnection]:
    """Serve a store by the command of the program."""
    with _process(sys.executable, SERVE, {"GRIDMAP_DATABASE_URL": url}) as connection:
        yield connection


@contextmanager
def _tipg(url: str, folder: Path) -> Iterator[http.client.HTTPConnection]:
    plain = url.replace("postgresql+psycopg", "postgresql")
    with _process(_tipg_python(folder), SERVE_TIPG, {"DATABASE_URL": plain}) as connection:
        yield connection


def _tipg_python(folder: Path) -> str:
    """Find a Python that has tipg, or make one."""
    if find_spec("tipg") is not None:
        return sys.executable
    venv.create(folder / "tipg", with_pip=True)
    python = str(folder / "tipg/bin/python")
    install = [python, "-m", "pip", "install", "--quiet", "tipg", "uvicorn"]
    subprocess.run(install, check=True, capture_output=True)
    return python


@contextmanager
def _process(
    python: str, program: str, environment: dict[str, str]
) -> Iterator[http.client.HTTPConnection]:
    port = free_port()
    running = subprocess.Popen(
        [python, "-c", program, str(port)],
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield _connected(port)
    finally:
        running.terminate()
        running.wait()


def _connected(port: int) -> http.client.HTTPConnection:
    deadline_s = time.monotonic() + START_S
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        try:
            _open(connection)
            return connection
        except OSError:
            if time.monotonic() > deadline_s:
                raise
            time.sleep(0.1)


if __name__ == "__main__":
    for key, value in run().items():
        print(f"{key}: {value:.2f}")
