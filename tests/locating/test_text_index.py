"""Entries by a text of theirs, against a dictionary of lists."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.locating.text_index import TextIndex

TEXTS = st.lists(
    st.one_of(
        st.none(), st.text("ab街", max_size=3), st.text(st.characters(exclude_categories=()))
    ),
    max_size=20,
)


@given(TEXTS, st.text(max_size=5))
def test_as_a_dictionary_of_lists(texts: list[str | None], other: str) -> None:
    index = TextIndex(texts)
    for text in {*texts, other}:
        expected = [entry for entry, one in enumerate(texts) if text and one == text]
        assert index.all(text) == expected
        assert index.get(text) == (expected[-1] if expected else None)
        assert (text in index) is bool(expected)


def test_a_text_of_any_length() -> None:
    long = "street/" + "望" * 2_000
    index = TextIndex(["place/1", long])
    assert index[long] == 1
    assert index.get(long + "云") is None
    assert index.get("x" * 600) is None
    assert pickle.loads(pickle.dumps(index))[long] == 1


def test_what_is_not_there() -> None:
    with pytest.raises(IndexError):
        TextIndex([])["place/1"]
