"""Hashes of stretches against the polynomial written out in plain Python."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gridmap.locating.hashing import Stretches, many, many_without, stretch_hash

BASE = 0x9E3779B97F4A7C15
ANYTHING = st.characters(exclude_categories=())


def polynomial(text: str) -> int:
    """Sum (code + 1) * BASE**place, modulo 2**64."""
    return sum((ord(char) + 1) * pow(BASE, at, 2**64) for at, char in enumerate(text)) % 2**64


@given(st.text(ANYTHING, max_size=40))
def test_whole_text(text: str) -> None:
    assert stretch_hash(text) == polynomial(text)


@given(st.text(ANYTHING, min_size=1, max_size=40), st.data())
def test_every_stretch(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start, len(text)))
    (found,) = Stretches(text).hashes(np.array([start]), np.array([end])).tolist()
    assert found == polynomial(text[start:end])


@given(st.text(ANYTHING, min_size=1, max_size=40), st.data())
def test_every_stretch_without_a_character(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    out = data.draw(st.integers(start, end - 1))
    stretches = Stretches(text)
    (found,) = stretches.without(np.array([start]), np.array([end]), np.array([out])).tolist()
    assert found == polynomial(text[start:out] + text[out + 1 : end])


@given(st.lists(st.text(ANYTHING, max_size=12), max_size=8))
def test_many_at_once(texts: list[str]) -> None:
    assert many(texts).tolist() == [polynomial(text) for text in texts]
    hashes, owners = many_without(texts)
    expected = [
        (polynomial(text[:at] + text[at + 1 :]), number)
        for number, text in enumerate(texts)
        for at in range(len(text))
    ]
    assert list(zip(hashes.tolist(), owners.tolist(), strict=True)) == expected


def test_longest_text() -> None:
    text = "望" * 512
    (found,) = Stretches(text).hashes(np.array([500]), np.array([512])).tolist()
    assert found == polynomial(text[500:])
