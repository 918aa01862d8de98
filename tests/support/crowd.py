"""Many open maps and many questions at one service, from one event loop that measures.

A map does what its scripts do: it hears a stream of events (live.js), and when tickets have changed
it asks again for a tile (tiles.js), for the values of units, and for what stands beside the map
(following.js).
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from layers.tiles.mercator import tile_at

#: As the script of the map waits after its first breaks, and later.
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 5.0
#: As its scripts ask again for what changes have spoiled.
TILE_EVERY_S, TILE_JITTER_S = 1.0, 0.6
BESIDE_EVERY_S, BESIDE_JITTER_S = 5.0, 1.0
#: Of the tile, and of what tickets and units spoil besides.
ZOOM = 13
VALUES, PART = "/api/values/units", "/"
PATIENCE_S = 20.0
CONNECTIONS = 8
#: The header by which a benchmark's service is told what somebody sees.
GROUND = "X-Ground"


@dataclass(eq=False)
class Follower:
    """What asks one address again when something has changed, by a connection that it keeps.

    Attributes
    ----------
    headers
        Sent with each question, beside those of every browser.
    every_s, jitter_s
        It asks no more often, and later by chance, so that not all ask in the same moment.
    answered
        How often, by the status of the answer.
    wrong
        What was answered neither anew nor by "as you know it", or not at all.
    asked_s, answered_s
        Moments of the last question that was answered, and of its answer.
    """

    port: int
    path: str
    headers: list[str]
    every_s: float
    jitter_s: float
    answered: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    asked_s: float = 0.0
    answered_s: float = 0.0
    _tags: dict[str, str] = field(default_factory=dict)
    _due: asyncio.Event = field(default_factory=asyncio.Event)
    _line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    def hear(self) -> None:
        """Ask soon."""
        self._due.set()

    async def follow(self) -> None:
        """Ask until cancelled."""
        try:
            while True:
                await self._due.wait()
                wait_s = max(self.asked_s + self.every_s - time.monotonic(), 0)
                await asyncio.sleep(wait_s + random.uniform(0, self.jitter_s))
                self._due.clear()
                await self._ask()
        finally:
            self._hang_up()

    async def _ask(self) -> None:
        asked_s, path = time.monotonic(), self.path
        try:
            status, tag = await self._answer(path)
        except (OSError, EOFError) as error:
            self._hang_up()
            self.wrong.append(f"{path}: {error!r}")
            self._due.set()
            return
        self.answered[status] += 1
        self.asked_s, self.answered_s = asked_s, time.monotonic()
        if status == 200:
            self._tags[path] = tag
        elif status != 304:
            self.wrong.append(f"{path}: {status}")

    async def _answer(self, path: str) -> tuple[int, str]:
        if self._line is not None:
            try:
                return await self._exchange(path, *self._line)
            except (OSError, EOFError):  # closed as nobody used it: a browser takes another one
                self._hang_up()
        self._line = await asyncio.open_connection("127.0.0.1", self.port)
        return await self._exchange(path, *self._line)

    async def _exchange(
        self, path: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> tuple[int, str]:
        lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Accept-Encoding: gzip", *self.headers]
        lines += [f"If-None-Match: {self._tags[path]}"] if path in self._tags else []
        writer.write("\r\n".join([*lines, "", ""]).encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        known = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        status = int(head[0].split(" ")[1])
        if status != 304:
            await reader.readexactly(int(known["content-length"]))
        return status, known.get("etag", "")

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line[1].close()
        self._line = None


@dataclass(eq=False)
class Listener:
    """One open map: a stream that goes on from where it was when it breaks, and what it asks for.

    Attributes
    ----------
    home
        Longitude and latitude of what it shows before it is told where something changed.
    ground
        Code of the unit at the top of what it sees; None: everything.
    heard
        Box of a change of tickets to the moment when it was told first, in s.
    heard_of_own
        When somebody with a limited sight, who is told no box, was told of tickets, in s.
    breaks
        How often the stream came to its end.
    """

    port: int
    home: tuple[float, float]
    ground: str | None = None
    heard: dict[tuple[float, ...], float] = field(default_factory=dict)
    heard_of_own: list[float] = field(default_factory=list)
    breaks: int = 0
    is_open: bool = False
    cursor: str = ""
    tile: Follower = field(init=False)
    followers: list[Follower] = field(init=False)

    def __post_init__(self) -> None:
        seen = [f"{GROUND}: {self.ground}"] if self.ground else []
        beside = BESIDE_EVERY_S, BESIDE_JITTER_S
        self.tile = Follower(self.port, _tile_path(*self.home), seen, TILE_EVERY_S, TILE_JITTER_S)
        self.followers = [
            self.tile,
            Follower(self.port, VALUES, seen, *beside),
            Follower(self.port, PART, [*seen, "Gridmap-Part: live"], *beside),
        ]

    async def listen(self) -> None:
        """Hear until cancelled."""
        failures = 0
        while True:
            try:
                await self._hear()
            except (OSError, EOFError):
                failures = 0 if self.is_open else failures + 1
                self.breaks += self.is_open
                self.is_open = False
            longest_s = min(FIRST_PAUSE_S * 2**failures, LONGEST_PAUSE_S)
            await asyncio.sleep(longest_s * random.uniform(0.5, 1))

    async def _hear(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            lines = ["GET /api/events HTTP/1.1", "Host: 127.0.0.1"]
            lines += [f"Last-Event-ID: {self.cursor}"] if self.cursor else []
            lines += [f"{GROUND}: {self.ground}"] if self.ground else []
            writer.write("\r\n".join([*lines, "", ""]).encode())
            status = await reader.readline()
            if b" 200 " not in status:
                raise EOFError
            while line := await reader.readline():
                self._take(line.decode())
            raise EOFError
        finally:
            writer.close()

    def _take(self, line: str) -> None:
        if line.startswith("id: "):
            self.cursor = line[4:].strip()
            self.is_open = True
        elif line.startswith("data: "):
            tables: dict[str, Any] = json.loads(line[6:]).get("tables", {})
            boxes = tables.get("tickets") or []
            if boxes:
                west, south, east, north = boxes[-1]
                self.tile.path = _tile_path((west + east) / 2, (south + north) / 2)
            for follower in self.followers if "tickets" in tables else []:
                follower.hear()
            if "tickets" in tables and tables["tickets"] is None:
                self.heard_of_own.append(time.monotonic())
            for box in boxes:
                self.heard.setdefault(tuple(box), time.monotonic())

    def after_s(self, since_s: float, box: tuple[float, ...]) -> float | None:
        """Tell how long after a moment it heard of a change of tickets; None: not yet."""
        if self.ground is None:
            return self.heard[box] - since_s if box in self.heard else None
        return next((at_s - since_s for at_s in self.heard_of_own if at_s > since_s), None)

    def shows_s(self, since_s: float, box: tuple[float, ...]) -> float | None:
        """Tell how long after a moment it had the tile that a change spoils; None: not yet."""
        heard_s = self.after_s(since_s, box)
        if heard_s is None or self.tile.asked_s < since_s + heard_s:
            return None
        return self.tile.answered_s - since_s


def _tile_path(lon: float, lat: float) -> str:
    tile = tile_at(lon, lat, ZOOM)
    return f"/api/tiles/tickets/{tile.z}/{tile.x}/{tile.y}"


@dataclass
class Asking:
    """Questions at a steady pace, whether they are answered or not.

    Attributes
    ----------
    taken_ms
        Of each answer, from the moment at which it was due to be asked.
    wrong
        What was not answered by 200.
    """

    port: int
    paths: list[str]
    taken_ms: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    async def ask(self, rate: float, duration_s: float) -> None:
        """Ask for a while, so many times a second."""
        began_s = time.monotonic()
        waiting: asyncio.Queue[tuple[float, str]] = asyncio.Queue()
        askers = [asyncio.create_task(self._ask(waiting)) for _ in range(CONNECTIONS)]
        for number in range(int(rate * duration_s)):
            due_s = began_s + number / rate
            await asyncio.sleep(max(due_s - time.monotonic(), 0))
            waiting.put_nowait((due_s, self.paths[number % len(self.paths)]))
        await asyncio.wait_for(waiting.join(), PATIENCE_S)
        for asker in askers:
            asker.cancel()
        await asyncio.gather(*askers, return_exceptions=True)

    async def _ask(self, waiting: asyncio.Queue[tuple[float, str]]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            while True:
                due_s, path = await waiting.get()
                writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
                await reader.readexactly(length)
                self.taken_ms.append((time.monotonic() - due_s) * 1000)
                if b" 200 " not in head[:20]:
                    self.wrong.append(head[:40].decode())
                waiting.task_done()
        finally:
            writer.close()

    def median_ms(self) -> float:
        """Return the median time of an answer."""
        return float(np.median(self.taken_ms))


class Crowd:
    """So many open maps, running within `async with`; the first of them see some ground only."""

    def __init__(
        self, port: int, count: int, home: tuple[float, float], grounds: Sequence[str] = ()
    ) -> None:
        everything = [None] * (count - len(grounds))
        self.listeners = [Listener(port, home, ground) for ground in [*grounds, *everything]]
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Crowd:
        followers = [one for listener in self.listeners for one in listener.followers]
        self._tasks = [asyncio.create_task(one.listen()) for one in self.listeners]
        self._tasks += [asyncio.create_task(one.follow()) for one in followers]
        await self.until(lambda one: one.is_open)
        return self

    async def __aexit__(self, *error: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def answered(self) -> Counter[int]:
        """Return how often what the maps asked was answered, by status."""
        return sum((one.answered for map_ in self.listeners for one in map_.followers), Counter())

    def wrong(self) -> list[str]:
        """Return what went wrong with what the maps asked."""
        return [what for map_ in self.listeners for one in map_.followers for what in one.wrong]

    async def until(
        self, is_so: Callable[[Listener], bool], patience_s: float = PATIENCE_S
    ) -> None:
        """Wait until something is so for all of them."""
        deadline_s = time.monotonic() + patience_s
        while missing := sum(not is_so(one) for one in self.listeners):
            if time.monotonic() > deadline_s:
                message = f"{missing} of {len(self.listeners)} listeners are still behind."
                raise TimeoutError(message)
            await asyncio.sleep(0.02)
