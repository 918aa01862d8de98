"""Lists: small tables that an office keeps - people, matters, codes - read whole."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from gridmap.errors import InputError
from gridmap.intake.findings import Finding
from gridmap.intake.tables.reading import open_table

#: A list longer than this is none: tickets are imported another way.
ROWS_LIMIT = 500_000


@dataclass(frozen=True)
class OfficeList:
    """
    The rows of a table.

    Attributes
    ----------
    lines
        The line on which each row begins; the header is line 1.
    columns
        Column name to cells, trimmed and with full-width letters made half-width, n each.
    headers
        Column name to what the file itself calls the column.
    bad
        An error for every row that could not be read; none of them is among the rows.
    """

    lines: list[int]
    columns: dict[str, list[str]]
    headers: dict[str, str]
    bad: list[Finding]

    def __len__(self) -> int:
        return len(self.lines)


def read_list(
    path: Path, needed: Iterable[str] = (), aliases: Mapping[str, str] | None = None
) -> OfficeList:
    """
    Read a CSV, TSV or XLSX file; blank rows are passed over.

    Parameters
    ----------
    path
        The file.
    needed
        Names of columns that must be there, after `aliases` are applied.
    aliases
        Other names of columns, such as Chinese ones, and what they stand for. An error writes the
        first one of a column beside it.

    Raises
    ------
    InputError
        If the file cannot be read, misses a column, has one twice, or has too many rows.
    """
    table = open_table(path)
    aliases = aliases or {}
    headers = [clean(cell) for cell in table.header]
    names = [aliases.get(header, header) for header in headers]
    _require_columns(path, headers, names, needed, aliases)
    lines: list[int] = []
    rows: list[list[str]] = []
    bad = []
    for batch in table.batches():
        lines += batch.lines
        rows += batch.rows
        bad += [
            Finding("row", f"Line {line}: {fault.en}.", "error")
            for line, _, fault in batch.bad
            if fault is not None
        ]
        if len(rows) > ROWS_LIMIT:
            message = f"{path} has more than {ROWS_LIMIT:,} rows: this is no list of that kind."
            raise InputError(message)
    columns = {name: [clean(row[i]) for row in rows] for i, name in enumerate(names) if name}
    own = {name: header for name, header in zip(names, headers, strict=True) if name}
    return OfficeList(lines, columns, own, bad)


def clean(text: str) -> str:
    """Trim a cell and make full-width letters and digits half-width."""
    return text.strip() if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def _require_columns(
    path: Path,
    headers: list[str],
    names: list[str],
    needed: Iterable[str],
    aliases: Mapping[str, str],
) -> None:
    missing = [_both_names(name, aliases) for name in needed if name not in names]
    double = [name for name in names if name and names.count(name) > 1]
    problem = None
    if missing:
        found = ", ".join(filter(None, headers)) or "none"
        problem = f"{path} has no column {', '.join(missing)}; its columns are {found}."
    elif double:
        meant = ", ".join(h for h, name in zip(headers, names, strict=True) if name == double[0])
        problem = (
            f"{path} has the column {_both_names(double[0], aliases)} more than once ({meant}): "
            "keep one of them, or give the others a name of their own."
        )
    if problem:
        raise InputError(problem)


def _both_names(name: str, aliases: Mapping[str, str]) -> str:
    other = next((alias for alias, column in aliases.items() if column == name), None)
    return name if other is None else f"{name} ({other})"
