"""The application for uvicorn, with streams of events: `uvicorn web.asgi:app`, see README."""

from __future__ import annotations

from threading import Thread

from layers.tiles.making import make_ready
from web import create_app, logs
from web.process import prepare
from web.serving import Service

prepare()
Thread(target=make_ready, name="making ready").start()
app = Service(create_app())
logs.write_to_stderr()
