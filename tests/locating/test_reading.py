"""A text read: names and numbers in it, their roles, and whether something is named besides."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.places_town import gazetteer

from gridmap.locating.reading import Reading, is_small_gap, limits_of, read

TOWN = gazetteer()


def names(reading: Reading) -> list[tuple[str, str]]:
    """The words of each name, with its role."""
    written = reading.written
    return [(written.words(m.start, m.end), m.role) for m in reading.mentions]


def numbers(reading: Reading) -> list[str]:
    return [part.options[0] for part in reading.parts]


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("望云雅居5号楼", [("望云雅居", "")]),
        ("反映望云雅居5号楼", [("望云雅居", "meant")]),
        ("家住望云雅居，反映映屿家园2号楼", [("望云雅居", "home"), ("映屿家园", "meant")]),
        ("本人住望云雅居", [("望云雅居", "home")]),
        ("不是望云雅居，是映屿家园", [("望云雅居", "not"), ("映屿家园", "")]),
        ("望云雅居对面康宁药店", [("望云雅居", "anchor"), ("康宁药店", "")]),
        ("望云雅居5号楼对面康宁药店", [("望云雅居", "anchor"), ("康宁药店", "")]),
        ("望云雅居对面", [("望云雅居", "")]),  # then it is the place itself
        ("not main street but elder lane", [("main street", "not"), ("elder lane", "")]),
        ("没有地方", []),
    ],
)
def test_roles(text: str, roles: list[tuple[str, str]]) -> None:
    assert names(read(TOWN, text)) == roles


@pytest.mark.parametrize(
    ("text", "found", "parts"),
    [
        ("望云雅居5号楼2单元301室", ["望云雅居"], ["b5", "e2", "r301"]),
        ("四方景园一区3号楼", ["四方景园一区"], ["b3"]),  # the 1 belongs to the name
        ("990101001002的3号", ["990101001002"], ["h3"]),  # no street: it names nothing
        ("电话13900000000", [], []),
        ("河东街道柳林社区望云雅居", ["河东街道", "柳林社区", "望云雅居"], []),
        ("桥头公园", ["桥头公园"], []),  # the longest name, not 桥头
        ("69-17 grand ave, maspeth", ["grand ave", "maspeth"], ["b69-17"]),
    ],
)
def test_names_and_numbers(text: str, found: list[str], parts: list[str]) -> None:
    reading = read(TOWN, text)
    assert [words for words, _ in names(reading)] == found
    assert numbers(reading) == parts


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("望云雅居5号楼", False),
        ("锦绣翠湖家园5号楼", True),
        ("柳林社区锦绣翠湖5号楼", True),
        ("柳林社区5号楼", False),
        ("反映5号楼漏水", False),
        ("示例区河东街道5号楼", False),
        ("城北区新风街道5号楼", False),  # the name of a wide unit is no name of an estate
        ("12 main street brooklyn", True),
        ("12 main street maspeth", False),
        ("corner of elm street and oak street", False),
        ("清华大学西门", False),
    ],
)
def test_whether_something_else_is_named(text: str, unknown: bool) -> None:
    assert read(TOWN, text).unknown is unknown


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("旺云雅居5号楼", "望云雅居"),
        ("望云雅阁5号楼", "望云"),
        ("望雅居5号楼", "望云雅居"),
        ("四方井园一区3号楼", "四方景园一区"),
        ("四方景圆1区3号楼", "四方景园一区"),
        ("汀烂公寓2号楼", "汀兰公寓"),
        ("康宁药点", "康宁药店"),
        ("镇法小区2号楼", "映屿家园"),  # by its other name
        ("7 eledr lane", "elder lane"),
        ("7 elderlane", "elder lane"),
    ],
)
def test_names_with_a_slip(text: str, meant: str) -> None:
    (mention,) = read(TOWN, text).mentions
    known = {(TOWN.rows.name[entry] or "").lower() for entry in mention.entries}
    assert any(name.startswith(meant) for name in known)


def test_a_name_with_a_slip_is_less_sure_than_one_as_registered() -> None:
    (exact,) = read(TOWN, "望云雅居").mentions
    (heard,) = read(TOWN, "旺云雅居").mentions
    (slip,) = read(TOWN, "四方景团一区3号楼").mentions
    assert exact.sureness == 1.0
    assert exact.sureness > heard.sureness > slip.sureness > 0.5


@pytest.mark.parametrize(
    "text", ["望山雅苑5号楼", "甲乙丙丁", "四方早晚一区9号楼垃圾", "13 mein streat"]
)
def test_too_many_slips_are_no_name(text: str) -> None:
    assert names(read(TOWN, text)) == []


def test_units_and_quarters_are_limits() -> None:
    reading = read(TOWN, "河东街道望云雅居，第一网格")
    assert [m.is_limit for m in reading.mentions] == [True, False, True]
    limits = limits_of(reading)
    assert [len(limit) for limit in limits] == [1, 2]
    quarters = limits_of(read(TOWN, "12 main street, harlem"))
    assert quarters == (frozenset([TOWN.numbers["locality/HARLEM"]]),)


def test_a_number_alone_is_all_places_that_have_it() -> None:
    (mention,) = read(TOWN, "7号楼").mentions
    assert [TOWN.label(entry) for entry in mention.entries] == ["幸福里小区7号楼"]
    (mention,) = read(TOWN, "河西街道3号楼").mentions[1:]
    assert {TOWN.label(entry) for entry in mention.entries} == {
        "四方景园一区3号楼", "四方景园二区3号楼",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("between", "is_small"),
    [
        ("", True), ("的", True), ("小区", True), ("院内", True), ("北", True), ("旁边的", False),
        ("锦绣路", False), ("对面", False), ("社区居民楼", True), ("光东里", False),
    ],
)  # fmt: skip
def test_what_may_stand_between_a_name_and_its_number(between: str, is_small: bool) -> None:
    assert is_small_gap(between) is is_small


@given(st.text("望旺云雅居幸福里小区柳林社河东街道5一号楼单元，的家住不是mainstre 0", max_size=40))
def test_what_is_read_lies_in_the_text_and_apart(text: str) -> None:
    reading = read(TOWN, text)
    length = len(reading.written.text)
    taken: set[int] = set()
    for one in reading.spans:
        assert 0 <= one.start < one.end <= length
        assert taken.isdisjoint(range(one.start, one.end))
        taken.update(range(one.start, one.end))
    for mention in reading.mentions:
        assert mention.entries
        assert 0 < mention.sureness <= 1
        assert all(0 < fit <= 1 for fit in mention.entries.values())
        assert mention.role in ("", "home", "not", "anchor", "meant")
