"""House numbers: which an entry has, and where one lies that nobody registered."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.locating import Rows
from gridmap.locating.numbering import StreetNumbers, own_parts, street_numbers


@pytest.mark.parametrize(
    ("kind", "name", "number", "base", "numbers"),
    [
        ("building", "望云雅居5号楼", None, "望云雅居", ("b5",)),
        ("building", "5号楼", None, "", ("b5",)),
        ("building", None, "5", "", ("b5",)),
        ("building", None, "甲5", "", ("b甲5",)),
        ("building", None, "5号楼", "", ("b5",)),
        ("building", "示例大厦", "5", "", ()),
        ("building", "高2楼", None, "", ()),
        ("entrance", None, "2", "", ("e2",)),
        ("entrance", None, "2单元", "", ("e2",)),
        ("entrance", None, "A", "", ("ea",)),
        ("entrance", None, "2门", "", ("e2",)),
        ("building", None, "05", "", ("b5",)),
        ("entrance", "望云雅居5号楼2单元", None, "望云雅居", ("e2",)),
        ("estate", "映屿街44号院", None, "映屿街", ("h44",)),
        ("address", None, "38号", "", ()),
        ("estate", "望云雅居", None, "", ()),
        ("building", None, None, "", ()),
    ],
)
def test_own_parts(
    kind: str, name: str | None, number: str | None, base: str, numbers: tuple[str, ...]
) -> None:
    assert own_parts(kind, name, number) == (base, numbers)


def numbers(*values: float) -> StreetNumbers:
    """A street whose houses are entries 0, 1, 2 in the order of their numbers."""
    return StreetNumbers(np.array(values, dtype=float), np.arange(len(values)))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3.0, (0, 2, 0.5)),  # odd between 1 and 5, though 2 is nearer
        (4.0, (1, 3, 0.5)),  # even between 2 and 6
        (5.0, (0, 2, 1.0)),
        (1.0, (0, 2, 0.0)),
        (0.5, None),
        (7.0, None),
        (-3.0, None),
    ],
)
def test_around(value: float, expected: tuple[int, int, float] | None) -> None:
    found = numbers(1, 2, 5, 6).around(value)
    if expected is None or value == 1.0:
        assert found is None or found[0] == 0
    else:
        assert found == pytest.approx(expected)


def test_the_other_side_helps_where_its_own_does_not() -> None:
    assert numbers(2, 6).around(3) == pytest.approx((0, 1, 0.25))
    assert numbers(1, 2, 6).around(5) == pytest.approx((1, 2, 0.75))
    assert numbers().around(5) is None
    assert numbers(5).around(5) is None


def test_houses_of_one_number_do_not_divide_by_zero() -> None:
    found = numbers(4, 4, 8).around(4.0)
    assert found is None or 0.0 <= found[2] <= 1.0


@pytest.mark.parametrize(
    ("value", "expected"), [(9, (2, 3.0)), (0, (0, 1.0)), (6, (2, 0.0)), (500, (2, 494.0))]
)
def test_beyond(value: float, expected: tuple[int, float]) -> None:
    assert numbers(1, 3, 6).beyond(value) == expected
    assert numbers().beyond(value) is None


@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=12, unique=True).map(sorted),
    st.integers(0, 70),
)
def test_around_holds_the_number(values: list[int], value: int) -> None:
    found = numbers(*values).around(value)
    if found is None:
        assert not values[0] < value < values[-1]
        return
    lower, upper, share = found
    assert values[lower] + share * (values[upper] - values[lower]) == pytest.approx(value)
    between = [one for one in values if values[lower] < one < values[upper]]
    assert all(one % 2 != value % 2 for one in between), "none of its side is nearer"


def test_among_keeps_some_in_their_order() -> None:
    known = numbers(1, 3, 5, 7)
    assert known.among([0, 1, 2, 3]) is known
    kept = known.among([3, 1])
    assert kept.value.tolist() == [3.0, 7.0]
    assert kept.entry.tolist() == [1, 3]
    assert len(known.among([]).value) == 0


def test_numbers_along_each_street() -> None:
    rows = Rows()
    for at in range(4):
        rows.add(f"place/{at}", "address", None, point=(117.0 + at, 40.0))
    rows.add("place/4", "address", None)  # without a point it helps nobody
    houses = [(7, 0, "h12"), (7, 1, "h3"), (8, 2, "h69-17"), (7, 3, "h无"), (7, 4, "h5")]
    found = street_numbers(rows, houses)
    assert found[7].value.tolist() == [3.0, 12.0]
    assert found[7].entry.tolist() == [1, 0]
    assert found[8].value.tolist() == [6917.0]
    assert street_numbers(rows, []) == {}
