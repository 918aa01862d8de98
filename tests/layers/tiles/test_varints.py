"""Numbers as Protocol Buffers write them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from layers.tiles.varints import varint, zigzag


def test_the_numbers_of_the_documentation():
    assert varint(1) == b"\x01"
    assert varint(150) == b"\x96\x01"


@given(st.lists(st.integers(-(2**62), 2**62)))
def test_signs_are_folded(numbers):
    folded = zigzag(np.array(numbers, dtype=np.int64))
    assert folded.tolist() == [2 * one if one >= 0 else -2 * one - 1 for one in numbers]
