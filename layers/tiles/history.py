"""What has changed in the store, in the order in which this process heard of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from gridmap.storage.changes import Change

#: Older changes are forgotten; whoever holds something from before begins anew.
MOST_CHANGES = 20_000


class History:
    """
    The changes of each generation: between two generations the store has changed.

    Attributes
    ----------
    generation
        Of the newest snapshot that anybody in this process has seen.
    """

    def __init__(self) -> None:
        self.generation = 0
        self._steps: deque[tuple[int, Sequence[Change]]] = deque()
        self._held = 0

    def add(self, changes: Sequence[Change]) -> None:
        """Begin a generation that differs by these changes from the one before."""
        self.generation += 1
        self._steps.append((self.generation, changes))
        self._held += len(changes)
        while self._held > MOST_CHANGES:
            self._held -= len(self._steps.popleft()[1])

    def restart(self) -> None:
        """Begin a generation of which nothing is known."""
        self.generation += 1
        self._steps.clear()
        self._held = 0

    def since(self, generation: int) -> list[Change] | None:
        """Return what has changed since a generation; None if that is no longer known."""
        missing = self.generation - generation
        if missing > len(self._steps):
            return None
        newer = (changes for step, changes in self._steps if step > generation)
        return [change for changes in newer for change in changes]
