"""Running a notebook with this interpreter, and reading what its cells show."""

from __future__ import annotations

import base64
import io
import json
import os
import sys
from html.parser import HTMLParser
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbformat import NotebookNode

CELL_TIMEOUT_S = 120


def execute(notebook: NotebookNode, folder: Path) -> NotebookNode:
    """Run all cells in an empty folder; an error in a cell is an error here.

    The kernel is this interpreter, not whatever the computer calls python3, and everything it
    writes stays below the folder.
    """
    spec, temporary = folder / "kernels" / "tested", folder / "temporary"
    for made in (spec, temporary):
        made.mkdir(parents=True)
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    described = {"argv": command, "display_name": "tested", "language": "python"}
    (spec / "kernel.json").write_text(json.dumps(described), encoding="utf-8")
    kernel = AsyncKernelManager(
        kernel_name="tested",
        kernel_spec_manager=KernelSpecManager(kernel_dirs=[str(spec.parent)]),
        connection_file=str(folder / "connection.json"),
    )
    own = {"IPYTHONDIR": str(folder / "ipython"), "TMPDIR": str(temporary)}
    inherited = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    client = NotebookClient(
        notebook,
        km=kernel,
        timeout=CELL_TIMEOUT_S,
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute(env=inherited | own, cleanup_kc=True)
    return notebook


def shown(cell: NotebookNode, kind: str) -> str:
    """What a cell shows as its one output of a MIME type."""
    (found,) = [out.data[kind] for out in cell.outputs if kind in out.get("data", {})]
    return str(found)


def printed(cell: NotebookNode, stream: str = "stdout") -> str:
    """What a cell writes to a stream."""
    return "".join(out.text for out in cell.outputs if out.get("name") == stream)


def picture(cell: NotebookNode) -> np.ndarray:
    """The PNG that a cell shows, as height x width x colours."""
    return np.asarray(plt.imread(io.BytesIO(base64.b64decode(shown(cell, "image/png")))))


def table(cell: NotebookNode) -> list[list[str]]:
    """The body of the HTML table that a cell shows, by rows; a cell that spans is in its first."""
    reader = _Table()
    reader.feed(shown(cell, "text/html"))
    return reader.rows


class _Table(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._in_body = self._in_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_body |= tag == "tbody"
        if self._in_body and tag == "tr":
            self.rows.append([])
        self._in_cell = self._in_body and tag in ("td", "th")
        if self._in_cell:
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self._in_cell &= tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.rows[-1][-1] += data
