"""Hashes of all stretches of a text at once: polynomials over the characters, modulo 2**64.

A stretch c[i:j] has the hash sum(c[i + t] * B**t), so that the sums over all beginnings of the text
give the hash of any stretch, and of any stretch without one of its characters, by a subtraction and
a product. Hits are compared as text afterwards: a collision costs a look, never a wrong answer.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
Places = npt.NDArray[np.intp]

_BASE = 0x9E3779B97F4A7C15  # odd, hence with an inverse
_INVERSE = pow(_BASE, -1, 2**64)
_LONGEST = 512


def _powers(base: int) -> Hashes:
    values, value = [], 1
    for _ in range(_LONGEST + 1):
        values.append(value)
        value = value * base % 2**64
    return np.array(values, dtype=np.uint64)


_POWERS, _INVERSES = _powers(_BASE), _powers(_INVERSE)


class Stretches:
    """The hashes of the stretches of one text of at most 512 characters."""

    def __init__(self, text: str) -> None:
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
        self.length = len(codes)
        self._sums = np.zeros(self.length + 1, dtype=np.uint64)
        np.cumsum((codes + np.uint64(1)) * _POWERS[: self.length], out=self._sums[1:])

    def hashes(self, start: Places, end: Places) -> Hashes:
        """Hash the stretches from each start to each end, shape (n,)."""
        return (self._sums[end] - self._sums[start]) * _INVERSES[start]

    def without(self, start: Places, end: Places, left_out: Places) -> Hashes:
        """Hash the same stretches without the character at a place within them, shape (n,)."""
        before = (self._sums[left_out] - self._sums[start]) * _INVERSES[start]
        after = (self._sums[end] - self._sums[left_out + 1]) * _INVERSES[start + 1]
        return before + after


def stretch_hash(text: str) -> int:
    """Hash a whole text of any length, as `many` does."""
    return int(many([text])[0])


def many(texts: list[str]) -> Hashes:
    """Hash many whole texts, shape (n,)."""
    joined, ends = _joined(texts)
    starts = np.concatenate([[0], ends[:-1]]).astype(np.intp)
    return _sum_up(joined, _within(starts, ends), starts, ends)


def many_without(texts: list[str]) -> tuple[Hashes, Places]:
    """Hash every one of many texts without each of its characters, and tell which text it was."""
    shorter = [text[:place] + text[place + 1 :] for text in texts for place in range(len(text))]
    return many(shorter), np.repeat(np.arange(len(texts)), [len(text) for text in texts])


def _joined(texts: list[str]) -> tuple[npt.NDArray[np.uint32], Places]:
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype="<u4")
    return codes, np.cumsum([len(text) for text in texts], dtype=np.intp)


def _within(starts: Places, ends: Places) -> Places:
    """Tell for every character its place in its own text."""
    if not len(ends):
        return np.empty(0, dtype=np.intp)
    return np.arange(ends[-1]) - np.repeat(starts, ends - starts)


def _sum_up(codes: npt.NDArray[np.uint32], within: Places, starts: Places, ends: Places) -> Hashes:
    terms = (codes + np.uint64(1)) * _POWERS[np.minimum(within, _LONGEST)]
    sums = np.zeros(len(codes) + 1, dtype=np.uint64)
    np.cumsum(terms, out=sums[1:])
    hashes: Hashes = sums[ends] - sums[starts]
    return hashes
