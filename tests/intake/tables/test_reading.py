"""Reading tables: whatever is wrong with a row stays with that row."""

from __future__ import annotations

import tracemalloc
import warnings
import zipfile
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.errors import InputError, SettingError
from gridmap.intake.tables import delimited
from gridmap.intake.tables.reading import Table, open_table
from gridmap.intake.tables.record import CELL_LIMIT


def contents(table: Table) -> tuple[list[tuple[int, list[str]]], list[tuple[int, str]]]:
    """Good rows with their lines, and lines of bad rows with the reason in English."""
    good: list[tuple[int, list[str]]] = []
    bad: list[tuple[int, str]] = []
    for batch in table.batches():
        good += zip(batch.lines, batch.rows, strict=True)
        bad += [(record.line, record.fault.en) for record in batch.bad]
    return good, bad


def write(path: Path, data: bytes | str) -> Path:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


@pytest.fixture
def csv_path(tmp_path: Path) -> Path:
    return tmp_path / "tickets.csv"


def test_rows_come_with_their_lines_in_batches(csv_path: Path) -> None:
    write(csv_path, "a,b\r\n1,x\r\n\r\n2,y\r\n,\r\n3,z")
    batches = list(open_table(csv_path).batches(2))
    assert [batch.lines for batch in batches] == [[2, 4], [6]]
    assert [batch.column("b") for batch in batches] == [["x", "y"], ["z"]]


def test_cells_hold_newlines_and_quotes(csv_path: Path) -> None:
    write(csv_path, 'a,b\n1,"first\nsecond ""quoted"", third"\n2,y\n')
    good, bad = contents(open_table(csv_path))
    assert good == [(2, ["1", 'first\nsecond "quoted", third']), (4, ["2", "y"])]
    assert bad == []


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_the_delimiter_is_found(csv_path: Path, delimiter: str) -> None:
    write(csv_path, f"a{delimiter}b\n1{delimiter}x\n")
    assert contents(open_table(csv_path, ["a", "b"]))[0] == [(2, ["1", "x"])]


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("gb18030", None),
        ("utf-8-sig", "UTF-8"),
        ("utf-8", "utf-8-sig"),
        ("gbk", "GB2312"),
        ("gb18030", "gb18030"),
        ("big5", "big5"),
    ],
)
def test_encodings_are_found_or_named(csv_path: Path, codec: str, name: str | None) -> None:
    write(csv_path, "工單,地址\n1,中山路\n".encode(codec))
    table = open_table(csv_path, ["工單", "地址"], encoding=name)
    assert contents(table)[0] == [(2, ["1", "中山路"])]


def test_one_damaged_row_does_not_change_the_encoding(csv_path: Path) -> None:
    rows = ["编号,地址", *(f"{number},丰台路{number}号" for number in range(5))]
    lines = [row.encode() for row in rows]
    lines[3] = lines[3][:-2]
    write(csv_path, b"\n".join(lines))
    good, bad = contents(open_table(csv_path))
    assert [line for line, _ in good] == [2, 3, 5, 6]
    assert bad == [(4, "it is not valid utf-8 text")]


def test_a_file_cut_within_a_letter_loses_only_its_last_row(csv_path: Path) -> None:
    write(csv_path, "编号,地址\n1,丰台路\n2,丰台路".encode()[:-1])
    good, bad = contents(open_table(csv_path, encoding="utf-8"))
    assert [line for line, _ in good] == [2]
    assert bad == [(3, "it is not valid utf-8 text")]


def test_utf16_is_refused_with_what_to_do(csv_path: Path) -> None:
    write(csv_path, "a,b\n1,x\n".encode("utf-16"))
    with pytest.raises(InputError, match=r"is UTF-16.*save it as CSV UTF-8"):
        open_table(csv_path)
    with pytest.raises(SettingError, match="'utf-16' cannot be read: name utf-8 or gb18030"):
        open_table(csv_path, encoding="utf-16")
    with pytest.raises(SettingError, match="'klingon' cannot be read"):
        open_table(csv_path, encoding="klingon")


def test_a_wrong_encoding_is_said_with_the_header(csv_path: Path) -> None:
    write(csv_path, "编号,地址\n1,x\n".encode("gb18030"))
    with pytest.raises(InputError, match="read as utf-8, cannot be used: it is not valid utf-8"):
        open_table(csv_path, encoding="utf-8")
    write(csv_path, "编号,地址\n1,x\n")
    with pytest.raises(InputError, match="read as gb18030, has no column 编号: its columns are"):
        open_table(csv_path, ["编号"], encoding="gb18030")


def test_nul_bytes_concern_their_row(csv_path: Path) -> None:
    write(csv_path, b"a,b\n1,x\0y\n2,y\n")
    good, bad = contents(open_table(csv_path))
    assert good == [(3, ["2", "y"])]
    assert bad == [(2, "it contains a NUL character")]


def test_ragged_rows_are_bad_but_for_empty_cells_at_the_end(csv_path: Path) -> None:
    write(csv_path, "a,b\n1\n2,x,more\n3,y,,\n")
    good, bad = contents(open_table(csv_path))
    assert [line for line, _ in good] == [4]
    assert bad == [
        (2, "it has 1 cells, the header 2"),
        (3, "it has 3 cells, the header 2"),
    ]


def test_a_file_cut_within_quotes_loses_only_what_was_cut(csv_path: Path) -> None:
    write(csv_path, 'a,b\n1,x\n2,"cut off\nin the middle')
    good, bad = contents(open_table(csv_path))
    assert good == [(2, ["1", "x"])]
    assert [line for line, _ in bad] == [3, 4]
    assert "never closed: the file may be cut off" in bad[0][1]


@pytest.mark.parametrize("stray", ['"', '"unclosed', '"x"y'])
def test_a_stray_quote_does_not_swallow_the_rows_after_it(csv_path: Path, stray: str) -> None:
    rows = "".join(f'{number},"quoted {number}"\n' for number in range(3, 6000))
    write(csv_path, f"a,b\n1,x\n2,{stray}\n" + rows)
    good, bad = contents(open_table(csv_path))
    assert [line for line, _ in good] == [2, *range(4, 6001)]
    assert [line for line, _ in bad] == [3]


def test_a_stray_quote_before_many_unquoted_rows(csv_path: Path) -> None:
    rows = "".join(f"{number},{'plain ' * 10}\n" for number in range(3, 6000))
    write(csv_path, 'a,b\n1,x\n2,"unclosed\n' + rows)
    good, bad = contents(open_table(csv_path))
    assert len(good) == 5998
    assert [line for line, _ in bad] == [3]


def test_a_lone_carriage_return_concerns_its_row(csv_path: Path) -> None:
    write(csv_path, b"a,b\n1,x\ry\n2,y\n")
    good, bad = contents(open_table(csv_path))
    assert good == [(3, ["2", "y"])]
    assert bad == [(2, "a carriage return stands within the row")]


@pytest.mark.parametrize(
    "huge", ["x" * 20_000_000, ("line of text " * 20 + "\n") * 80_000, 'say ""x"" ' * 10**6]
)
def test_a_huge_cell_is_one_bad_row_and_memory_stays_small(csv_path: Path, huge: str) -> None:
    write(csv_path, f'a,b\n1,x\n2,"{huge}"\n3,z\n')
    tracemalloc.start()
    good, bad = contents(open_table(csv_path))
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [cells for _, cells in good] == [["1", "x"], ["3", "z"]]
    assert bad == [(3, f"a cell is longer than {CELL_LIMIT} characters")]
    assert good[1][0] == 4 + huge.count("\n")
    assert peak_bytes < 150e6


def test_a_huge_unquoted_cell_at_the_end(csv_path: Path) -> None:
    write(csv_path, "a,b\n1,x\n2," + "y" * 6_000_000)
    good, bad = contents(open_table(csv_path))
    assert [line for line, _ in good] == [2]
    assert bad == [(3, f"a cell is longer than {CELL_LIMIT} characters")]


@pytest.mark.parametrize("data", ["", "\n\n\n", "\ufeff"])
def test_an_empty_file_is_said_to_be_empty(csv_path: Path, data: str) -> None:
    write(csv_path, data)
    with pytest.raises(InputError, match="is empty"):
        open_table(csv_path)


def test_a_header_alone_is_a_table_without_rows(csv_path: Path) -> None:
    assert contents(open_table(write(csv_path, "a,b\n"))) == ([], [])


def test_missing_columns_are_named_beside_those_found(csv_path: Path) -> None:
    write(csv_path, "a,b\n1,x\n")
    with pytest.raises(InputError, match="has no column c, d: its columns are a, b"):
        open_table(csv_path, ["a", "c", "d"])


def test_a_column_that_is_there_twice(csv_path: Path) -> None:
    write(csv_path, "a,b,a,b\n1,x,2,y\n")
    with pytest.raises(InputError, match="has the column a more than once"):
        open_table(csv_path, ["a"])
    assert open_table(csv_path).header == ("a", "b", "a", "b")


def test_what_is_no_readable_file(tmp_path: Path, csv_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        open_table(csv_path)
    with pytest.raises(InputError, match="is a folder"):
        open_table(tmp_path)
    with pytest.raises(InputError, match=r"old \(.xls\) or a protected workbook"):
        open_table(write(csv_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))


def test_a_file_that_may_not_be_read(csv_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(csv_path, "a\n1\n")

    def refuse(*arguments: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match="cannot be read: Permission denied"):
        open_table(csv_path)


@given(
    st.lists(
        st.lists(
            st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=6),
            min_size=2,
            max_size=2,
        ),
        max_size=12,
    )
)
def test_whatever_the_csv_module_writes_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    import csv

    path = tmp_path_factory.mktemp("csv") / "any.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([["a", "b"], *rows])
    good, bad = contents(open_table(path, encoding="utf-8"))
    assert [cells for _, cells in good] == [row for row in rows if any(row)]
    assert bad == []


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = write(tmp_path_factory.mktemp("csv") / "any.csv", b"a,b\n1,x\n" + data)
    good, bad = contents(open_table(path))
    assert all(len(cells) >= 2 for _, cells in good)
    lines = [line for line, _ in good] + [line for line, _ in bad]
    assert len(lines) == len(set(lines))
    assert max(lines) <= 3 + data.count(b"\n")


@given(
    st.lists(
        st.sampled_from(["1,x\n", '2,"a\nb"\n', "\n", '3,"\n', "4\n", "5,\0\n", '"', "6,y\r\n"])
    )
)
def test_blocks_are_read_as_rows_are(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    path = write(tmp_path_factory.mktemp("csv") / "any.csv", "a,b\n" + "".join(lines))
    found = []
    for block_bytes in (1, 12, 1 << 18):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(delimited, "_BLOCK_BYTES", block_bytes)
            found.append(contents(open_table(path)))
    assert found[0] == found[1] == found[2]


def save_workbook(path: Path, rows: list[list[object]], *, title: str = "Sheet") -> Path:
    workbook = openpyxl.Workbook()
    workbook.active.title = title
    for row in rows:
        workbook.active.append(row)
    workbook.save(path)
    return path


def test_a_workbook_gives_text_as_a_person_sees_it(tmp_path: Path) -> None:
    path = save_workbook(
        tmp_path / "tickets.xlsx",
        [
            ["编号", "时间", "电话", "经度"],
            [54090884, datetime(2026, 1, 31, 8, 15), 13800000000.0, 116.25],
            [None, None, None, None],
            [12345678901234567890, None, True],
        ],
    )
    good, bad = contents(open_table(path, ["编号", "时间"]))
    assert good == [
        (2, ["54090884", "2026-01-31 08:15:00", "13800000000", "116.25"]),
        (4, ["1.234567890123457e+19", "", "TRUE", ""]),
    ]
    assert bad == []


def test_a_sheet_is_taken_by_name(tmp_path: Path) -> None:
    path = save_workbook(tmp_path / "tickets.xlsx", [["a"], [1]], title="工单")
    assert open_table(path, sheet="工单").header == ("a",)
    with pytest.raises(InputError, match="no sheet '人员': it has 工单"):
        open_table(path, sheet="人员")


def test_blank_rows_of_a_workbook_are_passed_over(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet()
    sheet.append(["a", "b"])
    for _ in range(64_000):
        sheet.append([None, None])
    sheet.append([1, "x"])
    workbook.save(tmp_path / "blank.xlsx")
    assert contents(open_table(tmp_path / "blank.xlsx")) == ([(64_002, ["1", "x"])], [])


def rewrite(path: Path, member: str, data: bytes) -> Path:
    """Replace one member of a workbook."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members[member] = data
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


SHEET = "xl/worksheets/sheet1.xml"


def test_a_huge_cell_of_a_workbook(tmp_path: Path) -> None:
    path = save_workbook(tmp_path / "tickets.xlsx", [["a", "b"]])
    cells = '<c t="inlineStr"><is><t>{}</t></is></c>'
    rows = "".join(
        f"<row>{cells.format(number)}{cells.format(text)}</row>"
        for number, text in [("a", "b"), (1, "x" * 20_000_000), (2, "y")]
    )
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'
    good, bad = contents(open_table(rewrite(path, SHEET, sheet.encode())))
    assert good == [(3, ["2", "y"])]
    assert bad == [(2, f"a cell is longer than {CELL_LIMIT} characters")]


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = save_workbook(tmp_path / "bomb.xlsx", [["a"], [1]])
    rewrite(path, SHEET, bytes(300 << 20))
    tracemalloc.start()
    with pytest.raises(InputError, match=r"would unpack to 314,.* times its size, and is refused"):
        open_table(path)
    assert tracemalloc.get_traced_memory()[1] < 5e6
    tracemalloc.stop()


def test_damaged_workbooks(tmp_path: Path) -> None:
    path = save_workbook(tmp_path / "tickets.xlsx", [["a"], [1]])
    cut = write(tmp_path / "cut.xlsx", path.read_bytes()[:-40])
    with pytest.raises(InputError, match="is no XLSX workbook, or it is damaged"):
        open_table(cut)
    with pytest.raises(InputError, match="is damaged after row 0"):
        open_table(rewrite(path, SHEET, b"<worksheet><sheetData><row>"))
    with zipfile.ZipFile(tmp_path / "other.xlsx", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    with pytest.raises(InputError, match="save it as XLSX or CSV"):
        open_table(tmp_path / "other.xlsx")


def test_nothing_is_left_open(csv_path: Path) -> None:
    write(csv_path, "a\n1\n")
    with warnings.catch_warnings(action="error"):
        with pytest.raises(InputError):
            open_table(csv_path, ["b"])
        list(open_table(csv_path).batches())


@pytest.mark.parametrize("encoding", ["utf-8", "big5"])
def test_a_wrong_encoding_suggests_another(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"\xff\xfe\xff,b\n1,2\n")
    other = "gb18030" if encoding == "utf-8" else "utf-8"
    with pytest.raises(InputError, match=f'try encoding = "{other}"'):
        open_table(path, encoding=encoding)


def test_what_is_no_table_is_told(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('{\n"type": 1}', encoding="utf-8")
    with pytest.raises(InputError, match="neither CSV nor XLSX"):
        open_table(path, ["编号"])
