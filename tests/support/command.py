"""The command line as a user runs it, within this process."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from gridmap.cli import main


def run(database: str, *arguments: str | Path) -> Result:
    """Run a command, whatever becomes of it."""
    return CliRunner().invoke(main, ["--database", database, *map(str, arguments)])


def gridmap(database: str, *arguments: str | Path) -> str:
    """Run a command that must succeed; returns what it printed."""
    result = run(database, *arguments)
    assert result.exit_code == 0, f"{arguments} failed: {result.output}{result.exception!r}"
    return result.output
