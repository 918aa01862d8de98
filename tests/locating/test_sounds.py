"""How hanzi sound: homophones alike, pinyin and initials as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.locating.sounds import initials, pinyin, sound


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("望云雅居", "旺芸亚居"),
        ("映屿街", "英玉街"),
        ("张庄", "脏庄"),  # zh and z are not told apart
        ("程家园", "陈家园"),  # nor eng and en
        ("平安里", "贫安里"),  # nor ing and in
        ("上街", "三街"),  # nor sh, ang and s, an
        ("5号楼", "5号楼"),
    ],
)
def test_sounds_alike(one: str, other: str) -> None:
    assert sound(one) == sound(other)


@pytest.mark.parametrize(
    ("one", "other"), [("望云", "望月"), ("里", "李家"), ("兰", "南"), ("飞", "灰"), ("路", "旅")]
)
def test_sounds_different(one: str, other: str) -> None:
    assert sound(one) != sound(other)


@pytest.mark.parametrize(
    ("text", "typed", "letters"),
    [
        ("望云雅居", "wangyunyaju", "wyyj"),
        ("望云雅居5号楼", "wangyunyaju5haolou", "wyyj5hl"),
        ("长阳路", "changyanglu", "cyl"),
        ("示例银行", "shiliyinhang", "slyh"),
        ("大栅栏", "dashilan", "dsl"),
        ("绿园", "lvyuan", "ly"),
        ("grand av", "grand av", "grand av"),
        ("", "", ""),
    ],
)
def test_pinyin_and_initials(text: str, typed: str, letters: str) -> None:
    assert pinyin(text) == typed
    assert initials(text) == letters


@given(st.text(st.characters(exclude_categories=()), max_size=30))
def test_a_sound_has_as_many_characters_as_its_text(text: str) -> None:
    heard = sound(text)
    assert len(heard) == len(text)
    for char, sign in zip(text, heard, strict=True):
        assert sign == char or "\ue000" <= sign <= "\uf8ff"
    assert pinyin(text).isascii() or not text.isascii()


@given(st.text("abz09 -", max_size=20))
def test_letters_and_digits_stay(text: str) -> None:
    assert (sound(text), pinyin(text), initials(text)) == (text, text, text)
