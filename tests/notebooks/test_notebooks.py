"""Every notebook: kept without outputs, tidy, and running from the first cell to the last."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from support.notebooks import printed

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
LONGEST_CELL = 30
Executed = Callable[[Path], tuple[nbformat.NotebookNode, Path]]


def named(path: Path) -> str:
    return path.name


@pytest.fixture(params=NOTEBOOKS, ids=named)
def notebook(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    return nbformat.read(request.param, as_version=4)


def code_of(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=named)
def test_runs_without_error_or_warning(executed: Executed, path: Path) -> None:
    notebook, folder = executed(path)
    for cell in code_of(notebook):
        assert not printed(cell, "stderr"), cell.source
    left = {file.name for file in folder.iterdir()} - {"kernels", "ipython", "temporary"}
    left |= {file.name for file in (folder / "temporary").iterdir()}
    assert not left


def test_is_kept_without_outputs(notebook: nbformat.NotebookNode) -> None:
    nbformat.validate(notebook)
    for cell in code_of(notebook):
        assert cell.outputs == []
        assert cell.execution_count is None
    assert all(not cell.metadata for cell in notebook.cells)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert set(notebook.metadata.language_info) == {"name"}


def test_begins_with_a_question_and_has_short_cells(notebook: nbformat.NotebookNode) -> None:
    title = notebook.cells[0].source.splitlines()[0]
    assert title.startswith("# ")
    assert title.endswith("?")
    assert all(len(cell.source.splitlines()) <= LONGEST_CELL for cell in notebook.cells)


def test_stays_out_of_the_web_room(notebook: nbformat.NotebookNode) -> None:
    lines = [line.split() for cell in code_of(notebook) for line in cell.source.splitlines()]
    imported = {words[1].split(".")[0] for words in lines if words[:1] in (["import"], ["from"])}
    assert "gridmap" in imported
    assert "web" not in imported


@pytest.mark.parametrize("check", [["check"], ["format", "--check"]], ids=["lint", "format"])
def test_code_is_as_tidy_as_elsewhere(check: list[str]) -> None:
    command = [sys.executable, "-m", "ruff", *check, "--no-cache", *map(str, NOTEBOOKS)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
