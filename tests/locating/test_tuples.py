"""Numbers of a fixed count for each entry, as a list of tuples would hold them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gridmap.locating.tuples import Tuples

PAIRS = st.lists(st.tuples(st.floats(allow_nan=False), st.floats(allow_nan=False)), max_size=10)


@given(PAIRS)
def test_as_a_list_of_tuples(pairs: list[tuple[float, float]]) -> None:
    held = Tuples(2)
    for pair in pairs:
        held.append(pair)
    assert len(held) == len(pairs)
    assert [held[at] for at in range(len(held))] == pairs
    assert held.columns().tolist() == [list(pair) for pair in pairs]
    if pairs:
        held[0] = (1.0, 2.0)
        assert held[0] == (1.0, 2.0)
        assert [held[at] for at in range(1, len(held))] == pairs[1:]


def test_whole_numbers_stay_whole() -> None:
    held = Tuples(2, "q")
    held.append((-(2**63), 2**63 - 1))
    assert held[0] == (-(2**63), 2**63 - 1)
