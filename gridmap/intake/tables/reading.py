"""Tables: CSV, TSV and XLSX files as batches of rows of text with their line numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gridmap.errors import InputError
from gridmap.intake.tables.delimited import count_lines, read_delimited
from gridmap.intake.tables.encoding import find_encoding, parse_encoding
from gridmap.intake.tables.record import Record, fits, ragged
from gridmap.intake.tables.workbook import read_workbook

BATCH_ROWS = 20_000

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class TableBatch:
    """
    Some rows of a table, in their order.

    Attributes
    ----------
    lines
        The line on which each row begins; the first line of a file (row of a sheet) is 1.
    rows
        The cells of each row, as many as the header has.
    bad
        The rows that could not be read, each with its fault; none of them is among `rows`.
    """

    lines: list[int]
    rows: list[list[str]]
    bad: list[Record]
    header: tuple[str, ...]

    def column(self, name: str) -> list[str]:
        """Take one column by its name in the header."""
        index = self.header.index(name)
        return [row[index] for row in self.rows]


@dataclass(frozen=True)
class Table:
    """
    A file whose header has been read; its rows can be taken once.

    `rows_at_most` is the number of its lines, or None where only reading tells (workbooks).
    """

    path: Path
    header: tuple[str, ...]
    rows_at_most: int | None
    _records: Iterator[Record]

    def batches(self, rows: int = BATCH_ROWS) -> Iterator[TableBatch]:
        """
        Stream the rows, so many at a time, good and bad ones counted together.

        Rows of which all cells are blank are passed over. A row whose cells are more or fewer
        than the header's is bad.
        """
        batch = TableBatch([], [], [], self.header)
        width = len(self.header)
        for line, cells, fault in self._records:
            if fault is not None:
                batch.bad.append(Record(line, cells, fault))
            elif not any(cells):
                continue
            elif fits(cells, width):
                batch.lines.append(line)
                batch.rows.append(cells)
            else:
                batch.bad.append(Record(line, cells, ragged(len(cells), width)))
            if len(batch.rows) + len(batch.bad) >= rows:
                yield batch
                batch = TableBatch([], [], [], self.header)
        if batch.rows or batch.bad:
            yield batch


def open_table(
    path: Path | str,
    needed: Sequence[str] = (),
    *,
    encoding: str | None = None,
    sheet: str | None = None,
) -> Table:
    """
    Open a CSV, TSV or XLSX file and read its header.

    Parameters
    ----------
    path
        The file; what it is, is told by its first bytes, not by its name.
    needed
        Names of columns that must be there, once each.
    encoding
        Of a CSV or TSV file; None finds out whether it is UTF-8 or GB18030.
    sheet
        Of a workbook; None takes the first one.

    Raises
    ------
    InputError
        If there is no such file, if it is of another kind, empty or damaged, or if its header has
        not the columns that are needed; the message names those missing and those found.
    """
    path = Path(path)
    start = _start(path)
    if start.startswith((b"{", b"[{")):
        message = f"{path} is neither CSV nor XLSX: it looks like JSON. Save it as CSV or XLSX."
        raise InputError(message)
    if start == _OLE:
        message = f"{path} is an old (.xls) or a protected workbook: save it as XLSX or CSV."
        raise InputError(message)
    name = str(path)
    if start == _ZIP:
        records = read_workbook(path, sheet)
    else:
        codec = find_encoding(path) if encoding is None else parse_encoding(encoding)
        records = read_delimited(path, codec)
        name = f"{path}, read as {codec},"
    first = next(records, None)
    if first is None:
        message = f"{path} is empty: not even a line with the names of the columns is in it."
        raise InputError(message)
    header = tuple(cell.strip() for cell in first.cells)
    _check_columns(name, header, needed)
    return Table(path, header, None if start == _ZIP else count_lines(path), records)


def _start(path: Path) -> bytes:
    try:
        if not path.is_file():
            what = "is a folder" if path.is_dir() else "does not exist"
            message = f"The file {path} {what}: name a CSV, TSV or XLSX file."
            raise InputError(message)
        with path.open("rb") as file:
            return file.read(4)
    except OSError as error:
        message = f"The file {path} cannot be read: {error.strerror}."
        raise InputError(message) from error


def _check_columns(name: str, header: Sequence[str], needed: Sequence[str]) -> None:
    missing = [column for column in dict.fromkeys(needed) if column not in header]
    if missing:
        found = ", ".join(column for column in header if column)[:1000]
        message = f"{name} has no column {', '.join(missing)}: its columns are {found or 'blank'}."
        raise InputError(message)
    double = [column for column in dict.fromkeys(needed) if header.count(column) > 1]
    if double:
        message = f"{name} has the column {', '.join(double)} more than once: rename one of them."
        raise InputError(message)
