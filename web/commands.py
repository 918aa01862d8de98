"""The commands that start the service: `gridmap serve` and `gridmap demo`."""

from __future__ import annotations

import os
import socket
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from gridmap.errors import SettingError

if TYPE_CHECKING:
    import uvicorn

HOST = "127.0.0.1"
PORT = 8350
#: How long the end waits for answers that are under way.
END_S = 2
#: More connections than these are refused: all streams of events, and as many again for the rest.
MOST_CONNECTIONS = 2_000
DEMONSTRATION = Path("gridmap-demo.gpkg")

_PORT = click.option(
    "--port",
    type=click.IntRange(1, 65535),
    help=f"Port to listen on.  [default: {PORT}, or a free one when that is taken]",
)


@click.command()
@_PORT
@click.pass_obj
def serve(database: str, port: int | None) -> None:
    """Show the maps and answer questions, on this computer only."""
    run(database, port)


@click.command()
@_PORT
def demo(port: int | None) -> None:
    """Make the invented demonstration district here, once, and show it."""
    if DEMONSTRATION.exists():
        click.echo(f"The demonstration is already in {DEMONSTRATION}; nothing is changed.")
    else:
        from web.demonstration import make

        make(DEMONSTRATION, click.echo)
    run(f"geopackage:///{DEMONSTRATION}", port)


def run(database: str, port: int | None) -> None:
    """Serve a store until the process is ended.

    Raises
    ------
    StoreError
        The store cannot be opened.
    SettingError
        The port that was asked for is taken.
    """
    import uvicorn

    from gridmap.storage import open_store
    from web import create_app, logs, warming
    from web.process import prepare
    from web.serving import Service

    prepare()
    with closing(_listen(port)) as listening, closing(open_store(database)) as store:
        app = create_app({"STORE": store})
        warming.begin(app)
        logs.write_to_stderr()
        got = listening.getsockname()[1]
        if port is None and got != PORT:
            click.echo(f"Port {PORT} is taken: listening on {got} instead.")
        address = f"http://{HOST}:{got}/"
        click.echo(f"gridmap serves {store.url} at {address}")
        click.echo("It listens only on this computer, until there are accounts. Ctrl+C ends it.")
        with suppress(KeyboardInterrupt):  # the server ends first, and then says by what
            uvicorn.Server(configured(Service(app))).run(sockets=[listening])


def configured(app: Any, *, lifespan: Literal["on", "off"] = "on") -> uvicorn.Config:
    """Configure a server for one process, without a log or headers of its own."""
    import uvicorn

    from web.protocol import HEAD_BYTES, Protocol

    return uvicorn.Config(
        app,
        http=Protocol,
        h11_max_incomplete_event_size=HEAD_BYTES,
        ws="none",
        lifespan=lifespan,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_graceful_shutdown=END_S,
    )


def _listen(port: int | None) -> socket.socket:
    for wanted in (port,) if port else (PORT, 0):
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if os.name == "posix":  # else a service that ended a moment ago still holds the port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, wanted))
            listening.listen()
        except OSError:
            listening.close()
        else:
            return listening
    message = f"Port {port} of {HOST} is taken: name another with --port."
    raise SettingError(message)
