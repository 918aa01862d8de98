"""Many values for a key, in two numpy arrays: small in memory, and quick to send to a process."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int32]


class Multimap:
    """Values of whole numbers under keys of whole numbers.

    Parameters
    ----------
    keys
        Shape (n,), below 2**64; a key may come often.
    values
        Shape (n,), below 2**31; they keep their order under a key.
    """

    def __init__(self, keys: npt.ArrayLike, values: npt.ArrayLike) -> None:
        unsorted = np.asarray(keys, dtype=np.uint64)
        order = np.argsort(unsorted, kind="stable")
        self.keys: Keys = unsorted[order]
        self.values: Rows = np.asarray(values, dtype=np.int32)[order]

    def __len__(self) -> int:
        return len(self.keys)

    def get(self, key: int) -> Rows:
        """Return the values of one key, none for an unknown one."""
        wanted = np.uint64(key)
        first, last = self.keys.searchsorted(wanted), self.keys.searchsorted(wanted, "right")
        return self.values[first:last]

    def find(self, keys: Keys) -> tuple[npt.NDArray[np.intp], Rows]:
        """Look many keys up: the place of the key among those asked, and a value, for each hit."""
        first = self.keys.searchsorted(keys)
        there = (
            np.flatnonzero(self.keys.take(first, mode="clip") == keys) if len(self) else first[:0]
        )
        if not len(there):
            return there, self.values[:0]
        first = first[there]
        counts = self.keys.searchsorted(keys[there], "right") - first
        places = np.repeat(there, counts)
        steps = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        return places, self.values[np.repeat(first, counts) + steps]


def key(parent: int, part: int) -> int:
    """Make one key of two numbers below 2**31."""
    return (parent << 32) | part


def pairs(parents: Sequence[int], parts: Sequence[int]) -> Keys:
    """Make keys of many, as `key` does."""
    high = np.asarray(parents, dtype=np.uint64) << np.uint64(32)
    return high | np.asarray(parts, dtype=np.uint64)
