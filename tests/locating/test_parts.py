"""The numbers of an address: what they are, in the forms that people write."""

from __future__ import annotations

import itertools
import time
from math import isnan, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.locating.parts import house_value, parts, take_apart
from gridmap.locating.writing import write

#: What is written, and the likeliest meaning of each number in it.
FORMS = [
    ("望云雅居5号楼", ["b5"]),
    ("望云雅居五号楼2单元301室", ["b5", "e2", "r301"]),
    ("望云雅居5栋", ["b5"]),
    ("望云雅居5幢", ["b5"]),
    ("望云雅居5座", ["b5"]),
    ("望云雅居A座", ["ba"]),
    ("A号楼", ["ba"]),
    ("望云雅居b栋3层", ["bb", "f3"]),
    ("望云雅居5#", ["b5"]),
    ("望云雅居5#楼", ["b5"]),
    ("望云雅居5楼", ["b5"]),
    ("望云雅居5号", ["h5"]),
    ("5号公寓", ["a5"]),
    ("紫荆公寓7公寓", ["a7"]),
    ("5栋楼", ["b5"]),
    ("第5号楼", ["b5"]),
    ("甲5号", ["h甲5"]),
    ("甲5号楼", ["b甲5"]),
    ("东5楼", ["b东5"]),
    ("5号甲", ["h5"]),
    ("5甲号", ["h5甲"]),
    ("44号院", ["h44"]),
    ("杜家坎44号院3号楼", ["h44", "b3"]),
    ("5a号楼", ["b5a"]),
    ("5-1号楼", ["b5-1"]),
    ("1号门", ["e1"]),
    ("3门", ["e3"]),
    ("12单元门", ["e12"]),
    ("5-2-301", ["b5-2-301"]),
    ("望云雅居5-2-301", ["b5", "e2", "r301"]),
    ("望云雅居5-2-301室", ["b5", "e2", "r301"]),
    ("望云雅居5-2", ["b5", "e2"]),
    ("望云雅居5-301", ["b5", "r301"]),
    ("望云雅居5-301室", ["b5", "r301"]),
    ("映屿街38号", ["h38"]),
    ("映屿街38", ["b38"]),
    ("005号楼", ["b5"]),
    ("69-17 GRAND AVENUE", ["b69-17"]),
    ("539 ELLSWORTH AVENUE", ["b539"]),
]


@pytest.mark.parametrize(("said", "meant"), FORMS)
def test_forms(said: str, meant: list[str]) -> None:
    assert [part.options[0] for part in parts(write(said).text)] == meant


@pytest.mark.parametrize(
    ("said", "among"),
    [
        ("映屿街38", "h38"),
        ("望云雅居5号", "b5"),
        ("望云雅居5-2", "h5-2"),
        ("69-17 grand avenue", "h69-17"),
        ("雅居东5楼", "b5"),
        ("五号公寓", "b5"),
        ("5楼", "f5"),
    ],
)
def test_other_meanings(said: str, among: str) -> None:
    (first, *_) = parts(write(said).text)
    assert among in first.options
    assert among != first.options[0]


@pytest.mark.parametrize(
    "said",
    ["地铁9号线", "5楼道堆物", "3门口", "5楼顶漏水", "12楼梯", "2房屋漏水", "望云雅居",
     "5年", "3次", "7x24", "第二中学"],
)  # fmt: skip
def test_numbers_of_other_things(said: str) -> None:
    found = parts(write(said).text)
    assert not [part for part in found if part.options[0][0] in "bah" and not part.bare]


def test_where_it_stands_and_whether_a_word_says_what_it_is() -> None:
    text = "望云雅居甲5号楼2单元 38"
    first, second, third = parts(text)
    assert text[first.start : first.end] == "甲5号楼"
    assert text[second.start : second.end] == "2单元"
    assert text[third.start : third.end] == "38"
    assert [one.bare for one in (first, second, third)] == [False, False, True]


@pytest.mark.parametrize(
    ("name", "base", "numbers"),
    [
        ("拂汀雅居1号楼", "拂汀雅居", ("b1",)),
        ("拂汀雅居1号楼2单元", "拂汀雅居", ("b1", "e2")),
        ("拂汀雅居", "拂汀雅居", ()),
        ("1号楼", "", ("b1",)),
        ("映屿街38号", "映屿街", ("h38",)),
        ("映屿街38号院", "映屿街", ("h38",)),
        ("紫荆公寓7公寓", "紫荆公寓", ("a7",)),
        ("示例大厦301室", "示例大厦301室", ()),
        ("示例38", "示例38", ()),
        ("1号楼超市", "1号楼超市", ()),
        ("", "", ()),
    ],
)
def test_take_apart(name: str, base: str, numbers: tuple[str, ...]) -> None:
    assert take_apart(name) == (base, numbers)


@pytest.mark.parametrize(
    ("number", "value"),
    [("h38", 38), ("h甲5", 5), ("h69-17", 6917), ("h5a", 5), ("h5-2", 502), ("h", nan), ("", nan)],
)
def test_house_value(number: str, value: float) -> None:
    found = house_value(number)
    assert found == value or (isnan(found) and isnan(value))


@given(st.text("甲东望a1239-#号楼栋座院单元门室层 第", max_size=40))
def test_parts_stand_in_order_and_apart(text: str) -> None:
    found = parts(text)
    for one, other in itertools.pairwise(found):
        assert one.end <= other.start
    for part in found:
        assert 0 <= part.start < part.end <= len(text)
        assert part.options
        assert all(option[0] in "bahref" for option in part.options)
    base, numbers = take_apart(text)
    assert text.startswith(base)
    assert len(numbers) <= len(found)


@pytest.mark.parametrize(
    "piece", ["1-", "甲", "甲1", "1号", "第", "9", "a", "1-1-1-1 ", "东西南北"]
)
def test_time_grows_with_the_length_only(piece: str) -> None:
    began = time.perf_counter()
    parts(piece * 20_000)
    assert time.perf_counter() - began < 2.0
