"""What lies in what: pairs of an entry and its container, closed over all steps."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Pairs = npt.NDArray[np.int64]


def closed(direct: Pairs, count: int) -> Pairs:
    """Add to every pair (entry, container) the containers of the container, and theirs.

    Parameters
    ----------
    direct
        Shape (m, 2).
    count
        How many entries there are.
    """
    known = _unique(direct, count)
    while True:
        more = _unique(np.concatenate([known, _step(known, direct, count)]), count)
        if len(more) == len(known):
            return more
        known = more


def _step(known: Pairs, direct: Pairs, count: int) -> Pairs:
    """Join (a, b) with (b, c) to (a, c)."""
    links = Containers(direct, count)
    middle = known[:, 1]
    counts = np.diff(links.ends)[middle]
    entries = np.repeat(known[:, 0], counts)
    steps = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    above = links.values[np.repeat(links.ends[middle], counts) + steps]
    return np.column_stack([entries, above])


def _unique(pairs: Pairs, count: int) -> Pairs:
    codes = np.sort(pairs[:, 0] * count + pairs[:, 1])  # np.unique hashes, which is slower here
    codes = codes[np.concatenate([[True], codes[1:] != codes[:-1]])] if len(codes) else codes
    kept = np.column_stack([codes // max(count, 1), codes % max(count, 1)])
    known: Pairs = kept[kept[:, 0] != kept[:, 1]]
    return known


class Containers:
    """The containers, or other numbers, of every entry, in two arrays."""

    def __init__(self, pairs: Pairs, count: int) -> None:
        order = np.lexsort((pairs[:, 1], pairs[:, 0]))
        self.values: npt.NDArray[np.int32] = pairs[order, 1].astype(np.int32)
        self.ends = np.searchsorted(pairs[order, 0], np.arange(count + 1))

    def of(self, entry: int) -> npt.NDArray[np.int32]:
        """Return all that hold an entry."""
        return self.values[self.ends[entry] : self.ends[entry + 1]]
