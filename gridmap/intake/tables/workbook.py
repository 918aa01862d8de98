"""Rows of XLSX workbooks, streamed; other spreadsheets are refused with what to do."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl

from gridmap.errors import InputError
from gridmap.intake.tables.record import CELL_LIMIT, NUL, TOO_LARGE, Reason, Record

# What a workbook may unpack to. Sheets shrink 5 to 50 times, a bomb 1,000 times and more; the
# ratio says nothing of small files, whose blank rows shrink as well as a bomb.
_UNPACKED_LIMIT_BYTES = 4 << 30
_SMALL_BYTES = 256 << 20
_RATIO_LIMIT = 200

#: Excel keeps 15 digits of a number; the others are lost before the file is written.
_EXACT_LIMIT = 1e15

_ROWS_AT_ONCE = 1000


def read_workbook(path: Path, sheet: str | None) -> Iterator[Record]:
    """
    Read the rows of one sheet of an XLSX file; the first that is not blank is the header.

    Blank rows are passed over. A row without its last cells is filled up with empty ones. Numbers
    become their shortest text, dates and times ISO text with a space ("2026-01-31 08:15:00").

    Parameters
    ----------
    path
        An XLSX file.
    sheet
        The sheet's name; None takes the first one.

    Raises
    ------
    InputError
        If the workbook is damaged, would unpack to too much, or has no such sheet.
    """
    _check_size(path)
    width = 0
    for line, row in _rows(path, sheet):
        if row.count(None) == len(row):
            continue
        cells = [_text(value) for value in row]
        yield Record(line, cells + [""] * (width - len(cells)), _fault(cells))
        width = width or len(cells)


def _check_size(path: Path) -> None:
    """Refuse a zip bomb before anything of it is unpacked (zipfile holds members to their size)."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        message = f"{path} is no XLSX workbook, or it is damaged: save it again and use that."
        raise InputError(message) from error
    if "xl/workbook.xml" not in {member.filename for member in members}:
        message = f"{path} is no XLSX workbook: save it as XLSX or CSV and use that."
        raise InputError(message)
    unpacked = sum(member.file_size for member in members)
    ratio = unpacked / max(path.stat().st_size, 1)
    if unpacked > _UNPACKED_LIMIT_BYTES or (unpacked > _SMALL_BYTES and ratio > _RATIO_LIMIT):
        message = (
            f"{path} would unpack to {unpacked:,} bytes, {ratio:,.0f} times its size, "
            "and is refused: save its data as CSV and use that."
        )
        raise InputError(message)


def _rows(path: Path, sheet: str | None) -> Iterator[tuple[int, tuple[Any, ...]]]:
    line = 0
    with path.open("rb") as file:
        try:
            # openpyxl warns of styles and extensions, none of which concerns the cells.
            with warnings.catch_warnings(action="ignore"):
                rows = _sheet(openpyxl.load_workbook(file, read_only=True, data_only=True), sheet)
            while True:
                with warnings.catch_warnings(action="ignore"):
                    chunk = list(islice(rows, _ROWS_AT_ONCE))
                yield from enumerate(chunk, start=line + 1)
                line += len(chunk)
                if not chunk:
                    return
        except InputError:
            raise
        # A damaged member shows in many ways: bad XML, bad CRC, missing parts, bad numbers.
        except Exception as error:
            message = f"{path} is damaged after row {line}: save it again and use that ({error})."
            raise InputError(message) from error


def _sheet(workbook: Any, name: str | None) -> Iterator[tuple[Any, ...]]:
    worksheets = {worksheet.title: worksheet for worksheet in workbook.worksheets}
    if not worksheets or (name is not None and name not in worksheets):
        message = f"The workbook has no sheet {name!r}: it has {', '.join(worksheets) or 'none'}."
        raise InputError(message)
    worksheet = worksheets[name] if name is not None else next(iter(worksheets.values()))
    worksheet.reset_dimensions()  # what the file declares may be 64,000 blank rows
    rows: Iterator[tuple[Any, ...]] = worksheet.iter_rows(values_only=True)
    return rows


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT_LIMIT:
        return str(int(value))
    if isinstance(value, int) and abs(value) >= _EXACT_LIMIT:
        return repr(float(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return str(value)


def _fault(cells: list[str]) -> Reason | None:
    if max(map(len, cells)) > CELL_LIMIT:
        return TOO_LARGE
    return NUL if any("\0" in cell for cell in cells) else None
