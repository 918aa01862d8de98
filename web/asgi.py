"""The application for uvicorn, with streams of events: `uvicorn web.asgi:app`, see README."""

from __future__ import annotations

from web import create_app, logs, warming
from web.process import prepare
from web.serving import Service

prepare()
flask = create_app()
warming.begin(flask)
app = Service(flask)
logs.write_to_stderr()
