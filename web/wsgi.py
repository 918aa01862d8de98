"""The application for a server with many workers: `gunicorn web.wsgi:app`, see README."""

from __future__ import annotations

from web import create_app, logs, warming
from web.pruning import Pruner

app = create_app()
warming.begin(app)
Pruner(app.extensions["gridmap_store"]).start()
logs.write_to_stderr()
