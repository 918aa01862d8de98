"""Notebooks after a run: each runs once, however many tests look at it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import nbformat
import pytest
from support.notebooks import execute


@pytest.fixture(scope="session")
def executed(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[Path], tuple[nbformat.NotebookNode, Path]]:
    """`executed(path)` gives the notebook with its outputs, and the folder in which it ran."""

    @cache
    def run(path: Path) -> tuple[nbformat.NotebookNode, Path]:
        folder = tmp_path_factory.mktemp(path.stem)
        return execute(nbformat.read(path, as_version=4), folder), folder

    return run
