"""Connections to PostgreSQL: alive when they are used, and binary where many bytes come back."""

from __future__ import annotations

import selectors
import time
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import InvalidatePoolError

#: A connection that was used a moment ago and of which nothing was heard since is not asked whether
#: it lives: asking takes as long as most questions.
IDLE_S = 1.0

#: Execution options of a query whose rows hold many bytes: as text each would come as two.
BINARY = {"gridmap_binary": True}


def prepare(engine: Engine) -> None:
    """Let an engine see to both."""
    event.listen(engine, "checkin", _remember)
    event.listen(engine, "checkout", _require_life)
    event.listen(engine, "before_cursor_execute", _choose_format)


def _remember(_connection: Any, record: Any) -> None:
    record.info["used_s"] = time.monotonic()


def _require_life(connection: Any, record: Any, _fairy: Any) -> None:
    """Ask the server behind a connection that may be gone; if it is, so are all others."""
    now_s = time.monotonic()
    if now_s - record.info.get("used_s", now_s) <= IDLE_S and _is_silent(connection):
        return
    try:
        connection.execute("")
        connection.rollback()
    except connection.Error as error:
        message = "The server has closed the connection."
        raise InvalidatePoolError(message) from error


def _is_silent(connection: Any) -> bool:
    """Whether the server has said nothing unasked; when it goes, it says so or hangs up."""
    with selectors.DefaultSelector() as selector:
        selector.register(connection.fileno(), selectors.EVENT_READ)
        return not selector.select(0)


def _choose_format(
    _connection: Connection, cursor: Any, _statement: str, _parameters: Any, context: Any, _: bool
) -> None:
    if context is not None and context.execution_options.get("gridmap_binary"):
        cursor.format = 1  # psycopg.pq.Format.BINARY
