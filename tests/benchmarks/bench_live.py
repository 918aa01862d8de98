"""Benchmark: 200 open maps and 50 questions a second at one `gridmap serve`, and its restart.

Run it as `python tests/benchmarks/bench_live.py`. Tickets change once a second while it measures:
how long routing takes without and with the open maps, how soon all of them know of a change, and
after how long they are current when the service was killed and started again.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np
from sqlalchemy import select, update

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS.parent), str(TESTS)]

from support.crowd import Asking, Crowd  # noqa: E402
from support.demonstration import demonstration_store  # noqa: E402
from support.postgres import free_port  # noqa: E402

from gridmap.model import Ticket  # noqa: E402
from gridmap.storage import Store  # noqa: E402
from gridmap.storage.changes import Change  # noqa: E402
from web.changes import told  # noqa: E402

STREAMS, RATE, DURATION_S, BEFORE_S = 200, 50.0, 60.0, 10.0
PROGRAM = [sys.executable, "-c", "from gridmap.cli import main; main()"]


@contextmanager
def service(url: str, port: int) -> Iterator[subprocess.Popen[str]]:
    """Run `gridmap serve` until it is killed or the block ends."""
    command = [*PROGRAM, "--database", url, "serve", "--port", str(port)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=TESTS.parent
    ) as process:
        try:
            assert process.stdout is not None
            assert re.search(r"http://\S+", process.stdout.readline())
            yield process
        finally:
            process.kill()


class Tickets:
    """Open tickets that have a place, to be changed one after the other."""

    def __init__(self, store: Store) -> None:
        self._store = store
        with store.read() as session:
            news = store.news(session, None)
            query = select(Ticket.id).where(Ticket.geometry.is_not(None)).order_by(Ticket.id)
            self._ids = list(session.scalars(query))
        self._cursor = news.cursor

    def change(self) -> tuple[float, tuple[float, ...]]:
        """Change one; returns the moment of the commit and the box that is told of it."""
        ticket_id = self._ids.pop(0)
        with self._store.write() as session:
            session.execute(update(Ticket).where(Ticket.id == ticket_id).values(urgency="示例"))
        committed_s = time.monotonic()
        with self._store.read() as session:
            news = self._store.news(session, self._cursor)
        self._cursor = news.cursor
        of_it = [one for one in news.changes if isinstance(one, Change) and one.table == "tickets"]
        boxes = told(of_it, None)["tickets"]
        assert boxes is not None
        return committed_s, boxes[0]


def questions(store: Store, count: int = 200) -> list[str]:
    """Addresses that ask whose some places of the district are."""
    from gridmap.routing import Router

    west, south, east, north = Router.from_store(store).ground.bounds
    rng = np.random.default_rng(4)
    lon, lat = rng.uniform(west, east, count), rng.uniform(south, north, count)
    pairs = zip(lon.tolist(), lat.tolist(), strict=True)
    return [f"/api/route?lon={x:.6f}&lat={y:.6f}&datum=wgs84" for x, y in pairs]


async def measure(
    store: Store, port: int, *, streams: int, duration_s: float, before_s: float
) -> dict[str, float]:
    """Ask without open maps and with them; answer the figures by name."""
    paths, tickets = questions(store), Tickets(store)
    warm, alone, together = Asking(port, paths), Asking(port, paths), Asking(port, paths)
    await warm.ask(RATE, before_s / 2)
    await alone.ask(RATE, before_s)
    late_s: list[float] = []
    async with Crowd(port, streams) as crowd:
        asking = asyncio.create_task(together.ask(RATE, duration_s))
        while not asking.done():
            committed_s, box = await asyncio.to_thread(tickets.change)
            await crowd.until(lambda one, box=box: box in one.heard)
            late_s.append(max(crowd.heard_after_s(committed_s, box)))
            await asyncio.sleep(1)
        await asking
        breaks = sum(one.breaks for one in crowd.listeners)
    return {
        "route_alone_ms": alone.median_ms(),
        "route_together_ms": together.median_ms(),
        "route_together_99_ms": float(np.percentile(together.taken_ms, 99)),
        "last_map_knows_s": max(late_s),
        "last_map_knows_median_s": float(np.median(late_s)),
        "errors": len(alone.wrong) + len(together.wrong) + breaks,
    }


async def restart(store: Store, url: str, port: int, *, streams: int) -> dict[str, float]:
    """Kill the service, change something, start it again; how long until all maps know of it."""
    tickets = Tickets(store)
    with ExitStack() as running:
        first = running.enter_context(service(url, port))
        async with Crowd(port, streams) as crowd:
            first.kill()
            first.wait()
            _, box = await asyncio.to_thread(tickets.change)
            await crowd.until(lambda one: not one.is_open)
            began_s = time.monotonic()
            running.enter_context(service(url, port))
            listening_s = time.monotonic()
            await crowd.until(lambda one: box in one.heard)
            return {
                "current_after_start_s": time.monotonic() - began_s,
                "current_after_listening_s": time.monotonic() - listening_s,
            }


def run(
    streams: int = STREAMS, duration_s: float = DURATION_S, before_s: float = BEFORE_S
) -> dict[str, float]:
    """Measure all of it on the demonstration district."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"geopackage:///{folder}/bench.gpkg"
        store, port = demonstration_store(url, Path(folder)), free_port()
        try:
            with service(url, port):
                figures = asyncio.run(
                    measure(store, port, streams=streams, duration_s=duration_s, before_s=before_s)
                )
            return figures | asyncio.run(restart(store, url, port, streams=streams))
        finally:
            store.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=STREAMS)
    parser.add_argument("--seconds", type=float, default=DURATION_S)
    options = parser.parse_args()
    for name, value in run(options.streams, options.seconds).items():
        print(f"{name:26} {value:10.3f}")
