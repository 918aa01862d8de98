"""The file of rejected rows: whole or not there, readable, and no formula in it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from gridmap.errors import InputError
from gridmap.intake.tables.record import NUL, Reason, Record
from gridmap.intake.tickets.rejected import RejectedRows

REASON = Reason("没有编号", "it has no number")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "tickets.csv"
    path.write_text("a,b\n", encoding="utf-8")
    path.chmod(0o640)
    return path


def rejected_rows(source: Path) -> RejectedRows:
    return RejectedRows(source.with_name("tickets.csv.rejected.csv"), source, ["编号", "=b"])


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_rows_come_with_line_reason_and_cells(source: Path) -> None:
    with rejected_rows(source) as rejected:
        rejected.add([Record(3, ["", "路\n口"], REASON)])
        rejected.add([Record(5, ["=1+1", "-12.5", "more"], NUL)])
    assert rejected.count == 2
    assert read(rejected.path) == [
        ["line", "reason_zh", "reason_en", "编号", "'=b"],
        ["3", "没有编号", "it has no number", "", "路\n口"],
        ["5", *NUL, "'=1+1", "-12.5", "more"],
    ]
    assert rejected.path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert rejected.path.stat().st_mode & 0o777 == 0o640


def test_nothing_is_seen_before_the_end(source: Path) -> None:
    with rejected_rows(source) as rejected:
        rejected.add([Record(3, ["x"], REASON)])
        assert list(source.parent.iterdir()) == [source]
    assert sorted(source.parent.iterdir()) == [source, rejected.path]


def break_off(rejected: RejectedRows) -> None:
    rejected.add([Record(3, ["later"], REASON)])
    message = "The file is damaged half-way."
    raise InputError(message)


def test_a_failure_leaves_the_earlier_file(source: Path) -> None:
    with rejected_rows(source) as rejected:
        rejected.add([Record(3, ["earlier"], REASON)])
    with pytest.raises(InputError, match="half-way"), rejected_rows(source) as rejected:
        break_off(rejected)
    assert read(rejected.path)[1][3] == "earlier"


def test_no_rejected_row_no_file(source: Path) -> None:
    with rejected_rows(source) as rejected:
        rejected.add([])
    assert list(source.parent.iterdir()) == [source]
    rejected.path.write_text("of an earlier run", encoding="utf-8")
    with rejected_rows(source):
        pass
    assert list(source.parent.iterdir()) == [source]


def test_a_folder_that_cannot_be_written(source: Path) -> None:
    rejected = RejectedRows(source / "nowhere" / "rejected.csv", source, ["a"])
    said = r"rejected rows cannot be written to .*: Not a directory"
    with pytest.raises(InputError, match=said), rejected:
        rejected.add([Record(3, ["x"], REASON)])
