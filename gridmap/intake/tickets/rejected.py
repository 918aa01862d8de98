"""Rejected rows: a CSV file beside the one they came from, with line, reason and cells."""

from __future__ import annotations

import csv
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import TextIO

from gridmap.csvsafe import safe_cell
from gridmap.errors import InputError
from gridmap.intake.tables.record import Record

HEADER = ("line", "reason_zh", "reason_en")
# A spreadsheet takes UTF-8 for UTF-8 only with a byte order mark.
_ENCODING = "utf-8-sig"


class RejectedRows:
    """
    Collects rejected rows and puts their file in place when the import has ended.

    Until then they are in a file without a name, so that a run that is killed leaves nothing and
    a run that fails leaves the file of an earlier one as it was. When no row was rejected, the
    file of an earlier run goes.

    Parameters
    ----------
    path
        Where the file is to be.
    source
        The file that is imported; who may read it may read its rejected rows.
    header
        The names of its columns.
    """

    def __init__(self, path: Path, source: Path, header: Sequence[str]) -> None:
        self.path, self.source, self.header = path, source, header
        self.count = 0
        self._file: TextIO | None = None
        self._open_files = ExitStack()

    def add(self, records: Iterable[Record]) -> None:
        """Write down rows; their cells are made safe for spreadsheets."""
        with self._explained():
            for line, cells, fault in records:
                reasons = ("", "") if fault is None else fault
                self._write([line, *reasons, *cells])
                self.count += 1

    def _write(self, row: Sequence[object]) -> None:
        if self._file is None:
            file = tempfile.TemporaryFile(  # noqa: SIM115 - the stack closes it
                "w+", dir=self.path.parent, encoding=_ENCODING, newline=""
            )
            self._file = self._open_files.enter_context(file)
            self._write([*HEADER, *self.header])
        csv.writer(self._file).writerow([safe_cell(cell).replace("\0", "\ufffd") for cell in row])

    def __enter__(self) -> RejectedRows:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._explained(), self._open_files:
            if kind is None:
                self._publish()

    def _publish(self) -> None:
        if self._file is None:
            self.path.unlink(missing_ok=True)
            return
        self._file.flush()
        self._file.buffer.seek(0)
        handle, part = tempfile.mkstemp(dir=self.path.parent, prefix=f"{self.path.name}.")
        try:
            with os.fdopen(handle, "wb") as copy:
                shutil.copyfileobj(self._file.buffer, copy)
            shutil.copymode(self.source, part)
            os.replace(part, self.path)
        except BaseException:
            os.unlink(part)
            raise

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            message = (
                f"The rejected rows cannot be written to {self.path}: {error.strerror}. "
                "Mend that and run the same command again."
            )
            raise InputError(message) from error
