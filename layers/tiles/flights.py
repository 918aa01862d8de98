"""What many ask for at once is made once, and the others wait for it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import Event, Lock
from typing import TypeVar

T = TypeVar("T")


class Flights:
    """What is being made."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._under_way: dict[Hashable, Event] = {}

    def once(self, key: Hashable, get: Callable[[], T | None], make: Callable[[], T]) -> T:
        """
        Return what is held, or make it.

        Parameters
        ----------
        get
            Returns what is held.
        make
            Makes it and holds it if it may be held. Whoever waited makes it again if it was not.
        """
        while True:
            found = get()
            if found is not None:
                return found
            with self._lock:
                waiting_for = self._under_way.get(key)
                if waiting_for is None:
                    self._under_way[key] = done = Event()
            if waiting_for is not None:
                waiting_for.wait()
                continue
            try:
                # Somebody may have held it between the first look and our turn.
                found = get()
                return make() if found is None else found
            finally:
                with self._lock:
                    del self._under_way[key]
                done.set()
