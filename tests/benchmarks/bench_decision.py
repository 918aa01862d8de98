"""Benchmark: one decision in process, and decisions over HTTP beside a bare view on PostGIS.

Run it as `python tests/benchmarks/bench_decision.py`; it starts a PostgreSQL of its own.
Both services run under the same server with the same settings and are asked in turn, by a client
in a process of its own, for the same points: under gunicorn with a worker a core, as in
production, and under uvicorn in one process, as `gridmap serve` does. The peer answers less: only
the code of the unit that covers the point, by one prepared statement.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS.parent), str(TESTS)]

from support.demonstration import demonstration_store  # noqa: E402
from support.postgres import Cluster  # noqa: E402
from support.server import serve  # noqa: E402

from gridmap.routing import Router  # noqa: E402
from gridmap.storage import open_store  # noqa: E402

CLIENTS = 8
#: Then a client opens its connection anew: which worker takes it is luck, which so evens out.
QUESTIONS_A_CONNECTION = 25
ROUNDS = 7
WARM_S = 8
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


def ask_here(address: str, question: str, asked: list[tuple[float, float]]) -> float:
    """Ask from several clients, each on a connection of its own."""
    host, port = address.split(":")
    requests = [
        f"GET {question.format(lon=lon, lat=lat)} HTTP/1.1\r\nHost: {address}\r\n\r\n".encode()
        for lon, lat in asked
    ]

    def ask(part: list[bytes]) -> None:
        connection, answers = connect()
        for number, request in enumerate(part, start=1):
            connection.sendall(request)
            read(answers)
            if number % QUESTIONS_A_CONNECTION == 0:
                connection.close()
                connection, answers = connect()
        connection.close()

    def connect() -> tuple[socket.socket, BinaryIO]:
        connection = socket.create_connection((host, int(port)))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection, connection.makefile("rb")

    clients = [threading.Thread(target=ask, args=(requests[n::CLIENTS],)) for n in range(CLIENTS)]
    start = time.perf_counter()
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return len(asked) / (time.perf_counter() - start)


def read(answers: BinaryIO) -> None:
    """Read one answer with as little work as may be: the client shares the machine."""
    status, length = answers.readline(), 0
    assert b" 200 " in status, status
    while (line := answers.readline().lower()) != b"\r\n":
        if line.startswith(b"content-length:"):
            length = int(line[15:])
    assert len(answers.read(length)) == length > 0


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


def service(url: str) -> Any:
    """Make our service, for gunicorn to call."""
    from web import create_app

    return create_app({"STORE": open_store(url)})


@contextmanager
def gunicorn(factory: str, url: str) -> Iterator[str]:
    """Serve one of the applications of this module with a worker a core; yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [
        sys.executable, "-m", "gunicorn", f"{Path(__file__).stem}:{factory}({url!r})",
        "--chdir", str(Path(__file__).parent), "--bind", address, "--log-level", "error",
        "--workers", str(os.cpu_count()), "--worker-class", "gthread", "--threads", "4",
        "--keep-alive", "30",
    ]  # fmt: skip
    with subprocess.Popen(command) as server:
        try:
            yield f"http://{address}"
        finally:
            server.terminate()


def run(count: int = 3000, rounds: int = ROUNDS, warm_s: float = WARM_S) -> dict[str, float]:
    """Measure, and answer the figures by name.

    Parameters
    ----------
    count
        Points asked for in each round.
    rounds
        How often each service is asked for all of them; medians are told.
    warm_s
        How long services may make themselves ready between their first questions.
    """
    cluster = Cluster()
    try:
        with cluster.database() as peer_url, tempfile.TemporaryDirectory() as folder:
            url = f"geopackage:///{folder}/bench.gpkg"
            demonstration_store(peer_url, Path(folder)).close()
            demonstration_store(url, Path(folder)).close()
            store = open_store(url)
            try:
                router = Router.from_store(store)
                router.compile()
                figures = {"decision_ms": decision_ms(router, count)}
                asked = list(points(router, count))
            finally:
                store.close()
            figures |= over_http(
                "gunicorn", gunicorn("service", url), gunicorn("bare_view", peer_url), asked,
                rounds, warm_s,
            )  # fmt: skip
            ours, theirs = serve(service(url)), serve(bare_view(peer_url))
            return figures | over_http("uvicorn", ours, theirs, asked, rounds, warm_s)
    finally:
        cluster.stop()


def over_http(
    server: str,
    ours: AbstractContextManager[str],
    theirs: AbstractContextManager[str],
    asked: list[tuple[float, float]],
    rounds: int,
    warm_s: float,
) -> dict[str, float]:
    """Ask both in turn, so that a change of the machine's mood meets both."""
    with ours as our_address, theirs as their_address:
        warm_up([(our_address, OURS), (their_address, THEIRS)], asked[:500], warm_s)
        rates = np.array(
            [
                (
                    requests_a_second(our_address, OURS, asked),
                    requests_a_second(their_address, THEIRS, asked),
                )
                for _ in range(rounds)
            ]
        )
    return {
        f"{server}_requests_a_second": float(np.median(rates[:, 0])),
        f"{server}_peer_requests_a_second": float(np.median(rates[:, 1])),
        f"{server}_ratio": float(np.median(rates[:, 0] / rates[:, 1])),
    }


def warm_up(
    services: list[tuple[str, str]], asked: list[tuple[float, float]], warm_s: float
) -> None:
    """Wait until both answer, and until every worker has made its indexes ready."""
    for address, _question in services:
        wait_for(address)
    for _ in range(2):
        for address, question in services:
            requests_a_second(address, question, asked)
        time.sleep(warm_s)


def wait_for(address: str) -> None:
    """Wait until somebody listens."""
    host, port = address.removeprefix("http://").split(":")
    for _ in range(100):
        with suppress(OSError), socket.create_connection((host, int(port)), 1):
            return
        time.sleep(0.2)
    message = f"Nobody listens on {address}"
    raise TimeoutError(message)


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
