"""Many values for a key, against a dictionary of lists."""

from __future__ import annotations

import pickle
from collections import defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gridmap.locating.multimap import Multimap, key, pairs

KEYS = st.one_of(st.integers(0, 20), st.integers(0, 2**64 - 1))
VALUES = st.integers(0, 2**31 - 1)
PAIRS = st.lists(st.tuples(KEYS, VALUES), max_size=60)


def naive(entries: list[tuple[int, int]]) -> dict[int, list[int]]:
    known = defaultdict(list)
    for at, value in entries:
        known[at].append(value)
    return known


def made(entries: list[tuple[int, int]]) -> Multimap:
    keys = np.array([at for at, _ in entries], dtype=np.uint64)
    return Multimap(keys, [value for _, value in entries])


@given(PAIRS, st.lists(KEYS, max_size=20))
def test_as_a_dictionary_of_lists(entries: list[tuple[int, int]], others: list[int]) -> None:
    known, found = naive(entries), made(entries)
    assert len(found) == len(entries)
    for at in [*known, *others]:
        assert found.get(at).tolist() == known.get(at, [])


@given(PAIRS, st.lists(KEYS, max_size=20))
def test_many_keys_at_once(entries: list[tuple[int, int]], others: list[int]) -> None:
    known = naive(entries)
    asked = [*others, *known, *others]
    places, values = made(entries).find(np.array(asked, dtype=np.uint64))
    expected = [(place, value) for place, at in enumerate(asked) for value in known.get(at, [])]
    assert list(zip(places.tolist(), values.tolist(), strict=True)) == expected


@given(PAIRS)
def test_a_copy_in_another_process_answers_alike(entries: list[tuple[int, int]]) -> None:
    known = made(entries)
    copied = pickle.loads(pickle.dumps(known))
    asked = np.array([at for at, _ in entries], dtype=np.uint64)
    for one, other in zip(known.find(asked), copied.find(asked), strict=True):
        assert one.tolist() == other.tolist()


def test_nothing_is_known_and_nothing_asked() -> None:
    empty = made([])
    assert empty.get(3).tolist() == []
    places, values = empty.find(np.array([1, 2], dtype=np.uint64))
    assert (len(places), len(values)) == (0, 0)
    assert len(made([(1, 2)]).find(np.array([], dtype=np.uint64))[0]) == 0


@given(st.lists(st.tuples(st.integers(0, 2**31 - 1), st.integers(0, 2**31 - 1)), max_size=20))
def test_keys_of_two_numbers_are_told_apart(numbers: list[tuple[int, int]]) -> None:
    one, other = [a for a, _ in numbers], [b for _, b in numbers]
    assert pairs(one, other).tolist() == [key(a, b) for a, b in numbers]
    assert len({key(a, b) for a, b in numbers}) == len(set(numbers))
