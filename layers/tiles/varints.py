"""Whole numbers as Protocol Buffers write them, many at once.

Source: Protocol Buffers, Encoding (base 128 varints, ZigZag).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Unsigned = npt.NDArray[np.uint64]

_LAST_SEVEN, _MORE = np.uint64(0x7F), np.uint64(0x80)


def zigzag(values: npt.NDArray[np.int64]) -> Unsigned:
    """Turn signed numbers into unsigned ones, small ones into small ones."""
    folded: Unsigned = ((values << 1) ^ (values >> 63)).astype(np.uint64)
    return folded


def lengths(values: Unsigned) -> npt.NDArray[np.int64]:
    """Return how many bytes each number takes, shape (n,)."""
    found = np.ones(len(values), dtype=np.int64)
    limit, largest = 1 << 7, int(values.max(initial=0))
    while limit <= largest:
        found += values >= np.uint64(limit)
        limit <<= 7
    return found


def packed(values: Unsigned) -> bytes:
    """Write numbers one after the other."""
    sizes = lengths(values)
    ends = np.cumsum(sizes)
    starts = ends - sizes
    out = np.empty(int(ends[-1]) if len(ends) else 0, dtype=np.uint8)
    out[starts] = (values & _LAST_SEVEN) | np.where(sizes > 1, _MORE, np.uint64(0))
    for place in range(1, int(sizes.max(initial=1))):
        there = sizes > place
        rest = (values[there] >> np.uint64(7 * place)) & _LAST_SEVEN
        out[starts[there] + place] = rest | np.where(sizes[there] > place + 1, _MORE, np.uint64(0))
    return out.tobytes()


def varint(value: int) -> bytes:
    """Write one number that is not negative."""
    written = bytearray()
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    written.append(value)
    return bytes(written)
