"""Rows of CSV and TSV files, one after the other, whatever is wrong with one of them.

The csv module splits; what it refuses is mended here by one rule: a row that reaches over several
lines and does not fit the header is taken apart - its first line is rejected and reading goes on
with the next one - so that one stray quotation mark does not swallow the rows after it.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import BinaryIO

from gridmap.errors import InputError
from gridmap.intake.tables.record import (
    BROKEN_QUOTES,
    CARRIAGE_RETURN,
    CELL_LIMIT,
    NUL,
    TOO_LARGE,
    UNCLOSED,
    Reason,
    Record,
    fits,
    undecodable,
)

_LINE_LIMIT_BYTES = 4 << 20
_BLOCK_BYTES = 1 << 18
_SHOWN_BYTES = 4096
# How the messages of the csv module begin.
_TOO_LARGE = "field larger"
_CARRIAGE_RETURN = "new-line character"


class _Lines:
    """The lines of a file for a csv reader, with what is known of the row being read."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self.file = file
        self.encoding = encoding
        self.line = self.offset = 0
        self.ended = False
        self.begin()

    def begin(self) -> None:
        """Note that a new row begins with the next line."""
        self.first_line = self.line + 1
        self.first_offset = self.offset
        self.fault: Reason | None = None

    def go_back(self) -> None:
        """Read the row being read once more."""
        self.line = self.first_line - 1
        self.offset = self.first_offset
        self.file.seek(self.offset)
        self.ended = False

    def skip_line(self) -> Iterator[bytes]:
        """Pass over one line, of whatever length, in pieces."""
        for piece in iter(lambda: self.file.readline(_LINE_LIMIT_BYTES), b""):
            self.offset += len(piece)
            yield piece
            if piece.endswith(b"\n"):
                self.line += 1
                return
        self.ended = True

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        raw = self.file.readline(_LINE_LIMIT_BYTES)
        if not raw:
            self.ended = True
            raise StopIteration
        if len(raw) == _LINE_LIMIT_BYTES and not raw.endswith(b"\n"):
            raise csv.Error(_TOO_LARGE)
        self.line += 1
        self.offset += len(raw)
        if self.line == 1:
            raw = raw.removeprefix(codecs.BOM_UTF8)
        if b"\0" in raw:
            self.fault = NUL
        try:
            return raw.decode(self.encoding)
        except UnicodeDecodeError:
            self.fault = undecodable(self.encoding)
            return raw.decode(self.encoding, "replace")


def read_delimited(path: Path, encoding: str) -> Iterator[Record]:
    """
    Read the rows of a CSV or TSV file; the first that is not blank is the header.

    Memory is bounded by the longest cell that is allowed, not by the file. Blank lines are passed
    over.

    Parameters
    ----------
    path
        The file; comma, semicolon or tab, whichever the first line has most of, parts its cells.
    encoding
        A codec that keeps ASCII bytes (`parse_encoding`).

    Raises
    ------
    InputError
        If the header cannot be read.
    """
    with path.open("rb") as file:
        lines = _Lines(file, encoding)
        delimiter = _delimiter(file)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        header = next(_careful_rows(reader, lines, delimiter, None), None)
        if header is None:
            return
        _check_header(path, header, encoding)
        yield header
        while not lines.ended:
            yield from _plain_rows(lines, delimiter)
            yield from _careful_rows(reader, lines, delimiter, len(header.cells))


def _careful_rows(
    reader: Iterator[list[str]], lines: _Lines, delimiter: str, width: int | None
) -> Iterator[Record]:
    """Read about a block of rows one by one; what is wrong with one stays with it."""
    end = lines.offset + _BLOCK_BYTES
    while lines.offset < end and not lines.ended:
        lines.begin()
        record = _next_record(reader, lines, delimiter, width)
        if record is not None:
            yield record


def _plain_rows(lines: _Lines, delimiter: str) -> Iterator[Record]:
    """
    Read whole blocks of rows as long as each row is one line and nothing is wrong with any.

    That is several times quicker than one by one, which goes on where this ends.
    """
    while block := lines.file.read(_BLOCK_BYTES):
        block += lines.file.readline(_LINE_LIMIT_BYTES)
        rows = _split(block, lines.encoding, delimiter)
        if rows is None:
            lines.file.seek(lines.offset)
            return
        for line, cells in enumerate(rows, start=lines.line + 1):
            if cells:
                yield Record(line, cells, None)
        lines.line += len(rows)
        lines.offset += len(block)


def _split(block: bytes, encoding: str, delimiter: str) -> list[list[str]] | None:
    if b"\0" in block or (len(block) > _LINE_LIMIT_BYTES and not block.endswith(b"\n")):
        return None
    try:
        reader = csv.reader(
            StringIO(block.decode(encoding), newline="\n"), delimiter=delimiter, strict=True
        )
        rows = list(reader)
    except (UnicodeDecodeError, csv.Error):
        return None
    return rows if reader.line_num == len(rows) else None


def count_lines(path: Path) -> int:
    """Count the lines after the first one."""
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(_LINE_LIMIT_BYTES), b""))


def _delimiter(file: BinaryIO) -> str:
    first_line = file.readline(_LINE_LIMIT_BYTES)
    file.seek(0)
    return max(",", ";", "\t", key=lambda delimiter: first_line.count(delimiter.encode()))


def _check_header(path: Path, record: Record, encoding: str) -> None:
    if record.fault is not None:
        message = f"The header of {path}, read as {encoding}, cannot be used: {record.fault.en}."
        if record.fault == undecodable(encoding):
            other = "gb18030" if encoding == "utf-8" else "utf-8"
            message = f'{message[:-1]}; try encoding = "{other}".'
        raise InputError(message)


def _next_record(
    reader: Iterator[list[str]], lines: _Lines, delimiter: str, width: int | None
) -> Record | None:
    """Read one row, or None for a blank line and at the end."""
    try:
        cells = next(reader, None)
    except csv.Error as error:
        if str(error).startswith(_TOO_LARGE) and _skip_row(lines, delimiter, width):
            return Record(lines.first_line, _shown(lines, delimiter), lines.fault or TOO_LARGE)
        if str(error).startswith(_CARRIAGE_RETURN):
            return _take_apart(lines, delimiter, CARRIAGE_RETURN)
        return _take_apart(lines, delimiter, UNCLOSED if lines.ended else BROKEN_QUOTES)
    if not cells:
        return None
    if lines.line > lines.first_line and width is not None and not fits(cells, width):
        return _take_apart(lines, delimiter, BROKEN_QUOTES)
    return Record(lines.first_line, cells, lines.fault)


def _take_apart(lines: _Lines, delimiter: str, reason: Reason) -> Record:
    """Reject the first line of a row and go on with its second one."""
    lines.go_back()
    for _ in lines.skip_line():
        pass
    return Record(lines.first_line, _shown(lines, delimiter), lines.fault or reason)


def _skip_row(lines: _Lines, delimiter: str, width: int | None) -> bool:
    """
    Pass over a row with a cell that is too large, in pieces; whether it was a proper row.

    It is when its quotation marks end in pairs and what lies outside of them has as many
    delimiters as the header.
    """
    lines.go_back()
    quotes = delimiters = 0
    while not lines.ended:
        for piece in lines.skip_line():
            parts = piece.split(b'"')
            delimiters += sum(part.count(delimiter.encode()) for part in parts[quotes % 2 :: 2])
            quotes += len(parts) - 1
        if quotes % 2 == 0:
            return width is None or delimiters == width - 1
    return False


def _shown(lines: _Lines, delimiter: str) -> list[str]:
    """Make out the cells at the beginning of a row that could not be read."""
    here = lines.file.tell()
    lines.file.seek(lines.first_offset)
    raw = lines.file.readline(_SHOWN_BYTES)
    lines.file.seek(here)
    text = raw.decode(lines.encoding, "replace").rstrip("\r\n").replace("\r", " ")
    cells = next(csv.reader([text], delimiter=delimiter), [])
    if cells and not raw.endswith(b"\n"):
        cells[-1] += "…"
    return [cell[:CELL_LIMIT] for cell in cells]
