"""Office lists: read whole, their headers in either language."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from gridmap.errors import InputError
from gridmap.intake import lists
from gridmap.intake.lists import read_list


def test_cells_are_trimmed_and_made_half_width(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("编号,名称\n １１０ , 甲（一） \n,,\n\n2,乙\n", encoding="gb18030")
    table = read_list(path, ["code"], {"编号": "code"})
    assert table.columns == {"code": ["110", "2"], "名称": ["甲(一)", "乙"]}
    assert table.lines == [2, 5]
    assert len(table) == 2
    assert table.bad == []


def test_blank_rows_of_a_workbook(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(["code"])
    sheet.append(["1"])
    sheet.cell(64_000, 1, "2")
    workbook.save(tmp_path / "a.xlsx")
    assert read_list(tmp_path / "a.xlsx").lines == [2, 64_000]


def test_bad_rows_keep_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n3\n", encoding="utf-8")
    (finding,) = read_list(path).bad
    assert finding.message == "Line 3: it has 1 cells, the header 2."
    assert finding.severity == "error"


def test_what_is_no_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n3,4\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"has no column c; its columns are a, b\."):
        read_list(path, ["c"])
    monkeypatch.setattr(lists, "ROWS_LIMIT", 1)
    with pytest.raises(InputError, match="more than 1 rows"):
        read_list(path)
