"""What lies in what: pairs of an entry and its container, closed over all steps."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Pairs = npt.NDArray[np.int64]
#: Pairs as one number each: the entry times the count of all, plus the container.
Codes = npt.NDArray[np.int64]


def closed(direct: Pairs, count: int) -> Pairs:
    """Add to every pair (entry, container) the containers of the container, and theirs.

    Parameters
    ----------
    direct
        Shape (m, 2).
    count
        How many entries there are.
    """
    links = Containers(direct, count)
    known = new = _codes(direct, count)
    while len(new):
        found = _step(new, links, count)
        new = found[~_among(found, known)]
        known = np.sort(np.concatenate([known, new]))
    return np.column_stack([known // max(count, 1), known % max(count, 1)])


def _step(new: Codes, links: Containers, count: int) -> Codes:
    """Join (a, b) with (b, c) to (a, c)."""
    middle = new % max(count, 1)
    counts = np.diff(links.ends)[middle]
    steps = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    steps += np.repeat(links.ends[middle], counts)
    above = links.values[steps]
    del steps  # millions of each
    return _once(np.repeat(new - middle, counts) + above, count)


def _codes(pairs: Pairs, count: int) -> Codes:
    """Write pairs as one number each, every pair once; nothing holds itself."""
    return _once(pairs[:, 0] * count + pairs[:, 1], count)


def _once(codes: Codes, count: int) -> Codes:
    codes = np.sort(codes)  # np.unique hashes, which is slower here
    first = np.ones(len(codes), dtype=bool)
    first[1:] = codes[1:] != codes[:-1]
    codes = codes[first]
    kept: Codes = codes[codes // max(count, 1) != codes % max(count, 1)]
    return kept


def _among(codes: Codes, known: Codes) -> npt.NDArray[np.bool_]:
    """Tell which of some codes are among sorted ones."""
    if not len(known):
        return np.zeros(len(codes), dtype=bool)
    places = np.searchsorted(known, codes)
    found: npt.NDArray[np.bool_] = known.take(places, mode="clip") == codes
    return found


class Containers:
    """The containers, or other numbers, of every entry, in two arrays."""

    def __init__(self, pairs: Pairs, count: int) -> None:
        order = np.lexsort((pairs[:, 1], pairs[:, 0]))
        self.values: npt.NDArray[np.int32] = pairs[order, 1].astype(np.int32)
        self.ends = np.searchsorted(pairs[order, 0], np.arange(count + 1))

    def of(self, entry: int) -> npt.NDArray[np.int32]:
        """Return all that hold an entry."""
        return self.values[self.ends[entry] : self.ends[entry + 1]]
