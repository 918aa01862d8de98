"""Waiting for somebody to change a store, without asking it again and again what changed."""

from __future__ import annotations

import time
from threading import Event
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gridmap.storage.store import Store

#: How often the embedded store's counter is read, in seconds.
LOOK_EVERY_S = 0.15


class Watcher:
    """A watch over a store, for one thread that waits; close it when it is needed no more."""

    def __init__(self, store: Store) -> None:
        self._closed = Event()
        self._watch = _Counter(store, self._closed)

    def wait(self, timeout_s: float) -> bool:
        """Wait until somebody has changed the store.

        Returns
        -------
        changed
            True as soon as anything was committed, by any process, since the last call answered
            True or the watch began; at most 0.25 s after it. False when the time is over or the
            watch is closed.
        """
        return self._watch.wait(timeout_s)

    def close(self) -> None:
        """End the watch; who waits is told False."""
        self._closed.set()
        self._watch.close()


class _Counter:
    """The counter in a SQLite file that rises with every commit of another connection."""

    def __init__(self, store: Store, closed: Event) -> None:
        self._closed = closed
        self._pooled = store.engine.raw_connection()
        self._pooled.detach()
        self._connection: Any = self._pooled.driver_connection
        self._seen = self._count()

    def wait(self, timeout_s: float) -> bool:
        deadline_s = time.monotonic() + timeout_s
        while not self._closed.is_set():
            found = self._count()
            if found != self._seen:
                self._seen = found
                return True
            left_s = deadline_s - time.monotonic()
            if left_s <= 0:
                return False
            self._closed.wait(min(LOOK_EVERY_S, left_s))
        return False

    def close(self) -> None:
        self._pooled.close()

    def _count(self) -> int:
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])
