"""A stream of events as a program reads it, with a deadline for everything."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

PATIENCE_S = 10.0


class Events:
    """One open stream.

    Attributes
    ----------
    status
        Of the answer.
    cursor
        The id of the last event.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._text = ""
        self.cursor = ""
        head = self._until("\r\n\r\n")
        self.status = int(head.split(" ", 2)[1])
        self.headers = head.lower()

    def next(self, patience_s: float = PATIENCE_S) -> tuple[str, dict[str, Any]] | None:
        """Wait for the next event that tells of changes; None when there is none in time."""
        deadline_s = time.monotonic() + patience_s
        while (left_s := deadline_s - time.monotonic()) > 0:
            try:
                name, told = self.any(left_s)
            except TimeoutError:
                return None
            if name in ("changes", "reset"):
                return name, told["tables"]
        return None

    def first(self) -> str:
        """Wait until the stream says where it is."""
        while not self.cursor:
            self.any()
        return self.cursor

    def any(self, patience_s: float = PATIENCE_S) -> tuple[str, dict[str, Any]]:
        """Wait for whatever comes next: its name and data, nothing for what has none."""
        block = self._until("\n\n", patience_s)
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        self.cursor = fields.get("id", self.cursor)
        return fields.get("event", ""), json.loads(fields.get("data", "{}"))

    def _until(self, end: str, patience_s: float = PATIENCE_S) -> str:
        deadline_s = time.monotonic() + patience_s
        while end not in self._text:
            self._take(max(deadline_s - time.monotonic(), 0.001))
        found, self._text = self._text.split(end, 1)
        return found

    def _take(self, patience_s: float) -> None:
        self._connection.settimeout(patience_s)
        received = self._connection.recv(65_536)
        if not received:
            raise EOFError
        self._text += received.decode()


@contextmanager
def listening(address: str, query: str = "", **headers: str) -> Iterator[Events]:
    """Open the stream of a service at an address, and close it at the end."""
    with connected(address) as connection:
        lines = [f"GET /api/events{query} HTTP/1.1", "Host: 127.0.0.1"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        yield Events(connection)


def connected(address: str) -> socket.socket:
    """A connection to a service."""
    host, port = address.removeprefix("http://").strip("/").split(":")
    return socket.create_connection((host, int(port)), PATIENCE_S)
