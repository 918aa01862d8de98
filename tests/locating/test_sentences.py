"""Why a place was found or was not: one sentence each of Chinese and English."""

from __future__ import annotations

import pytest

from gridmap.locating import KINDS, METHODS, REASONS
from gridmap.locating.sentences import candidate, found, not_found


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("problem", ["", *REASONS])
def test_found(method: str, problem: str) -> None:
    zh, en = found("望云雅居 5号楼", method, ("望云雅居", "5号楼"), 0.934, problem)
    assert "望云雅居 5号楼" in zh
    assert "望云雅居 5号楼" in en
    assert METHODS[method][0] in zh
    assert METHODS[method][1] in en
    assert "93%" in zh
    assert "93%" in en
    assert zh.count("。") == 1
    assert zh.endswith("。")
    assert en.endswith(".")
    if problem:
        assert REASONS[problem][0] in zh
        assert REASONS[problem][1] in en


def test_the_words_that_were_used_are_quoted() -> None:
    zh, en = found("望云雅居5号楼", "place", ("望云雅居", "5号楼"), 1.0, "")
    assert "“望云雅居”“5号楼”" in zh
    assert "“望云雅居”, “5号楼”" in en


@pytest.mark.parametrize("problem", REASONS)
def test_not_found(problem: str) -> None:
    zh, en = not_found(problem)
    assert zh == f"{REASONS[problem][0]}。"
    assert en[0].isupper() or not en[0].isalpha()
    assert en.endswith(".")


@pytest.mark.parametrize("kind", [*KINDS, "other"])
def test_candidate(kind: str) -> None:
    zh, en = candidate(kind, "河东街道", ("望云雅居",), ("9号楼",))
    for part in ("河东街道", "“望云雅居”", "“9号楼”"):
        assert part in zh
        assert part in en
    assert zh.startswith(KINDS.get(kind, (kind, kind))[0])
    assert en.startswith(KINDS.get(kind, (kind, kind))[1])
    assert "，，" not in candidate(kind, "", (), ())[0]
