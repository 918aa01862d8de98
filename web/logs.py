"""One line a request, for a person or, with GRIDMAP_LOG=json, for a machine.

A line names the path, never the query or the body: a question may hold the words of a ticket.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, g, request

log = logging.getLogger("web.requests")

_FIELDS = ("method", "path", "status", "duration_ms", "bytes")


class PlainFormatter(logging.Formatter):
    """Time, level and message; requests in a fixed order of columns."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record as one line (a traceback follows on its own lines)."""
        line = f"{self.formatTime(record)} {record.levelname} {record.getMessage()}"
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return line


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record as one line, a traceback within it."""
        entry: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
        }
        entry.update({key: getattr(record, key) for key in _FIELDS if hasattr(record, key)})
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


def init_app(app: Flask) -> None:
    """Time every request and write its line, but for one whose answer has not changed."""
    app.before_request(_begin)
    app.after_request(_write)


def write_to_stderr() -> None:
    """Send the log of the service to standard error, as a person or a machine reads it."""
    handler = logging.StreamHandler(sys.stderr)
    as_json = os.environ.get("GRIDMAP_LOG") == "json"
    handler.setFormatter(JsonFormatter() if as_json else PlainFormatter())
    for name, level in (("web", logging.INFO), ("uvicorn.error", logging.WARNING)):
        service = logging.getLogger(name)
        service.handlers = [handler]
        service.propagate = False
        service.setLevel(level)


def _begin() -> None:
    g.began_s = time.perf_counter()


def _write(response: Response) -> Response:
    # Open maps ask hundreds of times a minute whether something is as they know it: no line each.
    if response.status_code == HTTPStatus.NOT_MODIFIED or not log.isEnabledFor(logging.INFO):
        return response
    duration_ms = round((time.perf_counter() - g.get("began_s", time.perf_counter())) * 1000, 1)
    length = response.content_length or 0
    path = quote(request.path)
    message = f"{request.method} {path} {response.status_code} {duration_ms} ms {length} B"
    fields = (request.method, path, response.status_code, duration_ms, length)
    log.info(message, extra=dict(zip(_FIELDS, fields, strict=True)))
    return response
