"""What a database says when it fails, in words that tell what to do."""

from __future__ import annotations

import sqlite3

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from gridmap.errors import StoreError

#: What reading or writing a store may raise. The drivers' own errors come from bulk writing.
ERRORS = (DBAPIError, PoolTimeoutError, sqlite3.Error, psycopg.Error)

_DISK_FULL = "the disk is full: free some space and run the same command again"
_NO_MORE_ROOM = (
    "a quota or a limit on the size of files lets nothing more be written: raise it or free some "
    "space, and run the same command again"
)
_BROKEN_DISK = "the disk could not be read or written: check its space and health, then run again"
_BUSY = "another program is writing to it and did not finish in time: try again later"
_DAMAGED = "the file is damaged: restore it from a copy"
_NO_ANSWER = "the server does not answer: check that it runs and that the URL is right"
_BROKEN_OFF = "the connection broke off: check that the server runs, then run again"
_WRONG_LOGIN = "user name or password is wrong: mend the URL"
_NOT_READY = "the server is starting, stopping or recovering: try again later"
_CROWDED = "too many are using it at once: try again later"

#: What an error carries (SQLite's name, PostgreSQL's SQLSTATE, or words where there is neither),
#: and what to tell the user. The first that fits.
_SENTENCES = (
    ("sqlite_full", _DISK_FULL),
    ("sqlstate 53100", _DISK_FULL),
    ("no space left", _DISK_FULL),
    # PostgreSQL has no SQLSTATE for these two.
    ("disk quota exceeded", _NO_MORE_ROOM),
    ("file too large", _NO_MORE_ROOM),
    ("sqlite_ioerr", _BROKEN_DISK),
    ("sqlstate 58030", _BROKEN_DISK),
    ("sqlite_busy", _BUSY),
    ("sqlite_locked", _BUSY),
    ("sqlstate 55p03", _BUSY),
    ("sqlstate 40", _BUSY),
    ("sqlite_readonly", "it may not be written: check the rights on the file and its folder"),
    ("sqlite_cantopen", "it cannot be opened: check that the folder exists and may be written"),
    ("sqlite_notadb", "it is no GeoPackage: name another file"),
    ("sqlite_corrupt", _DAMAGED),
    ("password authentication failed", _WRONG_LOGIN),
    ("no password supplied", _WRONG_LOGIN),
    ("sqlstate 53300", _CROWDED),
    ("too many clients", _CROWDED),
    ("queuepool limit", _CROWDED),
    ("sqlstate 57p0", _BROKEN_OFF),
    ("server closed the connection", _BROKEN_OFF),
    ("terminating connection", _BROKEN_OFF),
    ("the connection is closed", _BROKEN_OFF),
    ("the database system is", _NOT_READY),
    ("could not connect", _NO_ANSWER),
    ("connection refused", _NO_ANSWER),
    ("connection timeout", _NO_ANSWER),
    ("timeout expired", _NO_ANSWER),
    ("failed to resolve host", _NO_ANSWER),
)

#: The same where the database's own words name the thing: they stand before the sentence.
_QUOTED_SENTENCES = (
    (
        "permission denied for schema",
        "let the administrator make the user owner of the database, or run "
        "GRANT ALL ON SCHEMA public TO that user",
    ),
    ("sqlstate 42501", "ask the administrator of the database for this right"),
    ("sqlstate 42p07", "it belongs to another program: name another database"),
    ("already exists", "it belongs to another program: name another file"),
    ("fatal:", "mend the URL, or ask the administrator of the database"),
)


def explain(error: Exception, url: str) -> StoreError:
    """Turn one of ERRORS into one sentence with the place and the way out.

    Parameters
    ----------
    url
        Where the store is, without a password.
    """
    error = _first(error)
    cause: object = error.orig if isinstance(error, DBAPIError) else error
    # The first line says it; the details that follow may quote a row.
    first_line = next(iter(str(cause).strip().splitlines()), type(cause).__name__)
    name, state = getattr(cause, "sqlite_errorname", ""), getattr(cause, "sqlstate", None)
    marks = f"{name} sqlstate {state} {first_line}".lower()
    for part, sentence in _SENTENCES:
        if part in marks:
            return StoreError(f"Store {url}: {sentence}.")
    said = first_line.rpartition("FATAL:")[2].strip(" .")
    for part, sentence in _QUOTED_SENTENCES:
        if part in marks:
            return StoreError(f"Store {url}: {said}: {sentence}.")
    return StoreError(f"Store {url}: the database refused: {said}.")


def _first(error: Exception) -> Exception:
    """Find what broke a connection off: on one that is gone, taking back fails too and hides it."""
    before = error.__context__
    gone = isinstance(error, DBAPIError) and error.connection_invalidated
    return _first(before) if gone and isinstance(before, ERRORS) else error
