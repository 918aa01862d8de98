"""Acceptance 5: whatever is asked, there is a clear answer, no exception, and in bounded time."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.asked_places import demonstration_store
from support.command import run

from gridmap.locating import Gazetteer, Matcher
from gridmap.storage import create_store, open_store

LONGEST = 10_000
LIMIT_S = 1.0
#: Words and marks that locating looks for, so that nonsense of them reaches its inner parts.
PIECES = (
    "号", "號", "楼", "号楼", "单元", "门", "室", "#", "-", "甲", "一", "十", "百", "千", "万",
    "零", "1", "23", "999999999999", "１２", "在", "和", "到", "与", "、", "，", "（", ")",
    "演示区", "潮甲街道", "听涛社区", "拂汀雅居", "环海路", "小区", "交叉口", "旁边", "对面",
    "之间", "and", "between", "Street", "&", "@", "AT", "%s", "{0}", "\\", "[", "(?:", "*", "+",
    "é", "ß", "İ", "ı", "ﷺ", "𠮷", "😀", "\U0001f468\u200d\U0001f469", " ", "\t", "\n", "\x00",
    "\x1b", "\u202e", "\ufeff", "\ud800", "'; DROP TABLE places; --",
)  # fmt: skip
#: What a careless pattern needs the square of its length for, or worse.
HOSTILE: dict[str, Callable[[int], str]] = {
    "one mark": lambda n: "号" * n,
    "digits": lambda n: "1" * n,
    "numerals": lambda n: "一" * n,
    "tens": lambda n: "十" * n,
    "thousands": lambda n: "千" * n,
    "pairs": lambda n: "a-" * (n // 2),
    "brackets": lambda n: "(" * n,
    "wide brackets": lambda n: "（" * n,
    "spaces": lambda n: " " * (n - 1) + "号",
    "numbered": lambda n: "1号" * (n // 2),
    "buildings": lambda n: "1号楼" * (n // 3),
    "doors": lambda n: "1单元" * (n // 3),
    "between": lambda n: "与" * n,
    "crossings": lambda n: "环海路与" * (n // 4),
    "an estate": lambda n: "拂汀雅居" * (n // 4),
    "nearly an estate": lambda n: "拂汀雅" * (n // 3),
    "part of an estate": lambda n: "雅居" * (n // 2),
    "streets": lambda n: "街" * n,
    "estates": lambda n: "小区" * (n // 2),
    "a complaint": lambda n: "我住在环海路1号，现在反映" * (n // 13),
    "one letter": lambda n: "a" * n,
    "words": lambda n: "street and " * (n // 11),
    "hyphens": lambda n: "-" * n,
    "numbers and hyphens": lambda n: "1-" * (n // 2),
    "emoji": lambda n: "😀" * n,
    "surrogates": lambda n: "\ud83d" * n,
    "NUL": lambda n: "\x00" * n,
    "combining marks": lambda n: "e" + "\u0301" * (n - 1),
}
TEXTS = st.one_of(
    st.text(max_size=300),
    st.text(st.characters(), max_size=100),  # lone surrogates too
    st.text("0123456789０１２３一二三十百", max_size=200),
    st.lists(st.sampled_from(PIECES), max_size=60).map("".join),
    st.tuples(st.text(min_size=1, max_size=8), st.integers(1, LONGEST)).map(
        lambda pair: (pair[0] * (pair[1] // len(pair[0])))[:LONGEST]
    ),
)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demonstration")
    demonstration_store(f"geopackage:///{folder / 'gridmap.gpkg'}", folder).close()
    return folder / "gridmap.gpkg"


@pytest.fixture(scope="module")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "gridmap.gpkg"
    create_store(f"geopackage:///{path}").close()
    return path


def matcher_of(path: Path) -> Matcher:
    with closing(open_store(f"geopackage:///{path}")) as store:
        return Matcher(Gazetteer.from_store(store))


@pytest.fixture(scope="module")
def matcher(database: Path) -> Matcher:
    return matcher_of(database)


@pytest.fixture(scope="module")
def empty_matcher(empty_database: Path) -> Matcher:
    return matcher_of(empty_database)


def seconds(call: Callable[[], object]) -> float:
    began = time.process_time()
    call()
    return time.process_time() - began


def least_seconds(ask: Callable[[str], object], text: str) -> float:
    return min(seconds(lambda: ask(text)) for _ in range(3))


def check(matcher: Matcher, text: str) -> None:
    """A clear answer: a sentence in both languages, sound numbers, and JSON that can be sent."""
    found = matcher.find(text)
    assert 0 <= found.confidence <= 1
    assert found.reason_zh
    assert found.reason_en
    assert found.entry is not None or found.problem or found.candidates
    if found.entry is None:
        assert found.problem
    json.dumps(found.as_dict(), ensure_ascii=False, allow_nan=False).encode()
    for suggestion in matcher.suggest(text):
        assert suggestion.label


@given(text=TEXTS)
@example(text="")
@example(text=" ")
@example(text="\ud800")
@example(text="\x00")
@example(text="' OR 1=1; DROP TABLE places; --")
@example(text="😀" * 100)
@example(text="12345")
@example(text="5号楼")
@example(text="号")
@example(text="在的和与")
def test_any_text_has_a_clear_answer(matcher: Matcher, text: str) -> None:
    assert seconds(lambda: check(matcher, text)) < 2 * LIMIT_S


@given(text=TEXTS)
@example(text="拂汀雅居5号楼")
@example(text="\ud800")
def test_an_empty_gazetteer_answers_too(empty_matcher: Matcher, text: str) -> None:
    check(empty_matcher, text)
    found = empty_matcher.find(text)
    assert found.entry is None
    assert found.candidates == ()
    assert empty_matcher.suggest(text) == []


@given(text=TEXTS, context=TEXTS, matter=st.one_of(st.none(), TEXTS))
def test_any_context_and_matter(matcher: Matcher, text: str, context: str, matter: str) -> None:
    found = matcher.find(text, matter=matter, context=context)
    assert 0 <= found.confidence <= 1


@given(text=st.text(alphabet="😀\ud800\x00\x1b !?*%&;'\"<>", max_size=50))
def test_nonsense_is_not_located(matcher: Matcher, text: str) -> None:
    assert matcher.find(text).entry is None


@pytest.mark.parametrize("asked", ["find", "suggest"])
@pytest.mark.parametrize("name", HOSTILE)
def test_time_is_bounded_and_no_more_than_linear(matcher: Matcher, name: str, asked: str) -> None:
    ask = getattr(matcher, asked)
    once, twice = (least_seconds(ask, HOSTILE[name](size)) for size in (LONGEST, 2 * LONGEST))
    print(f"{asked} {name}: {once * 1000:.1f} ms, {twice * 1000:.1f} ms")
    assert once < LIMIT_S
    assert twice < 3 * once + 0.02


COMMANDS = {
    "nothing": "",
    "spaces": "   ",
    "emoji": "😀😀😀",
    "digits": "1234567890",
    "SQL": "' OR 1=1; DROP TABLE places; --",
    "escape": "\x1b[31m号楼",
    "long": "a" * LONGEST,
    "marks": "号" * LONGEST,
    "two lines": "拂汀雅居\n5号楼",
    "mixed scripts": "Ωmegaстрит五号楼",
    "surrogate": "\ud800",
    "dashes": "--",
    "minus": "-5号楼",
}


@pytest.mark.parametrize("name", COMMANDS)
def test_the_command_answers_clearly(database: Path, empty_database: Path, name: str) -> None:
    for path in (database, empty_database):
        result = run(str(path), "locate", "--", COMMANDS[name])
        assert result.exception is None or isinstance(result.exception, SystemExit)
        assert result.exit_code in (0, 1), result.output
        assert result.output.strip()
        assert "Traceback" not in result.output
        assert "\x1b" not in result.output
        assert len(result.output) < 20_000


def test_many_at_once_are_the_same_as_one_by_one(matcher: Matcher) -> None:
    texts = ["拂汀雅居5号楼", "", "\ud800", "号" * 100, "环海路616号", "5号楼", "😀"]
    together = matcher.find_many(texts)
    assert [one.as_dict() for one in together] == [matcher.find(text).as_dict() for text in texts]
    assert sys.getrecursionlimit() >= 1000


@pytest.mark.parametrize(
    "text", ["\ud800", "拂汀雅居\ud8005号楼", "问涛苑\udcff", "\udc80\ud83d号楼"]
)
def test_halves_of_surrogates_are_no_trouble_to_who_gets_the_answer(
    matcher: Matcher, text: str
) -> None:
    found = matcher.find(text, context=text)
    json.dumps(found.as_dict(), ensure_ascii=False).encode()
    assert all(word in found.text for word in found.words)
    assert len(found.text) == len(text)
