"""Waiting until somebody changes a store."""

from __future__ import annotations

import selectors
import socket
import time
from contextlib import closing, suppress
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any

import psycopg

from gridmap.storage.address import CONNECT_TIMEOUT_S
from gridmap.storage.migrations.changes_postgis import CHANNEL

if TYPE_CHECKING:
    from gridmap.storage.store import Store

#: How often the embedded store's counter is read, in seconds.
LOOK_EVERY_S = 0.15
#: How long to wait before a lost server is tried again, in seconds.
TRY_EVERY_S = 0.5
#: A server that is gone without a word is noticed after half a minute.
_KEEPALIVE = {"keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3}


class Watcher:
    """A watch over a store, for one thread that waits; close it when it is needed no more.

    It holds one connection of its own. On PostGIS it listens in a thread of its own, which sleeps
    until the server speaks; the embedded store's counter is read while somebody waits.
    """

    def __init__(self, store: Store) -> None:
        embedded = store.backend == "geopackage"
        with store.explained():
            self._watch: _Counter | _Listener = _Counter(store) if embedded else _Listener(store)

    def wait(self, timeout_s: float) -> bool:
        """Wait until somebody has changed the store.

        Returns
        -------
        changed
            True as soon as anything was committed, by any process, since the last call answered
            True or the watch began; at most 0.25 s after it. True as well after a lost server has
            come back, as something may have been missed. False when the time is over or the watch
            is closed.
        """
        return self._watch.wait(timeout_s)

    def close(self) -> None:
        """End the watch; whoever waits is told False."""
        self._watch.close()


class _Counter:
    """The counter in a SQLite file that rises with every commit of another connection."""

    def __init__(self, store: Store) -> None:
        self._closed = Event()
        self._using = Lock()
        arguments, options = store.engine.dialect.create_connect_args(store.engine.url)
        self._connection: Any = store.engine.dialect.connect(*arguments, **options)
        self._seen = self._count()

    def wait(self, timeout_s: float) -> bool:
        deadline_s = time.monotonic() + timeout_s
        while (found := self._count()) == self._seen and not self._closed.is_set():
            left_s = deadline_s - time.monotonic()
            if left_s <= 0:
                return False
            self._closed.wait(min(LOOK_EVERY_S, left_s))
        self._seen = found
        return not self._closed.is_set()

    def close(self) -> None:
        with self._using:
            self._closed.set()
            self._connection.close()

    def _count(self) -> int:
        with self._using:
            if self._closed.is_set():
                return -1
            return int(self._connection.execute("PRAGMA data_version").fetchone()[0])


class _Listener:
    """The triggers' notifications, heard by a thread that connects again when it must."""

    def __init__(self, store: Store) -> None:
        self._engine = store.engine
        self._told, self._closed = Event(), Event()
        connection = self._connect()
        self._ending, self._end = socket.socketpair()
        self._thread = Thread(
            target=self._listen, args=[connection], name="gridmap-watcher", daemon=True
        )
        self._thread.start()

    def wait(self, timeout_s: float) -> bool:
        if self._closed.is_set() or not self._told.wait(timeout_s):
            return False
        self._told.clear()
        return not self._closed.is_set()

    def close(self) -> None:
        self._closed.set()
        self._end.close()
        self._told.set()
        self._thread.join()
        self._ending.close()

    def _connect(self) -> psycopg.Connection[Any]:
        arguments, options = self._engine.dialect.create_connect_args(self._engine.url)
        options = {"connect_timeout": CONNECT_TIMEOUT_S, **_KEEPALIVE, **options}
        connection = psycopg.connect(*arguments, **options, autocommit=True)
        try:
            connection.execute(f"LISTEN {CHANNEL}")
        except psycopg.Error:
            connection.close()
            raise
        return connection

    def _listen(self, connection: psycopg.Connection[Any] | None) -> None:
        while connection is not None:
            with closing(connection), suppress(psycopg.Error):
                self._hear(connection)
            connection = self._connect_again()

    def _hear(self, connection: psycopg.Connection[Any]) -> None:
        """Pass on what is notified, until the watch is closed or the connection is lost."""
        server = connection.pgconn
        # Not select(), which knows no file descriptor above 1,023.
        with selectors.DefaultSelector() as waiting:
            waiting.register(server.socket, selectors.EVENT_READ)
            waiting.register(self._ending, selectors.EVENT_READ)
            while not self._closed.is_set():
                waiting.select()
                server.consume_input()
                while server.notifies():
                    self._told.set()

    def _connect_again(self) -> psycopg.Connection[Any] | None:
        """Try until the server is back, and tell that something may have been missed."""
        while not self._closed.wait(TRY_EVERY_S):
            with suppress(psycopg.Error):
                connection = self._connect()
                self._told.set()
                return connection
        return None
