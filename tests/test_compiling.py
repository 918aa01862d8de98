"""Kept code is that of the function, its neighbours and the signature, whoever wrote it when."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gridmap.compiling import _Cache, _Files, compiled

MODULE = """
from gridmap.compiling import compiled
from {folder}.part import part

@compiled
def whole(x):
    return part(x) + 1
"""
PART = """
from gridmap.compiling import compiled

@compiled
def part(x):
    return x * {factor}
"""
ASK = "from {folder}.whole import whole; print(whole(10), len(whole.stats.cache_hits))"


def doubled(x: Any) -> Any:
    return x * 2


def files(folder: Path) -> _Files:
    return _Files(str(folder), "function", (0.0, 0))


def test_two_that_write_at_once_never_read_each_others_code(tmp_path: Path) -> None:
    one, other = files(tmp_path), files(tmp_path)
    empty = other._load_index()
    one.save("int64", "code for int64")
    other._load_index = lambda: empty  # it looked before the first had written
    other.save("float64", "code for float64")
    reader = files(tmp_path)
    assert reader.load("int64") in (None, "code for int64")
    assert reader.load("float64") == "code for float64"


def test_a_stop_in_the_middle_leaves_nothing_listed_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files(tmp_path).save("int64", "old")
    stopped = _Files(str(tmp_path), "function", (1.0, 0))  # the source has changed since
    with monkeypatch.context() as patch:
        patch.setattr(stopped, "_save_data", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            stopped.save("int64", "new")
    assert _Files(str(tmp_path), "function", (1.0, 0)).load("int64") is None


def test_all_signatures_are_kept(tmp_path: Path) -> None:
    for key in ("a", "b", "c"):
        files(tmp_path).save(key, f"code {key}")
    assert [files(tmp_path).load(key) for key in "abc"] == ["code a", "code b", "code c"]


def test_a_change_in_a_neighbour_compiles_anew(tmp_path: Path) -> None:
    folder = tmp_path / "rooms"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "whole.py").write_text(MODULE.format(folder="rooms"))

    def ask(factor: int) -> list[str]:
        (folder / "part.py").write_text(PART.format(factor=factor))
        answered = subprocess.run(
            [
                sys.executable,
                "-c",
                f"import sys; sys.path[:0] = [{str(tmp_path)!r}]; {ASK}".format(folder="rooms"),
            ],
            cwd=Path(__file__).parents[1],
            capture_output=True,
            text=True,
            check=True,
        )
        return answered.stdout.split()

    assert ask(2) == ["21", "0"]
    assert ask(2) == ["21", "1"], "it was not kept"
    assert ask(3) == ["31", "0"]


def test_numba_takes_the_cache() -> None:
    function: Any = compiled(doubled)
    assert isinstance(function._cache, _Cache)
    assert function(np.int64(4)) == 8
