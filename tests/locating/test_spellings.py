"""Names in running text: all of them, and nothing else, as slow ways find them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.locating.sounds import sound
from gridmap.locating.spellings import (
    BARELY,
    BY_SOUND,
    EXACT,
    HARDLY,
    LONGEST,
    NEARLY,
    Spellings,
    core,
)

#: Some sound alike: 望旺, 云芸, 居局; some are ends of names; the side 南 and figures too.
HANZI = "望旺云芸雅居局小区东南门路1"
NAMES = st.lists(st.text(HANZI, min_size=1, max_size=5), min_size=1, max_size=6, unique=True)
TEXT = st.text(HANZI, max_size=9)
WORDS = ("grand", "grant", "main", "mains", "55", "5", "east", "elder")
LATIN_NAMES = st.lists(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join), min_size=1, max_size=5,
    unique=True,
)  # fmt: skip
LATIN = st.lists(st.sampled_from((*WORDS, "gran d", "望", "grnad")), max_size=5).map(" ".join)


def windows(text: str) -> Iterator[tuple[int, int]]:
    """List the stretches that begin and end where a word or a number does."""
    for start in range(len(text)):
        for end in range(start + 1, len(text) + 1):
            edges = ((start - 1, start), (end - 1, end))
            inner = any(
                a >= 0
                and b < len(text)
                and all(c.isascii() and c.isalnum() for c in text[a : b + 1])
                for a, b in edges
            )
            if not inner and text[start] != " " and text[end - 1] != " ":
                yield start, end


def distance(one: str, other: str) -> int:
    """Count slips: the optimal string alignment, cell by cell."""
    table = [
        [i + j if i * j == 0 else 0 for j in range(len(other) + 1)] for i in range(len(one) + 1)
    ]
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            best = min(
                table[i - 1][j] + 1,
                table[i][j - 1] + 1,
                table[i - 1][j - 1] + (one[i - 1] != other[j - 1]),
            )
            if i > 1 and j > 1 and one[i - 2 : i] == other[j - 2 : j][::-1]:
                best = min(best, table[i - 2][j - 2] + 1)
            table[i][j] = best
    return table[-1][-1]


def found_by_scan(names: list[str], text: str) -> dict[tuple[int, int, int], float]:
    """Look at every stretch and every name."""
    hits = {}
    for start, end in windows(text):
        half = text[max(start - 1, 0) : start + 1] in ("东南", "西南", "东北", "西北")
        if half or text[:start].endswith(("north ", "south ", "east ", "west ")):
            continue
        for number, name in enumerate(names):
            if text[start:end] == name[:LONGEST]:
                hits[start, end, number] = EXACT
            elif len(name) >= 3 and sound(text[start:end]) == sound(name):
                hits[start, end, number] = BY_SOUND
    return hits


def quality(written: str, name: str) -> float:
    """Say what a name with at most one slip is worth."""
    if not 3 <= len(name) <= 24 or distance(sound(written), sound(name)) > 1:
        return 0.0
    if not re.search("[㐀-鿿]", name):
        return NEARLY * is_latin_slip(written, name)
    if re.findall(r"\d", written) != re.findall(r"\d", name):
        return 0.0
    if not Counter(name) - Counter(written):
        return NEARLY
    own, is_long = core(name), len(name) >= 4
    if distance(written, name) > 1:  # a homophone besides
        return BARELY if is_long and len(own) > 2 else 0.0
    if is_long:
        return NEARLY if len(own) > 2 or own in written else BARELY
    return BARELY if len(written) >= len(name) else HARDLY


def is_latin_slip(written: str, name: str) -> bool:
    if written.replace(" ", "") == name.replace(" ", ""):
        return re.findall(r"\d+", written) == re.findall(r"\d+", name)
    ones, others = written.split(" "), name.split(" ")
    differing = [(a, b) for a, b in zip(ones, others, strict=False) if a != b]
    return (
        len(ones) == len(others)
        and len(differing) == 1
        and all(len(b) >= 5 and b.isalpha() and distance(a, b) == 1 for a, b in differing)
    )


def nearly_by_scan(names: list[str], text: str) -> dict[tuple[int, int, int], float]:
    return {
        (start, end, number): worth
        for start, end in windows(text)
        for number, name in enumerate(names)
        if (worth := quality(text[start:end], name))
    }


def as_dict(hits: list) -> dict[tuple[int, int, int], float]:
    told = {(hit.start, hit.end, hit.spelling): hit.quality for hit in hits}
    assert len(told) == len(hits), "each hit once"
    return told


@given(NAMES, TEXT)
def test_all_names_are_found(names: list[str], text: str) -> None:
    assert as_dict(Spellings(names).find(text)) == found_by_scan(names, text)


@given(LATIN_NAMES, LATIN)
def test_all_latin_names_are_found(names: list[str], text: str) -> None:
    assert as_dict(Spellings(names).find(text)) == found_by_scan(names, text)


@given(NAMES, TEXT)
def test_all_names_with_a_slip_are_found(names: list[str], text: str) -> None:
    assert as_dict(Spellings(names).find_nearly(text)) == nearly_by_scan(names, text)


@given(LATIN_NAMES, LATIN)
def test_all_latin_names_with_a_slip_are_found(names: list[str], text: str) -> None:
    assert as_dict(Spellings(names).find_nearly(text)) == nearly_by_scan(names, text)


@pytest.mark.parametrize(
    ("text", "name", "worth"),
    [
        ("望云雅居", "望云雅居", EXACT),
        ("旺芸雅居", "望云雅居", BY_SOUND),
        ("去望云雅居的路", "望云雅居", EXACT),
        ("西南门", "南门", None),
        ("南门", "南门", EXACT),
        ("旺芸", "望云", None),  # two characters must be written as registered
        ("12 main streets", "main street", None),
        ("domain street", "main street", None),
        ("55 street", "5 street", None),
        ("west 55 street", "55 street", None),
        ("在main street上", "main street", EXACT),
    ],
)
def test_find(text: str, name: str, worth: float | None) -> None:
    hits = Spellings([name]).find(text)
    assert [hit.quality for hit in hits] == ([] if worth is None else [worth])


@pytest.mark.parametrize(
    ("text", "name", "worth"),
    [
        ("望云雅楼台", "望云雅阁台", NEARLY),  # another one
        ("望云雅台", "望云雅阁台", NEARLY),  # one less
        ("望云大雅居", "望云雅居", NEARLY),  # one more
        ("望雅云居", "望云雅居", NEARLY),  # two that changed places
        ("旺云雅楼台", "望云雅阁台", BARELY),  # a homophone besides
        ("观岭小区", "观珊小区", BARELY),  # two characters of its own
        ("观珊小屋", "观珊小区", NEARLY),  # both of them are there
        ("贯岭小区", "观珊小区", None),  # and a homophone besides
        ("望雅", "望云雅", HARDLY),
        ("grnad avenue", "grand avenue", NEARLY),
        ("grandavenue", "grand avenue", NEARLY),
        ("望云雅居1号", "望云雅居2号", None),  # numbers are never slips
        ("6 avenue", "5 avenue", None),
        ("mein street", "main street", None),  # too short a word
        ("望水家居", "望云雅居", None),  # two slips
        ("望大云", "望云", None),  # too short a name
    ],
)
def test_find_nearly(text: str, name: str, worth: float | None) -> None:
    hits = [hit for hit in Spellings([name]).find_nearly(text) if hit.end - hit.start == len(text)]
    assert [hit.quality for hit in hits] == ([] if worth is None else [worth])


def test_a_long_name_is_found_by_its_beginning() -> None:
    name = "望云雅居" + "台" * 80
    (hit,) = Spellings([name]).find(f"在{name}")
    assert (hit.start, hit.end, hit.quality) == (1, 1 + LONGEST, EXACT)


@pytest.mark.parametrize("names", [[], ["望"], ["望云雅居"], [""]])
@pytest.mark.parametrize("text", ["", "望", " ", "望云"])
def test_little_to_find(names: list[str], text: str) -> None:
    spellings = Spellings(names)
    assert len(spellings) == len(names)
    assert as_dict(spellings.find(text)) == found_by_scan(names, text)
    assert spellings.find_nearly(text) == []


@pytest.mark.parametrize(
    ("name", "own"), [("望云小区", "望云"), ("望云大街", "望云"), ("望云", "望云"), ("小区", "")]
)
def test_core(name: str, own: str) -> None:
    assert core(name) == own
