"""Numbers as Protocol Buffers write them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from layers.tiles.varints import lengths, packed, varint, zigzag

NUMBERS = st.lists(st.integers(0, 2**63 - 1) | st.integers(0, 300) | st.integers(0, 20_000))


@given(NUMBERS)
def test_many_are_written_as_each_is(numbers):
    values = np.array(numbers, dtype=np.uint64)
    assert packed(values) == b"".join(varint(number) for number in numbers)
    assert lengths(values).tolist() == [len(varint(number)) for number in numbers]


def test_the_numbers_of_the_documentation():
    assert varint(1) == b"\x01"
    assert varint(150) == b"\x96\x01"


@given(st.lists(st.integers(-(2**62), 2**62)))
def test_signs_are_folded(numbers):
    folded = zigzag(np.array(numbers, dtype=np.int64))
    assert folded.tolist() == [2 * one if one >= 0 else -2 * one - 1 for one in numbers]
