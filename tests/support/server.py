"""A web application served over real HTTP from a thread of the test run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any

from waitress import create_server, wasyncore


@contextmanager
def serve(app: Callable[..., Any], *, threads: int = 4) -> Iterator[str]:
    """Serve a WSGI application on a free loopback port; yields its address."""
    sockets: dict[int, Any] = {}
    server = create_server(app, map=sockets, host="127.0.0.1", port=0, threads=threads)
    thread = Thread(target=server.run, name="live server")
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        # The sockets are the loop's: it closes them in its own thread and, left with none, ends.
        # Awake already, it may have closed them before it is woken.
        with suppress(OSError):
            server.trigger.pull_trigger(lambda: wasyncore.close_all(sockets))
        thread.join()
        server.task_dispatcher.shutdown()
