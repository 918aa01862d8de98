"""Units as columns: what lies below what, sums, and a key that tells one tree from another."""

from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from layers.unit_tree import UnitTree

BEGAN = datetime(2025, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 1, tzinfo=UTC)
CODES = "abcdefg"
PARENTS = st.dictionaries(st.sampled_from(CODES), st.none() | st.sampled_from(CODES), max_size=7)


def tree(rows, times=None):
    rows = [(scheme, code, above) for scheme, code, above in rows]
    return UnitTree(
        np.arange(1, len(rows) + 1) * 10,
        tuple(rows),
        ("grid",) * len(rows),
        tuple(times or [(BEGAN, None)] * len(rows)),
    )


def above(code, parents):
    """A unit and those above it, told step by step."""
    chain = []
    while code in parents and code not in chain:
        chain.append(code)
        code = parents[code]
    return chain


@given(parents=PARENTS, counts=st.lists(st.integers(0, 9), min_size=7, max_size=7))
def test_sums_and_subtrees(parents, counts):
    units = tree([("general", code, parent) for code, parent in parents.items()])
    names = [code for _scheme, code in units.names]
    own = np.array(counts[: len(names)], dtype=np.int64)
    lineages = units.lineages(NOW)
    chains = {code: above(code, parents) for code in names}
    for place, code in enumerate(names):
        below = [other for other in names if code in chains[other]]
        expected = sum(int(own[names.index(other)]) for other in below)
        assert lineages.summed(own)[place] == expected
        under = lineages.under(np.array([place]))
        assert {name for name, is_under in zip(names, under, strict=True) if is_under} == set(below)


def test_schemes_and_times_are_kept_apart():
    change = NOW - timedelta(days=9)
    units = tree(
        [
            ("general", "a", None),
            ("general", "b", "a"),
            ("general", "b", None),
            ("police", "a", None),
            ("police", "b", "a"),
        ],
        [(BEGAN, None), (BEGAN, change), (change, None), (BEGAN, None), (BEGAN, None)],
    )
    own = np.array([0, 1, 0, 5])
    assert units.names == [("general", "a"), ("general", "b"), ("police", "a"), ("police", "b")]
    assert units.lineages(NOW).summed(own).tolist() == [0, 1, 5, 5]
    assert units.lineages(BEGAN).summed(own).tolist() == [1, 1, 5, 5]


def test_rows_by_id():
    units = tree([("general", code, None) for code in "abc"])
    assert units.rows_of(np.array([30, 10, 11, -1, 99])).tolist() == [2, 0, -1, -1, -1]
    assert tree([]).rows_of(np.array([1])).tolist() == [-1]
    assert tree([]).lineages(NOW).summed(np.array([], dtype=np.int64)).tolist() == []


def test_another_place_another_key():
    rows = [("general", "a", None), ("general", "b", "a")]
    keys = {
        tree(rows).key,
        tree([*rows[:1], ("general", "b", None)]).key,
        tree([*rows[:1], ("general", "c", "a")]).key,
        tree(rows, [(BEGAN, None), (BEGAN, NOW)]).key,
    }
    assert len(keys) == 4
    assert tree(rows).key == tree(list(rows)).key


def test_times_tell_editions_and_the_next_moment():
    day = timedelta(days=1)
    units = tree(
        [("general", "a", None), ("general", "b", "a")], [(BEGAN, NOW), (BEGAN, NOW + day)]
    )
    moments = (BEGAN - day, BEGAN, NOW, NOW + day)
    assert [units.edition(at) for at in moments] == [0, 1, 2, 3]
    assert [units.next_moment(at) for at in moments] == [BEGAN, NOW, NOW + day, None]
