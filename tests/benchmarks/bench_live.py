"""Benchmark: 200 open maps and 50 questions a second at one `gridmap serve`, and its restart.

Run it as `python tests/benchmarks/bench_live.py`. A map is a stream of events and what a browser
asks for when it hears of tickets: a tile of them, the values of units, and the page beside the map.
Tickets change once a second while it measures: how long routing takes without and with the open
maps, how soon all of them know of a change and have all that shows it, and after how long they do
when the service was killed and started again. With `--limited N`
so many of the maps see the ground of one unit only, each of another one.
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
from typing import NamedTuple

import numpy as np
from sqlalchemy import select, update

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS.parent), str(TESTS)]

from support.crowd import GROUND, Asking, Crowd  # noqa: E402
from support.demonstration import demonstration_store  # noqa: E402
from support.postgres import free_port  # noqa: E402

from gridmap.model import Decision, Ticket, Unit  # noqa: E402
from gridmap.sight import Sight, unit_ids  # noqa: E402
from gridmap.storage import Store  # noqa: E402
from gridmap.storage.changes import Change  # noqa: E402
from web.changes import told  # noqa: E402

STREAMS, RATE, DURATION_S, BEFORE_S = 200, 50.0, 60.0, 10.0
#: `gridmap serve`, but what somebody sees is told by a header, as accounts will tell it.
SERVICE = f"""
import sys
from flask import request
import web
from gridmap.cli import main
from gridmap.sight import EVERYTHING, Sight
made = web.create_app
def sight():
    code = request.headers.get({GROUND!r})
    return Sight(frozenset({{("general", code)}})) if code else EVERYTHING
web.create_app = lambda config: made({{**config, "SIGHT": sight}})
main()
"""
PROGRAM = [sys.executable, "-c", SERVICE]


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


class Told(NamedTuple):
    """A change: the moment of its commit, the box that is told of it, the unit of the ticket."""

    committed_s: float
    box: tuple[float, ...]
    unit_id: int | None


class Tickets:
    """Open tickets that have a place, to be changed one after the other."""

    def __init__(self, store: Store) -> None:
        self._store = store
        with store.read() as session:
            news = store.news(session, None)
            query = select(Ticket.id, Decision.unit_id).join(Decision).where(Decision.is_current)
            query = query.where(Ticket.geometry.is_not(None)).order_by(Ticket.id)
            self._tickets = [(number, unit) for number, unit in session.execute(query)]
        self._cursor = news.cursor

    def change(self) -> Told:
        """Change one."""
        ticket_id, unit_id = self._tickets.pop(0)
        with self._store.write() as session:
            session.execute(update(Ticket).where(Ticket.id == ticket_id).values(urgency="示例"))
        committed_s = time.monotonic()
        with self._store.read() as session:
            news = self._store.news(session, self._cursor)
        self._cursor = news.cursor
        of_it = [one for one in news.changes if isinstance(one, Change) and one.table == "tickets"]
        boxes = told(of_it, None)["tickets"]
        assert boxes is not None
        return Told(committed_s, boxes[0], unit_id)


def questions(store: Store, count: int = 200) -> list[str]:
    """Addresses that ask whose some places of the district are."""
    from gridmap.routing import Router

    west, south, east, north = Router.from_store(store).ground.bounds
    rng = np.random.default_rng(4)
    lon, lat = rng.uniform(west, east, count), rng.uniform(south, north, count)
    pairs = zip(lon.tolist(), lat.tolist(), strict=True)
    return [f"/api/route?lon={x:.6f}&lat={y:.6f}&datum=wgs84" for x, y in pairs]


def home(store: Store) -> tuple[float, float]:
    """Return the middle of the district, in degrees."""
    from gridmap.routing import Router

    west, south, east, north = Router.from_store(store).ground.bounds
    return (west + east) / 2, (south + north) / 2


def limited_grounds(store: Store, count: int) -> dict[str, set[int]]:
    """Return codes of different units, the widest first, each with the ids of what is seen."""
    with store.read() as session:
        query = select(Unit.code).where(Unit.scheme == "general").distinct()
        codes = sorted(session.scalars(query), key=lambda code: (len(code), code))[:count]
        assert len(codes) == count, f"there are {len(codes)} units only"
        sights = {code: Sight(frozenset({("general", code)})) for code in codes}
        return {code: unit_ids(session, sight) or set() for code, sight in sights.items()}


async def measure(
    store: Store, port: int, *, streams: int, limited: int, duration_s: float, before_s: float
) -> dict[str, float]:
    """Ask without open maps and with them; answer the figures by name."""
    paths, tickets, seen = questions(store), Tickets(store), limited_grounds(store, limited)
    warm, alone, together = Asking(port, paths), Asking(port, paths), Asking(port, paths)
    await warm.ask(RATE, before_s / 2)
    await alone.ask(RATE, before_s)
    known_s: list[float] = []
    shown_s: list[float] = []
    async with Crowd(port, streams, home(store), list(seen)) as crowd:
        asking = asyncio.create_task(together.ask(RATE, duration_s))
        while not asking.done():
            pause = asyncio.create_task(asyncio.sleep(1))
            change = await asyncio.to_thread(tickets.change)
            known, shown = await _last_has_s(crowd, change, seen)
            known_s.append(known)
            shown_s.append(shown)
            await pause
        await asking
        told = [one for one in crowd.listeners if one.heard_of_own]
        breaks = sum(one.breaks for one in crowd.listeners)
        answered, wrong = crowd.answered(), crowd.wrong()
    return {
        "route_alone_ms": alone.median_ms(),
        "route_together_ms": together.median_ms(),
        "route_together_99_ms": float(np.percentile(together.taken_ms, 99)),
        "last_map_knows_s": max(known_s),
        "last_map_knows_median_s": float(np.median(known_s)),
        "last_map_shows_s": max(shown_s),
        "last_map_shows_median_s": float(np.median(shown_s)),
        "maps_asked_a_second": answered.total() / duration_s,
        "answered_304": answered[304] / max(answered.total(), 1),
        "limited_maps_told": len(told),
        "errors": len(alone.wrong) + len(together.wrong) + len(wrong) + breaks,
    }


async def _last_has_s(crowd: Crowd, change: Told, seen: dict[str, set[int]]) -> tuple[float, float]:
    """Wait until all who see a change have it; returns when the last one knew and showed it."""
    since_s, box, unit_id = change
    hear = {one for one in crowd.listeners if one.ground is None or unit_id in seen[one.ground]}
    await crowd.until(lambda one: one not in hear or one.shows_s(since_s, box) is not None)
    known = max(one.after_s(since_s, box) or 0.0 for one in hear)
    return known, max(one.shows_s(since_s, box) or 0.0 for one in hear)


async def restart(store: Store, url: str, port: int, *, streams: int) -> dict[str, float]:
    """Kill the service, change something, start it again; how long until all maps know of it."""
    tickets = Tickets(store)
    with ExitStack() as running:
        first = running.enter_context(service(url, port))
        async with Crowd(port, streams, home(store)) as crowd:
            first.kill()
            first.wait()
            box = (await asyncio.to_thread(tickets.change)).box
            await crowd.until(lambda one: not one.is_open)
            began_s = time.monotonic()
            running.enter_context(service(url, port))
            listening_s = time.monotonic()
            await crowd.until(lambda one: one.shows_s(began_s, box) is not None)
            return {
                "current_after_start_s": time.monotonic() - began_s,
                "current_after_listening_s": time.monotonic() - listening_s,
            }


def run(
    streams: int = STREAMS,
    duration_s: float = DURATION_S,
    before_s: float = BEFORE_S,
    *,
    limited: int = 0,
) -> dict[str, float]:
    """Measure all of it on the demonstration district; some of the streams see some ground only."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"geopackage:///{folder}/bench.gpkg"
        store, port = demonstration_store(url, Path(folder)), free_port()
        try:
            with service(url, port):
                measuring = measure(
                    store,
                    port,
                    streams=streams,
                    limited=limited,
                    duration_s=duration_s,
                    before_s=before_s,
                )
                figures = asyncio.run(measuring)
            return figures | asyncio.run(restart(store, url, port, streams=streams))
        finally:
            store.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=STREAMS)
    parser.add_argument("--seconds", type=float, default=DURATION_S)
    parser.add_argument("--limited", type=int, default=0)
    options = parser.parse_args()
    for name, value in run(options.streams, options.seconds, limited=options.limited).items():
        print(f"{name:26} {value:10.3f}")
