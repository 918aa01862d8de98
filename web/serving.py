"""The service for an ASGI server: streams of events by the event loop, all else through Flask."""

from __future__ import annotations

import asyncio
import signal
import threading
from types import FrameType
from typing import Any

from flask import Flask

from gridmap.errors import StoreError
from web.bridge import Answer, Bridge, Receive, Scope, Send, environ_of, send_problem, until_gone
from web.broadcast import Broadcaster, Stream
from web.events import KEY, Wanted

#: Few and fixed: a thread pays about 180 ms for its first projection, and SQLite reads gain nothing
#: from more.
THREADS = 4
#: Open maps of one process; each takes a connection and some kB.
MOST_STREAMS = 1_000
EVENTS = "/api/events"
#: How long a browser waits before it opens a broken stream again.
_RETRY = b"retry: 1000\n\n"


class Service:
    """An ASGI application.

    Parameters
    ----------
    app
        The Flask application; its store is followed for the streams.
    threads
        How many requests are worked at, at once.
    """

    def __init__(self, app: Flask, *, threads: int = THREADS) -> None:
        self._bridge = Bridge(
            app.wsgi_app, threads=threads, limit_bytes=app.config["MAX_CONTENT_LENGTH"]
        )
        self._broadcaster = Broadcaster(app.extensions["gridmap_store"])
        self._is_ending = False
        self._loop: asyncio.AbstractEventLoop | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection of the server's."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close"})
        elif scope["path"] == EVENTS and scope["method"] == "GET":
            await self._open(scope, receive, send)
        else:
            await self._bridge(scope, receive, send)

    def end_soon(self) -> None:
        """End all streams and open no more, from any thread; a server would wait for them."""
        self._is_ending = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._broadcaster.end_streams)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._loop = asyncio.get_running_loop()
        self._hear_signals()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await asyncio.to_thread(self._broadcaster.close)
        await asyncio.to_thread(self._bridge.close)
        await send({"type": "lifespan.shutdown.complete"})

    def _hear_signals(self) -> None:
        """Hear what ends the server when it does; it tells the application only afterwards."""
        if threading.current_thread() is not threading.main_thread():
            return
        for number in (signal.SIGINT, signal.SIGTERM):
            of_server = signal.getsignal(number)

            def hear(number: int, frame: FrameType | None, then: Any = of_server) -> None:
                self.end_soon()
                if callable(then):
                    then(number, frame)

            signal.signal(number, hear)

    async def _open(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Ask Flask for a stream; send what it answers if it grants none."""
        is_full = len(self._broadcaster) >= MOST_STREAMS
        wanted = Wanted(is_refused=is_full or self._is_ending)
        context, answer, piece = await self._bridge.answer({**environ_of(scope, b""), KEY: wanted})
        if wanted.sight is None:
            await self._bridge.send(receive, send, context, answer, piece)
            return
        stream = Stream(wanted.sight)
        self._broadcaster.join(stream)
        try:
            # What changes while this is read waits in the stream already.
            first = await self._bridge.work(self._broadcaster.first, stream.sight, wanted.since)
            await self._send(receive, send, stream, answer, first)
        except StoreError as error:
            await send_problem(send, error.status, str(error))
        finally:
            self._broadcaster.leave(stream)

    async def _send(
        self, receive: Receive, send: Send, stream: Stream, answer: Answer,
        first: tuple[bytes, str],
    ) -> None:  # fmt: skip
        headers = [pair for pair in answer.headers if pair[0] != b"content-length"]
        gone = asyncio.ensure_future(until_gone(receive))
        gone.add_done_callback(lambda _: stream.end())
        try:
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            sent: bytes | None
            sent, stream.cursor = _RETRY + first[0], first[1]
            while sent is not None:
                await send({"type": "http.response.body", "body": sent, "more_body": True})
                sent = await stream.next()
            await send({"type": "http.response.body", "body": b""})
        finally:
            gone.cancel()
