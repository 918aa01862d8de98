"""A WSGI application under an ASGI server: read without a thread, answered by a few fixed ones.

The body of a request is read, and an answer is sent, by the event loop; a thread works only while
the application does. A client that sends a byte a second or never reads holds no thread, and
nothing is worked at for one that has left while it waited for its turn.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import Context, copy_context
from http import HTTPStatus
from io import BytesIO
from threading import Event
from typing import Any, NamedTuple, TypeVar
from urllib.parse import unquote_to_bytes

import orjson

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Environ = dict[str, Any]
Result = TypeVar("Result")

#: A body that has not come whole after this is not waited for.
BODY_S = 30.0
MOST_BODY_BYTES = 1_000_000
#: A longer answer is sent in pieces of about this, each made when the one before has been sent.
PIECE_BYTES = 262_144


class Answer:
    """What a WSGI application answers, taken from it piece by piece."""

    def __init__(self, app: Callable[..., Iterable[bytes]], environ: Environ) -> None:
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []
        self._written: list[bytes] = []
        self._iterable = app(environ, self._start)
        self._chunks: Iterator[bytes] = iter(self._iterable)
        self.is_whole = False

    def _start(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], None]:
        self.status = int(status[:3])
        self.headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers
        ]
        return self._written.append

    def piece(self) -> bytes:
        """Return the next piece; `is_whole` tells that it was the last."""
        taken, length = self._written, sum(map(len, self._written))
        self._written = []
        for chunk in self._chunks:
            taken.append(chunk)
            length += len(chunk)
            if length >= PIECE_BYTES:
                return b"".join(taken)
        self.is_whole = True
        self.close()
        return b"".join(taken)

    def close(self) -> None:
        """Let the application clear away what it made the answer with; once is enough."""
        close, self._iterable = getattr(self._iterable, "close", None), ()
        if close is not None:
            close()


class Begun(NamedTuple):
    """An answer that has begun: the context it is made in, the answer and its first piece."""

    context: Context
    answer: Answer
    piece: bytes


class Bridge:
    """Answers the requests of an ASGI server by a WSGI application.

    Parameters
    ----------
    app
        The application.
    threads
        How many requests it works at, at once; others wait for their turn.
    limit_bytes
        A body that is longer is not kept; the application refuses it by its length.
    """

    def __init__(
        self,
        app: Callable[..., Iterable[bytes]],
        *,
        threads: int,
        limit_bytes: int = MOST_BODY_BYTES,
    ) -> None:
        self._app = app
        self._limit_bytes = limit_bytes
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="web")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            async with asyncio.timeout(BODY_S):
                body = await read_body(receive, length_of(scope), self._limit_bytes)
        except TimeoutError:
            await send_problem(send, 408, f"The request was not sent whole within {BODY_S:.0f} s.")
            return
        if body is None:
            return
        with Client(receive) as client:
            begun = await self.answer(environ_of(scope, body), client)
            if begun is not None:
                await self.send(send, begun, client)

    async def answer(self, environ: Environ, client: Client) -> Begun | None:
        """Begin an answer; None if the client has gone before a thread came to it."""
        context = copy_context()
        return await self.work(context.run, self._begin, context, environ, client)

    def close(self) -> None:
        """End the threads when they have finished what they work at."""
        self._pool.shutdown(cancel_futures=True)

    def _begin(self, context: Context, environ: Environ, client: Client) -> Begun | None:
        if client.has_gone():
            return None
        answer = Answer(self._app, environ)
        return Begun(context, answer, answer.piece())

    async def work(self, work: Callable[..., Result], *of: Any) -> Result:
        """Let a thread work at something else."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, *of)

    async def send(self, send: Send, begun: Begun, client: Client) -> None:
        """Send an answer that has begun."""
        answer, piece = begun.answer, begun.piece
        await send(
            {"type": "http.response.start", "status": answer.status, "headers": answer.headers}
        )
        if not answer.is_whole:
            piece = await self._send_pieces(send, begun, client)
        await send({"type": "http.response.body", "body": piece})

    async def _send_pieces(self, send: Send, begun: Begun, client: Client) -> bytes:
        """Send all pieces but the last, which is returned; none to a client that has gone."""
        context, answer, piece = begun
        try:
            while not answer.is_whole and not client.has_gone():
                await send({"type": "http.response.body", "body": piece, "more_body": True})
                piece = await self.work(context.run, answer.piece)
            return piece
        finally:
            if not answer.is_whole:
                await self.work(context.run, answer.close)


class Client:
    """Whoever waits for an answer, watched within `with` from when the request has come whole."""

    def __init__(self, receive: Receive) -> None:
        self._gone = Event()
        self._watch = asyncio.ensure_future(until_gone(receive))
        self.when_gone(self._gone.set)

    def has_gone(self) -> bool:
        """Whether nobody waits any more; for any thread."""
        return self._gone.is_set()

    def when_gone(self, then: Callable[[], None]) -> None:
        """Let the event loop do something when nobody waits any more, or nobody watches."""
        self._watch.add_done_callback(lambda _: then())

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *error: object) -> None:
        self._watch.cancel()


async def until_gone(receive: Receive) -> None:
    """Return when the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def read_body(receive: Receive, length: int | None, limit_bytes: int) -> bytes | None:
    """Read a body: nothing of one that is too long as it says; None when the client has gone.

    One that does not say its length is read to a byte above the limit, which is refused too.
    """
    if length == 0 or (length is not None and length > limit_bytes):
        return b""
    pieces, got, more = [], 0, True
    while more and got <= limit_bytes:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        pieces.append(message.get("body", b""))
        got += len(pieces[-1])
        more = message.get("more_body", False)
    return b"".join(pieces)[: limit_bytes + 1]


def problem(status: HTTPStatus, sentence: str) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Write headers and body of a problem answer, as `web.errors` does within Flask."""
    told = {"type": "about:blank", "title": status.phrase, "status": int(status)}
    body = orjson.dumps({**told, "detail": sentence, "error": sentence})
    length = str(len(body)).encode()
    return [(b"content-type", b"application/problem+json"), (b"content-length", length)], body


async def send_problem(send: Send, status: int, sentence: str) -> None:
    """Answer what never came to the application, and close the connection."""
    headers, body = problem(HTTPStatus(status), sentence)
    headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def length_of(scope: Scope) -> int | None:
    """Return the length of a body as its headers tell it: 0 without one, None when it is open."""
    length = None if is_chunked(scope) else 0
    for name, value in scope["headers"]:
        if name == b"content-length":
            with suppress(ValueError):
                length = int(value)
    return length


def is_chunked(scope: Scope) -> bool:
    """Whether a body comes in chunks, without a length."""
    return any(name == b"transfer-encoding" for name, _ in scope["headers"])


def environ_of(scope: Scope, body: bytes) -> Environ:
    """Write a request as PEP 3333 has it."""
    host, port = scope.get("server") or ("localhost", 80)
    root = scope.get("root_path", "").encode()
    path = unquote_to_bytes(scope.get("raw_path") or scope["path"].encode())
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": root.decode("latin-1"),
        "PATH_INFO": path.removeprefix(root).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": (scope.get("client") or ("",))[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        if b"_" not in name:  # else x_a could pass for x-a, which a proxy has seen to
            add_header(environ, name.decode("latin-1"), value.decode("latin-1"))
    if is_chunked(scope):
        environ["CONTENT_LENGTH"] = str(len(body))
    return environ


def add_header(environ: Environ, name: str, value: str) -> None:
    """Add a header; those of one name become one, as RFC 9110 allows."""
    key = name.upper().replace("-", "_")
    if key == "TRANSFER_ENCODING":  # it came in chunks, and is whole by now
        return
    if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        key = f"HTTP_{key}"
    if key in environ:
        value = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{value}"
    environ[key] = value
