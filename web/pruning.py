"""The log of changes stays short: what is old is taken out when a service starts and every hour."""

from __future__ import annotations

import logging
import random
from threading import Event, Thread

from gridmap.errors import StoreError
from gridmap.storage import Store

log = logging.getLogger(__name__)

#: Within this after the start, each worker at a moment of its own: nothing waits for it, and what
#: one has taken out the next need not.
FIRST_S = 20.0
EVERY_S = 3_600.0
#: How long the end of a service waits for what is under way.
END_S = 2.0


class Pruner:
    """Prunes the log of changes of a store from a thread of its own until it is closed.

    Several processes may do so at once; none undoes what another has done.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._closed = Event()
        self._thread = Thread(target=self._prune, name="pruning", daemon=True)

    def start(self) -> None:
        """Begin, without waiting for anything."""
        self._thread.start()

    def close(self) -> None:
        """End; what is under way is waited for, but not for long."""
        self._closed.set()
        if self._thread.is_alive():
            self._thread.join(END_S)

    def _prune(self) -> None:
        wait_s = random.uniform(0, FIRST_S)
        while not self._closed.wait(wait_s):
            wait_s = EVERY_S
            try:
                self._store.prune_changes()
            except StoreError as error:
                log.warning("The log of changes is pruned in an hour: %s", error)
            except Exception:  # whatever it was: a log that is never pruned fills the disk
                log.exception("The log of changes is pruned in an hour.")
