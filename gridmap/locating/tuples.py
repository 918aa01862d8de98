"""Many small tuples of numbers in one block of memory."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt


class Tuples:
    """A list of tuples of `width` numbers, eight bytes each.

    Parameters
    ----------
    width
        How many numbers each has.
    code
        `d` for floats, `q` for whole numbers, as in `array`.
    """

    def __init__(self, width: int, code: str = "d") -> None:
        self._width = width
        self._numbers = array(code)

    def __len__(self) -> int:
        return len(self._numbers) // self._width

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        if not 0 <= index < len(self):
            raise IndexError(index)
        start = index * self._width
        return tuple(self._numbers[start : start + self._width])

    def __setitem__(self, index: int, values: tuple[Any, ...]) -> None:
        start = index * self._width
        self._numbers[start : start + self._width] = array(self._numbers.typecode, values)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return (self[index] for index in range(len(self)))

    def append(self, values: tuple[Any, ...]) -> None:
        """Take one more."""
        self._numbers.extend(values)

    def columns(self) -> npt.NDArray[Any]:
        """Copy them into an array of shape (n, width)."""
        return np.array(self._numbers).reshape(-1, self._width)
