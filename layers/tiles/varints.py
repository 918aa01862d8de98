"""Whole numbers as Protocol Buffers write them.

Source: Protocol Buffers, Encoding (base 128 varints, ZigZag).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Unsigned = npt.NDArray[np.uint64]


def zigzag(values: npt.NDArray[np.int64]) -> Unsigned:
    """Turn signed numbers into unsigned ones, small ones into small ones."""
    folded: Unsigned = ((values << 1) ^ (values >> 63)).astype(np.uint64)
    return folded


def varint(value: int) -> bytes:
    """Write one number that is not negative."""
    written = bytearray()
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    written.append(value)
    return bytes(written)
