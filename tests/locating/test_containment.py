"""What lies in what, against a walk from each entry."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gridmap.locating.containment import Containers, closed

COUNT = 8
LINKS = st.lists(st.tuples(st.integers(0, COUNT - 1), st.integers(0, COUNT - 1)), max_size=20)


def reached(links: list[tuple[int, int]]) -> set[tuple[int, int]]:
    """Walk up from every entry; nothing holds itself."""
    pairs = set()
    for start in range(COUNT):
        waiting, seen = [start], set()
        while waiting:
            at = waiting.pop()
            above = {b for a, b in links if a == at} - seen
            seen |= above
            waiting += above
        pairs |= {(start, end) for end in seen if end != start}
    return pairs


def pairs_of(links: list[tuple[int, int]]) -> np.ndarray:
    return np.array(links, dtype=np.int64).reshape(-1, 2)


@given(LINKS)
def test_closed_over_all_steps(links: list[tuple[int, int]]) -> None:
    found = closed(pairs_of(links), COUNT).tolist()
    assert {(a, b) for a, b in found} == reached(links)
    assert len(found) == len(reached(links)), "each pair once"


@given(LINKS)
def test_containers_of_each(links: list[tuple[int, int]]) -> None:
    containers = Containers(closed(pairs_of(links), COUNT), COUNT)
    for entry in range(COUNT):
        expected = sorted(b for a, b in reached(links) if a == entry)
        assert containers.of(entry).tolist() == expected


def test_long_chain_and_nothing() -> None:
    chain = [(at, at + 1) for at in range(30)]
    assert len(closed(pairs_of(chain), 31)) == 30 * 31 / 2
    assert len(closed(pairs_of([]), 0)) == 0
    assert Containers(pairs_of([]), 2).of(1).tolist() == []
