"""The application for a server with many workers: `gunicorn web.wsgi:app`, see README."""

from __future__ import annotations

from web import create_app, logs

app = create_app()
logs.write_to_stderr()
