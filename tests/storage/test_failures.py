"""What is said for each failure of a database."""

import sqlite3

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from gridmap.errors import StoreError
from gridmap.storage.failures import ERRORS, explain


def embedded(name, words="some words"):
    error = sqlite3.OperationalError(words)
    error.sqlite_errorname = name
    return error


def connecting(words):
    return psycopg.OperationalError(
        f'connection failed: connection to server at "127.0.0.1", port 5432 failed: {words}'
    )


FULL = "the disk is full: free some space and run the same command again."
BUSY = "another program is writing to it and did not finish in time: try again later."
DAMAGED = "the file is damaged: restore it from a copy."
LOGIN = "user name or password is wrong: mend the URL."
NO_MORE_ROOM = "a quota or a limit on the size of files lets nothing more be written: raise it or"
SILENT = "the server does not answer: check that it runs and that the URL is right."
BROKEN = "the connection broke off: check that the server runs, then run again."


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (embedded("SQLITE_FULL", "database or disk is full"), FULL),
        (psycopg.errors.DiskFull("could not extend file: No space left on device"), FULL),
        (psycopg.InternalError("could not extend file: Disk quota exceeded"), NO_MORE_ROOM),
        (psycopg.InternalError("could not extend file: File too large"), NO_MORE_ROOM),
        (embedded("SQLITE_IOERR_WRITE"), "the disk could not be read or written: check its space"),
        (embedded("SQLITE_BUSY", "database is locked"), BUSY),
        (embedded("SQLITE_BUSY_SNAPSHOT"), BUSY),
        (psycopg.errors.LockNotAvailable("canceling statement due to lock timeout"), BUSY),
        (psycopg.errors.DeadlockDetected("deadlock detected"), BUSY),
        (embedded("SQLITE_READONLY"), "it may not be written: check the rights on the file"),
        (embedded("SQLITE_CANTOPEN"), "it cannot be opened: check that the folder exists"),
        (embedded("SQLITE_NOTADB"), "it is no GeoPackage: name another file."),
        (embedded("SQLITE_CORRUPT_INDEX"), DAMAGED),
        (connecting('FATAL:  password authentication failed for user "x"'), LOGIN),
        (psycopg.OperationalError("fe_sendauth: no password supplied"), LOGIN),
        (connecting("Connection refused\n\tIs the server running?"), SILENT),
        (psycopg.errors.ConnectionTimeout("connection timeout expired"), SILENT),
        (psycopg.OperationalError("failed to resolve host 'nowhere': Name not known"), SILENT),
        (connecting("FATAL:  the database system is in recovery mode"), "the server is starting,"),
        (connecting("FATAL:  sorry, too many clients already"), "too many are using it at once"),
        (psycopg.errors.AdminShutdown("terminating connection"), BROKEN),
        (psycopg.OperationalError("server closed the connection unexpectedly\n\tThis"), BROKEN),
        (psycopg.OperationalError("the connection is closed"), BROKEN),
        (
            connecting('FATAL:  database "x" does not exist'),
            'database "x" does not exist: mend the URL, or ask the administrator of the database.',
        ),
        (
            psycopg.errors.InsufficientPrivilege("permission denied for table units\nDETAIL: more"),
            "permission denied for table units: ask the administrator of the database for this",
        ),
        (
            psycopg.errors.DuplicateTable('relation "units" already exists'),
            'relation "units" already exists: it belongs to another program: name another',
        ),
        (embedded("SQLITE_ERROR", "table units already exists"), "table units already exists: it"),
        (
            psycopg.errors.UniqueViolation("duplicate key\nDETAIL: Key (name)=(x) already exists."),
            "the database refused: duplicate key.",
        ),
        (embedded("SQLITE_ERROR", "no such table: x"), "the database refused: no such table: x."),
        (sqlite3.OperationalError(), "the database refused: OperationalError."),
    ],
)
def test_each_failure_has_its_sentence(error, sentence):
    for raised in (error, OperationalError("SELECT secret", {"name": "secret"}, error)):
        assert isinstance(raised, ERRORS)
        said = explain(raised, "postgresql://anna:***@host/x")
        assert isinstance(said, StoreError)
        assert str(said).startswith(f"Store postgresql://anna:***@host/x: {sentence}")
        assert str(said).endswith(".")
        assert "\n" not in str(said)
        assert "secret" not in str(said)
        assert "DETAIL" not in str(said)


def test_what_postgresql_says_in_chinese_is_understood():
    error = psycopg.errors.DiskFull("无法扩展文件: 设备上没有空间")
    assert FULL in str(explain(error, "x"))


def test_what_broke_the_connection_off_is_said_and_not_what_failed_after_it():
    closed = psycopg.OperationalError("the connection is closed")
    later = OperationalError("ROLLBACK", {}, closed, connection_invalidated=True)
    for first in (
        psycopg.errors.DiskFull("could not write to log file"),
        OperationalError("COMMIT", {}, psycopg.errors.DiskFull("could not write to log file")),
    ):
        later.__context__ = first
        assert FULL in str(explain(later, "x"))
    later.__context__ = KeyError("of ours")
    assert BROKEN in str(explain(later, "x"))
