"""The service for an ASGI server: streams of events by the event loop, all else through Flask."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Awaitable, Callable
from types import FrameType
from typing import Any

from flask import Flask

from gridmap.errors import StoreError
from gridmap.sight import Sight
from web.bridge import (
    Begun,
    Bridge,
    Client,
    Environ,
    Receive,
    Scope,
    Send,
    environ_of,
    send_problem,
)
from web.broadcast import Broadcaster, Stream
from web.events import KEY, Wanted
from web.pruning import Pruner

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
        self._pruner = Pruner(app.extensions["gridmap_store"])
        self._asking = asyncio.Semaphore(1)
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
        self._pruner.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await asyncio.to_thread(self._pruner.close)
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
        environ = environ_of(scope, b"")
        is_full = len(self._broadcaster) >= MOST_STREAMS
        wanted = Wanted(is_refused=is_full or self._is_ending)
        with Client(receive) as client:
            begun = await self._bridge.answer({**environ, KEY: wanted}, client)
            if begun is None:
                return
            if wanted.sight is None:
                await self._bridge.send(send, begun, client)
                return
            stream = Stream(wanted.sight)
            client.when_gone(stream.end)
            self._broadcaster.join(stream)
            try:
                # What changes while this is read waits in the stream already.
                work = self._broadcaster.first, stream.sight, wanted.since
                first, stream.cursor = await self._bridge.work(*work)
                await self._send(send, stream, begun, first, lambda: self._seen(environ, client))
            except StoreError as error:
                await send_problem(send, error.status, str(error))
            finally:
                self._broadcaster.leave(stream)

    async def _send(
        self, send: Send, stream: Stream, begun: Begun, first: bytes,
        seen: Callable[[], Awaitable[Sight | None]],
    ) -> None:  # fmt: skip
        """Send a stream until it ends, or its right does."""
        headers = [pair for pair in begun.answer.headers if pair[0] != b"content-length"]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        sent: bytes | None = _RETRY + first
        while sent is not None:
            await send({"type": "http.response.body", "body": sent, "more_body": True})
            sent = await stream.next()
            if sent is None or stream.is_sure():
                continue
            if await seen() == stream.sight:
                stream.confirm()
            else:  # the browser opens it anew, and is told what it may see then
                sent = stream.anew()
                stream.end()
        await send({"type": "http.response.body", "body": b""})

    async def _seen(self, environ: Environ, client: Client) -> Sight | None:
        """Ask Flask again what may be told to a stream; None: nothing any more.

        One after the other: a change of duties makes all streams ask, and others wait for threads.
        """
        wanted = Wanted(is_refused=self._is_ending)
        async with self._asking:
            begun = await self._bridge.answer({**environ, KEY: wanted}, client)
        if begun is not None and not begun.answer.is_whole:
            await self._bridge.work(begun.context.run, begun.answer.close)
        return wanted.sight
