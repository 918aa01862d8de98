"""What a process needs that serves streams beside threads."""

from __future__ import annotations

import socket
import sys

#: Every read and write of the event loop waits for the interpreter until a thread that computes
#: gives it up: by default 5 ms, a second for 200 streams.
SWITCH_S = 0.0005
#: Each open map takes a file; systems give a process 256 or 1,024 unless it asks.
FILES = 4_096
#: A client that has taken nothing of what was sent for so long is given up, and its answer with it.
STALLED_S = 60.0


def prepare() -> None:
    """Let the event loop have its turn soon, and open enough files."""
    sys.setswitchinterval(SWITCH_S)
    if sys.platform != "win32":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def give_up_stalled(connection: socket.socket) -> None:
    """Let a connection end when nothing of an answer is taken for `STALLED_S`.

    The system does so itself, as it alone knows what has been taken (RFC 5482). Where it cannot, a
    client that never reads ends when it goes.
    """
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        stalled_ms = int(STALLED_S * 1000)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, stalled_ms)
