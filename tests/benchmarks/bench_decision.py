"""Benchmark: one decision in process, and decisions over HTTP beside a bare view on PostGIS.

Run it as `python tests/benchmarks/bench_decision.py`; it starts a PostgreSQL of its own.
Both services run under waitress with the same settings and are asked in turn, by a client in a
process of its own, for the same points. The peer answers less: only the code of the unit that
covers the point, by one prepared statement.
"""

from __future__ import annotations

import argparse
import http.client
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS.parent), str(TESTS)]

from support.demonstration import demonstration_store  # noqa: E402
from support.postgres import Cluster  # noqa: E402
from support.server import serve  # noqa: E402

from gridmap.routing import Router  # noqa: E402
from gridmap.storage import Store  # noqa: E402

CLIENTS = 4
ROUNDS = 5
OURS = "/api/route?lon={lon}&lat={lat}&datum=wgs84"
THEIRS = "/unit?lon={lon}&lat={lat}"
PEER = """
SELECT code FROM units
WHERE scheme = 'general' AND level = 'grid'
AND ST_Covers(geometry, ST_SetSRID(ST_Point(%s, %s), 4490))
"""


def points(router: Router, count: int) -> Iterator[tuple[float, float]]:
    """Random points of the district, the same in every run."""
    west, south, east, north = router.ground.bounds
    rng = np.random.default_rng(311)
    lon, lat = rng.uniform(west, east, count), rng.uniform(south, north, count)
    return zip(lon.tolist(), lat.tolist(), strict=True)


def decision_ms(router: Router, count: int) -> float:
    """Median time of one decision in process, with its rule, alternatives and reason."""
    taken = []
    for lon, lat in points(router, count):
        start = time.perf_counter()
        router.decide(lon, lat, text="小区2号楼5单元下水道堵塞")
        taken.append(time.perf_counter() - start)
    return float(np.median(taken[len(taken) // 10 :]) * 1000)


def requests_a_second(address: str, question: str, asked: list[tuple[float, float]]) -> float:
    """Ask from a process of its own, which measures."""
    command = [sys.executable, __file__, "--ask", address.removeprefix("http://"), question]
    done = subprocess.run(
        command, input=json.dumps(asked), check=True, capture_output=True, text=True
    )
    return float(done.stdout)


def ask_here(host: str, question: str, asked: list[tuple[float, float]]) -> float:
    """Ask from several clients, each on a connection of its own that stays open."""

    def ask(part: list[tuple[float, float]]) -> None:
        connection = http.client.HTTPConnection(host)
        for lon, lat in part:
            connection.request("GET", question.format(lon=lon, lat=lat))
            answer = connection.getresponse()
            body = answer.read()
            assert answer.status == 200, body
        connection.close()

    clients = [threading.Thread(target=ask, args=(asked[n::CLIENTS],)) for n in range(CLIENTS)]
    start = time.perf_counter()
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return len(asked) / (time.perf_counter() - start)


def bare_view(url: str) -> Any:
    """Make the peer: a Flask view that runs one prepared statement."""
    import flask
    import psycopg

    app = flask.Flask("bare")
    dsn = url.replace("postgresql+psycopg", "postgresql")
    here = threading.local()

    @app.get("/unit")
    def unit() -> Any:
        if not hasattr(here, "connection"):
            here.connection = psycopg.connect(dsn, autocommit=True)
            here.connection.prepare_threshold = 0
        where = flask.request.args["lon"], flask.request.args["lat"]
        found = here.connection.execute(PEER, where).fetchone()
        return flask.jsonify(unit=found and found[0])

    return app


def run(count: int = 3000) -> dict[str, float]:
    """Measure, and answer the figures by name."""
    cluster = Cluster()
    try:
        with cluster.database() as url, tempfile.TemporaryDirectory() as folder:
            store = demonstration_store(f"geopackage:///{folder}/bench.gpkg", Path(folder))
            peer = demonstration_store(url, Path(folder))
            try:
                return _run(store, peer, url, count)
            finally:
                store.close()
                peer.close()
    finally:
        cluster.stop()


def _run(store: Store, peer: Store, peer_url: str, count: int) -> dict[str, float]:
    from web import create_app

    router = Router.from_store(store)
    router.compile()
    asked = list(points(router, count))
    figures = {"decision_ms": decision_ms(router, count)}
    ours, theirs = [], []
    with (
        serve(create_app({"STORE": store})) as address,
        serve(bare_view(peer_url)) as peer_address,
    ):
        for _ in range(ROUNDS):  # in turn, so that a change of the machine's mood meets both
            ours.append(requests_a_second(address, OURS, asked))
            theirs.append(requests_a_second(peer_address, THEIRS, asked))
    figures["requests_a_second"] = float(np.median(ours[1:]))
    figures["peer_requests_a_second"] = float(np.median(theirs[1:]))
    figures["ratio"] = figures["requests_a_second"] / figures["peer_requests_a_second"]
    return figures


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=3000, help="points asked in each round")
    parser.add_argument("--ask", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.ask:
        print(ask_here(*options.ask, json.load(sys.stdin)))
    else:
        for name, value in run(options.count).items():
            print(f"{name:24} {value:10.3f}")
