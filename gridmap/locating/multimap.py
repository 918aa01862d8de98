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
        self._sieve = _Sieve(self.keys)

    def __len__(self) -> int:
        return len(self.keys)

    def get(self, key: int) -> Rows:
        """Return the values of one key, none for an unknown one."""
        wanted = np.uint64(key)
        first, last = self.keys.searchsorted(wanted), self.keys.searchsorted(wanted, "right")
        return self.values[first:last]

    def find(self, keys: Keys) -> tuple[npt.NDArray[np.intp], Rows]:
        """Look many keys up: the place of the key among those asked, and a value, for each hit."""
        likely = self._sieve.likely(keys)
        first = self.keys.searchsorted(keys[likely])
        known = np.flatnonzero(self.keys.take(first, mode="clip") == keys[likely])
        there, first = likely[known], first[known]
        if not len(there):
            return there, self.values[:0]
        counts = self.keys.searchsorted(keys[there], "right") - first
        places = np.repeat(there, counts)
        steps = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        return places, self.values[np.repeat(first, counts) + steps]


class _Sieve:
    """Tells most keys that are not there at once, in 16 to 32 bits a key."""

    def __init__(self, keys: Keys) -> None:
        self._shift = np.uint64(64 - max(int(np.ceil(np.log2(max(len(keys), 1)))) + 4, 10))
        self._bits = np.zeros(1 << (64 - int(self._shift) - 3), dtype=np.uint8)
        places = self._places(keys)
        np.bitwise_or.at(self._bits, places >> np.uint64(3), _BIT[places & np.uint64(7)])

    def _places(self, keys: Keys) -> Keys:
        return (keys * _SPREAD) >> self._shift

    def likely(self, keys: Keys) -> npt.NDArray[np.intp]:
        """Return the places of the keys that may be there."""
        if not len(keys):
            return np.empty(0, dtype=np.intp)
        places = self._places(keys)
        return np.flatnonzero(self._bits[places >> np.uint64(3)] & _BIT[places & np.uint64(7)])


_BIT = np.left_shift(1, np.arange(8)).astype(np.uint8)
#: An odd number that spreads keys over all bits.
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


def key(parent: int, part: int) -> int:
    """Make one key of two numbers below 2**31."""
    return (parent << 32) | part


def pairs(parents: Sequence[int], parts: Sequence[int]) -> Keys:
    """Make keys of many, as `key` does."""
    high = np.asarray(parents, dtype=np.uint64) << np.uint64(32)
    return high | np.asarray(parts, dtype=np.uint64)
