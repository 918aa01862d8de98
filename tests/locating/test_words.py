"""The words around places: what the file says, and how they are taken away."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.locating.words import Words, without_fillers, words
from gridmap.locating.writing import spelling
from gridmap.settings import data_folder

FILE = data_folder() / "locating" / "words.toml"


def test_longest_first_so_that_the_longest_is_taken() -> None:
    known = words()
    for listed in (known.unit_endings, known.place_endings, known.common_endings, known.fillers):
        assert [len(word) for word in listed] == sorted((len(w) for w in listed), reverse=True)
    assert next(iter(known.sides)) in ("东北", "东南", "西南", "西北")


def test_variants_are_single_characters_and_settle_in_one_step() -> None:
    variants = words().variants
    for one, other in variants.items():
        assert (len(one), len(other)) == (1, 1)
        assert variants.get(other, other) == other, f"{one} goes to {other}, which changes again"


def test_words_are_written_as_texts_are() -> None:
    known = words()
    for listed in (
        known.fillers,
        known.beside,
        known.at,
        known.crossing,
        known.between,
        known.lead,
    ):
        for word in listed:
            assert spelling(word) == word


def test_long_forms_of_latin_words_settle_in_one_step() -> None:
    latin = words().latin
    assert all(latin.get(long, long) == long for long in latin.values())


def test_sides_are_degrees_from_north() -> None:
    assert words().sides["东"] == 90
    assert all(0 <= degrees < 360 for degrees in words().sides.values())


def test_a_file_of_a_site(tmp_path: Path) -> None:
    path = tmp_path / "words.toml"
    path.write_text(FILE.read_text("utf-8").replace('"幢" = "栋"', '"幢" = "座"'), "utf-8")
    assert Words.load(path).variants["幢"] == "座"
    assert tomllib.loads(FILE.read_text("utf-8"))["certainty"] == "inferred"


@pytest.mark.parametrize(
    ("text", "rest"),
    [("小区内", ""), ("的院里", ""), ("北", "北"), ("小区北区", "北"), ("", ""), ("望云", "望云")],
)
def test_without_fillers(text: str, rest: str) -> None:
    assert without_fillers(text) == rest


@given(st.text("小区院内的望云", max_size=12))
def test_what_is_left_neither_begins_nor_ends_with_a_filler(text: str) -> None:
    left = without_fillers(text)
    assert left in text
    assert not left or not left.startswith(words().fillers)
    assert not left or not left.endswith(words().fillers)
