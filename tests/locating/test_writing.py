"""One way of writing: width, case, numerals, old characters, and the way back to what was given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.locating.writing import LIMIT, spelling, write

#: Any code point at all, halves of surrogate pairs among them.
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=60)
#: What addresses are made of; marks that part are left out, for they stand for two places.
ADDRESS = st.text("望云一二十百两甲号楼栋座单元门第区院室街路 -#12０９ＡbZſ號樓", max_size=30)
LATIN = st.lists(st.sampled_from(("w", "42nd", "st", "grand", "Ave", "69-17", "N", "1st", "ct")))


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("５＃楼", "5#楼"),
        ("Ａ座３０１", "a座301"),
        ("望云雅居 5 号 楼", "望云雅居5号楼"),
        ("望云　雅居", "望云雅居"),
        ("望云\x00雅\u200b居\n", "望云雅居"),
        ("“望云”雅居（南区）", "望云雅居南区"),
        ("望云·雅居", "望云雅居"),
        ("望雲樓5號", "望雲楼5号"),
        ("幢", "栋"),
        ("①号楼", "1号楼"),
        ("二〇二室", "202室"),
        ("——5—6——", "5-6"),
        ("雅居-5号楼", "雅居5号楼"),
        ("5-2-301", "5-2-301"),
        ("I'm at 3 W 42nd St.", "im at 3 west 42 street"),
        ("5 Ave & E 1st St", "5 avenue and east 1 street"),
        ("GRAND AVENUE,MASPETH", "grand avenue maspeth"),
        ("望云中心E座", "望云中心e座"),
        ("Café", "café"),
        ("", ""),
        ("，。！", ""),
        ("😀5号楼", "5号楼"),
    ],
)
def test_many_ways_are_one(said: str, text: str) -> None:
    assert write(said).text == text


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("五号楼", "5号楼"),
        ("十号楼", "10号楼"),
        ("十二栋", "12栋"),
        ("二十座", "20座"),
        ("三十五单元", "35单元"),
        ("一百零八号", "108号"),
        ("一百二十三号", "123号"),
        ("两单元", "2单元"),
        ("零八号", "08号"),
        ("三〇五室", "305室"),
        ("第一网格", "第1网格"),
        ("甲五号", "甲5号"),
        ("十二条三十一号", "12条31号"),
        ("四方景园一区五号楼", "四方景园1区5号楼"),
        ("五里小区", "五里小区"),
        ("三里河", "三里河"),
        ("万寿路", "万寿路"),
    ],
)
def test_numbers_are_arabic_before_what_they_count(said: str, text: str) -> None:
    assert write(said).text == text


@pytest.mark.parametrize(
    ("said", "text", "breaks"),
    [
        ("望云雅居，5号楼", "望云雅居5号楼", {4}),
        ("甲、乙；丙", "甲乙丙", {1, 2}),
        ("甲,,乙", "甲乙", {1}),
        ("甲。", "甲", {1}),
        ("，甲", "甲", set()),
        ("GRAND AVENUE, MASPETH, QUEENS", "grand avenue maspeth queens", {13, 21}),
        ("甲 乙", "甲乙", set()),
    ],
)
def test_marks_are_remembered(said: str, text: str, breaks: set[int]) -> None:
    written = write(said)
    assert (written.text, set(written.breaks)) == (text, breaks)


@pytest.mark.parametrize(
    ("said", "part", "words"),
    [
        ("我在 望云雅居 ５＃楼 门口", "5#楼", "５＃楼"),
        ("望云雅居二十三号楼", "23号楼", "二十三号楼"),
        ("at 12 E 42nd St.", "east 42 street", "E 42nd St"),
        ("A & B", "and", "&"),
        ("（望云）雅居", "望云雅居", "望云）雅居"),
    ],
)
def test_words_are_those_of_the_given_text(said: str, part: str, words: str) -> None:
    written = write(said)
    start = written.text.index(part)
    assert written.words(start, start + len(part)).strip() == words


def test_no_stretch_has_no_words() -> None:
    assert write("望云").words(1, 1) == ""


@pytest.mark.parametrize("said", ["n " * 200, "ﷺ" * 400, "&" * 400, "望" * 10_000, "一" * 9_000])
def test_no_text_is_written_longer_than_the_limit(said: str) -> None:
    written = write(said)
    assert 0 < len(written.text) <= LIMIT
    assert len(written.origin) == len(written.text)


@pytest.mark.parametrize("said", ["½", "a½b", "¼号楼½", "㏂㏂"])
def test_characters_that_are_written_as_several_stay_in_their_order(said: str) -> None:
    written = write(said)
    assert written.origin == sorted(written.origin)
    assert written.words(0, len(written.text)) == said


@given(ANYTHING)
def test_whatever_is_given_can_be_written(said: str) -> None:
    written = write(said)
    assert len(written.origin) == len(written.text)
    assert all(0 <= at < len(said) for at in written.origin)
    assert written.origin == sorted(written.origin)
    assert all(0 <= at <= len(written.text) for at in written.breaks)
    assert written.text == written.text.lower()


@given(ANYTHING, st.integers(0, 60), st.integers(0, 60))
def test_words_are_a_part_of_what_was_given(said: str, start: int, end: int) -> None:
    written = write(said)
    length = len(written.text)
    words = written.words(min(start, length), min(end, length))
    assert words in said
    assert bool(words) == (min(start, length) < min(end, length))


@given(ADDRESS)
def test_what_is_written_is_written_the_same_again(said: str) -> None:
    assert spelling(spelling(said)) == spelling(said)


@given(LATIN)
def test_latin_words_are_written_the_same_again(words: list[str]) -> None:
    said = " ".join(words)
    assert spelling(spelling(said)) == spelling(said)
