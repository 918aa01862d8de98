"""Rows of a file as tickets: read by a profile, batch by batch, bad rows set apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gridmap.datum import to_store
from gridmap.intake.tables.cells import Times, degrees, times
from gridmap.intake.tables.reading import BATCH_ROWS, TableBatch, open_table
from gridmap.intake.tables.record import Reason, Record
from gridmap.intake.tickets.profile import TICKET_FIELDS, Profile

#: Longer numbers do not fit into the index that keeps them unique, and are none.
NUMBER_LIMIT = 200

NO_NUMBER = Reason("没有编号", "it has no number")
LONG_NUMBER = Reason(
    f"编号超过 {NUMBER_LIMIT} 个字符", f"its number is longer than {NUMBER_LIMIT} characters"
)
SHORTENED_NUMBER = Reason(
    "编号被电子表格缩写为科学计数法，末几位已丢失",
    "a spreadsheet has shortened its number, and the last digits are lost: export it as text",
)
NO_TIME = Reason("没有时间", "it has no time")

_SHORTENED = re.compile(r"\d(\.\d+)?[eE]\+\d+")
#: Fields that are taken as they are written; the others are read.
_TEXT_FIELDS = tuple(
    name for name in TICKET_FIELDS if name not in ("number", "reported_at", "status", "closed_at")
)


@dataclass(frozen=True)
class TicketBatch:
    """
    Some tickets of a file, in their order.

    Attributes
    ----------
    lines
        The line on which each of n tickets begins.
    columns
        The fields of `gridmap.model.Ticket` and `lon`, `lat` (degrees in the store's datum; NaN
        where there is none, infinite where it is no number), `as_of` (the same as `reported_at`):
        lists or arrays of n, as `Router.answer` takes them. `digest` tells rows with other
        content apart.
    bad
        The rows that are no tickets, with their cells and the fault.
    rows
        The cells of each ticket as they stand in the file.
    """

    lines: list[int]
    columns: dict[str, Any]
    bad: list[Record]
    rows: list[list[str]] = field(repr=False)

    def __len__(self) -> int:
        return len(self.lines)


@dataclass(frozen=True)
class TicketFile:
    """A file of tickets whose header fits its profile."""

    path: Path
    header: tuple[str, ...]
    batches: Iterator[TicketBatch]
    rows_at_most: int | None


def open_tickets(path: Path | str, profile: Profile, *, batch_rows: int = BATCH_ROWS) -> TicketFile:
    """
    Open a CSV, TSV or XLSX file of tickets; its batches can be taken once.

    Raises
    ------
    InputError
        If the file cannot be read or its columns are not those of the profile.
    """
    table = open_table(path, profile.needed, encoding=profile.encoding, sheet=profile.sheet)
    batches = (_tickets(batch, profile) for batch in table.batches(batch_rows))
    return TicketFile(table.path, table.header, batches, table.rows_at_most)


def read_tickets(
    path: Path | str, profile: Profile, *, batch_rows: int = BATCH_ROWS
) -> Iterator[TicketBatch]:
    """Stream the tickets of a file, as `open_tickets` does, with its errors."""
    return open_tickets(path, profile, batch_rows=batch_rows).batches


def _tickets(batch: TableBatch, profile: Profile) -> TicketBatch:
    cells = _mapped(batch, profile)
    reported_at = _times(cells["reported_at"], profile)
    closed_at = _times(cells["closed_at"], profile) if "closed_at" in cells else None
    faults = _faults(cells, reported_at, closed_at)
    if not faults:
        columns = _columns(cells, reported_at, closed_at, profile)
        return TicketBatch(batch.lines, columns, batch.bad, batch.rows)
    good = [index for index in range(len(batch.rows)) if index not in faults]
    bad = [Record(batch.lines[index], batch.rows[index], fault) for index, fault in faults.items()]
    columns = _columns(
        {name: [values[index] for index in good] for name, values in cells.items()},
        reported_at[good],
        None if closed_at is None else closed_at[good],
        profile,
    )
    return TicketBatch(
        [batch.lines[index] for index in good],
        columns,
        sorted(batch.bad + bad),
        [batch.rows[index] for index in good],
    )


def _mapped(batch: TableBatch, profile: Profile) -> dict[str, list[str]]:
    """Take the mapped columns, trimmed; several for one field are joined by a space."""
    cells = {}
    for name, columns in profile.columns.items():
        parts = [[cell.strip() for cell in batch.column(column)] for column in columns]
        cells[name] = (
            parts[0]
            if len(parts) == 1
            else [" ".join(filter(None, row)) for row in zip(*parts, strict=True)]
        )
    return cells


def _times(cells: Sequence[str], profile: Profile) -> Times:
    return times(cells, profile.time_formats, profile.time_zone)


def _faults(
    cells: dict[str, list[str]], reported_at: Times, closed_at: Times | None
) -> dict[int, Reason]:
    """Find what is no ticket: its index in the batch and why."""
    faults = {}
    for index, number in enumerate(cells["number"]):
        if not number or len(number) > NUMBER_LIMIT or _SHORTENED.fullmatch(number):
            faults[index] = _number_fault(number)
    for index in np.flatnonzero(np.isnat(reported_at)).tolist():
        text = cells["reported_at"][index]
        faults.setdefault(index, _unreadable("时间", "time", text) if text else NO_TIME)
    if closed_at is not None:
        for index in np.flatnonzero(np.isnat(closed_at)).tolist():
            text = cells["closed_at"][index]
            if text:
                faults.setdefault(index, _unreadable("办结时间", "closing time", text))
    return faults


def _number_fault(number: str) -> Reason:
    if not number:
        return NO_NUMBER
    return LONG_NUMBER if len(number) > NUMBER_LIMIT else SHORTENED_NUMBER


def _unreadable(zh: str, en: str, text: str) -> Reason:
    shown = text[:40]
    return Reason(f"{zh}“{shown}”无法识别", f"its {en} {shown!r} cannot be read")


def _columns(
    cells: dict[str, list[str]],
    reported_at: Times,
    closed_at: Times | None,
    profile: Profile,
) -> dict[str, Any]:
    count = len(reported_at)
    lon, lat = _coordinates(cells, profile, count)
    texts = {name: _texts(cells, name, count) for name in _TEXT_FIELDS}
    return texts | {
        "number": cells["number"],
        "reported_at": reported_at,
        "as_of": reported_at,
        "closed_at": np.full(count, "NaT", "datetime64[us]") if closed_at is None else closed_at,
        "status": _status(cells.get("status"), closed_at, profile, count),
        "lon": lon,
        "lat": lat,
        "digest": _digests(cells),
    }


def _texts(cells: dict[str, list[str]], name: str, count: int) -> list[str | None]:
    return [cell or None for cell in cells[name]] if name in cells else [None] * count


def _coordinates(
    cells: dict[str, list[str]], profile: Profile, count: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    if profile.datum is None or "longitude" not in cells:
        return np.full(count, np.nan), np.full(count, np.nan)
    return to_store(degrees(cells["longitude"]), degrees(cells["latitude"]), profile.datum)


def _status(
    words: list[str] | None, closed_at: Times | None, profile: Profile, count: int
) -> list[str]:
    """Say open or closed: by the profile's words, else by whether there is a closing time."""
    status = ["open"] * count
    if closed_at is not None:
        status = np.where(np.isnat(closed_at), "open", "closed").tolist()
    if words is None or not profile.status:
        return status
    meaning = profile.status.get
    return [meaning(word, default) for word, default in zip(words, status, strict=True)]


def _digests(cells: dict[str, list[str]]) -> npt.NDArray[np.int64]:
    """Hash the mapped cells of each row to 64 bits (BLAKE2b); degrees count as numbers."""
    columns = (
        map(_as_number, cells[name]) if name in ("longitude", "latitude") else cells[name]
        for name in sorted(cells)
    )
    rows = zip(*columns, strict=True)
    hashes = [blake2b("\x1f".join(row).encode(), digest_size=8).digest() for row in rows]
    return np.frombuffer(b"".join(hashes), dtype="<i8").astype(np.int64)


def _as_number(cell: str) -> str:
    """Write a number in one way, with the 15 digits that a workbook keeps."""
    try:
        return f"{float(cell) + 0.0:.15g}"  # the sum makes 0 of -0
    except ValueError:
        return cell
