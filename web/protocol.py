"""HTTP as uvicorn speaks it, with an end to waiting for a request, and problem answers.

uvicorn waits for ever for the first request of a connection, and for the rest of one that has
begun. What it cannot read it answers in plain text. It writes head and body of an answer one after
the other, and the system would keep the body back for 40 ms.
"""

from __future__ import annotations

import asyncio
import socket
from http import HTTPStatus
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from web.bridge import problem
from web.process import give_up_stalled

#: A request whose head has not come whole after this is not waited for.
HEAD_S = 20.0
#: The longest head that is read.
HEAD_BYTES = 65_536
#: What a refused client still sends is read and forgotten for so long; a connection that is closed
#: before would be reset, and the answer lost on its way.
_LINGER_S = 1.0


class Protocol(H11Protocol):
    """One connection."""

    _due: asyncio.TimerHandle | None = None
    _is_refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        connection = transport.get_extra_info("socket")
        if connection is not None and connection.family in (socket.AF_INET, socket.AF_INET6):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            give_up_stalled(connection)
        self._due = self.loop.call_later(HEAD_S, self._late)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what has come; wait for the rest if it is the beginning of a head."""
        if self._is_refused:
            return
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE and not self._is_refused:
            self._stop_waiting()
        elif self._due is None:
            self._due = self.loop.call_later(HEAD_S, self._late)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, or is too long."""
        sentence = f"{msg.rstrip('.')}: its head may have at most {HEAD_BYTES:,} bytes."
        self._refuse(HTTPStatus.BAD_REQUEST, sentence)

    def _late(self) -> None:
        self._due = None
        if not self.transport.is_closing():
            sentence = f"The head of the request was not sent whole within {HEAD_S:.0f} s."
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, sentence)

    def _refuse(self, status: HTTPStatus, sentence: str) -> None:
        headers, body = problem(status, sentence)
        parts: list[Any] = [
            h11.Response(
                status_code=status,
                headers=[*headers, (b"connection", b"close")],
                reason=status.phrase.encode(),
            ),
            h11.Data(data=body),
            h11.EndOfMessage(),
        ]
        self._is_refused = True
        self.transport.write(b"".join(self.conn.send(part) or b"" for part in parts))
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._stop_waiting()
        self._due = self.loop.call_later(_LINGER_S, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None
