"""A web application served over real HTTP from a thread of the test run."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import uvicorn
from flask import Flask

from web.bridge import Bridge
from web.commands import configured
from web.serving import Service


@contextmanager
def serve(app: Callable[..., Any], *, threads: int = 4, port: int = 0) -> Iterator[str]:
    """Serve an application on a loopback port, as `gridmap serve` does; yields its address.

    One of ours has its streams of events; another WSGI application is served without.
    """
    is_ours = isinstance(app, Flask) and "gridmap_store" in app.extensions
    made = Service(app, threads=threads) if is_ours else Bridge(app, threads=threads)
    server = uvicorn.Server(configured(made, lifespan="on" if is_ours else "off"))
    with socket.create_server(("127.0.0.1", port)) as listening:
        thread = Thread(target=server.run, kwargs={"sockets": [listening]}, name="live server")
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            if isinstance(made, Service):
                made.end_soon()
            server.should_exit = True
            thread.join()
            if isinstance(made, Bridge):
                made.close()
