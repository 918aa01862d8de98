"""Many open maps and many questions at one service, from one event loop that measures."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

#: As the script of the map waits after its first breaks, and later.
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 5.0
PATIENCE_S = 20.0
CONNECTIONS = 8
#: The header by which a benchmark's service is told what somebody sees.
GROUND = "X-Ground"


@dataclass
class Listener:
    """One open map: a stream that goes on from where it was when it breaks.

    Attributes
    ----------
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
    ground: str | None = None
    heard: dict[tuple[float, ...], float] = field(default_factory=dict)
    heard_of_own: list[float] = field(default_factory=list)
    breaks: int = 0
    is_open: bool = False
    cursor: str = ""

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
            if "tickets" in tables and tables["tickets"] is None:
                self.heard_of_own.append(time.monotonic())
            for box in tables.get("tickets") or []:
                self.heard.setdefault(tuple(box), time.monotonic())

    def after_s(self, since_s: float, box: tuple[float, ...]) -> float | None:
        """Tell how long after a moment it heard of a change of tickets; None: not yet."""
        if self.ground is None:
            return self.heard[box] - since_s if box in self.heard else None
        return next((at_s - since_s for at_s in self.heard_of_own if at_s > since_s), None)


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
    """So many listeners, running within `async with`; the first of them see some ground only."""

    def __init__(self, port: int, count: int, grounds: Sequence[str] = ()) -> None:
        everything = [None] * (count - len(grounds))
        self.listeners = [Listener(port, ground) for ground in [*grounds, *everything]]
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Crowd:
        self._tasks = [asyncio.create_task(one.listen()) for one in self.listeners]
        await self.until(lambda one: one.is_open)
        return self

    async def __aexit__(self, *error: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

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
