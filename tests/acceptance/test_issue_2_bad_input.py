"""Acceptance 7: bad input, through the command line, on both stores.

A clear sentence, exit status 1, nothing lost, nothing half written; and where only a row is bad,
that row alone is set apart.
"""

from __future__ import annotations

import csv
import resource
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import Result
from sqlalchemy import func, select
from support.command import gridmap, run
from support.partition import add_partition
from support.tickets import COLUMNS, HEADER, PROFILE, ROWS, row, rows, write, write_profile

from gridmap.model import Decision, Import, Ticket
from gridmap.storage import Store, open_store

COMMAND = [sys.executable, "-c", "from gridmap.cli import main; main()", "--database"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the invented profile; the store is elsewhere."""
    folder = tmp_path / "office"
    folder.mkdir()
    write_profile(folder)
    return folder


@pytest.fixture
def district(store: Store, store_url: str) -> str:
    """Address of a store with invented grids."""
    add_partition(store, COLUMNS, ROWS)
    return store_url


def bring(database: str, path: Path, profile: Path | str | None = None) -> Result:
    return run(
        database, "import", "tickets", path, "--profile", profile or path.parent / "invented.toml"
    )


def assert_refused(result: Result, *said: str) -> None:
    """One sentence that says what is wrong, and exit status 1."""
    assert result.exit_code == 1, result.output
    assert result.output.startswith("Error: ")
    assert len(result.output.splitlines()) == 1
    for part in said:
        assert part in result.output


def stored(database: str) -> dict[str, int]:
    store = open_store(database)
    with store.read() as session:
        counts = {
            model.__tablename__: session.scalar(select(func.count()).select_from(model))
            for model in (Ticket, Decision, Import)
        }
    store.close()
    return counts


def assert_stored(database: str, count: int) -> None:
    """So many tickets, each with one decision."""
    counts = stored(database)
    assert (counts["tickets"], counts["decisions"]) == (count, count)


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def rejected(path: Path) -> list[dict[str, str]]:
    return table(path.with_name(f"{path.name}.rejected.csv"))


# --- files --------------------------------------------------------------------------------------


def test_a_truncated_csv_loses_only_the_row_that_was_cut(district: str, folder: Path) -> None:
    path = write(folder / "cut.csv", rows(3) + 'T9,2026-01-31 08:15:00,暴露垃圾,"示范路1号\n楼前')
    result = bring(district, path)
    assert result.exit_code == 0
    assert "3 tickets added" in result.output
    assert str(path) + ".rejected.csv" in result.output
    assert_stored(district, 3)
    assert [bad["line"] for bad in rejected(path)] == ["5", "6"]
    assert "may be cut off" in rejected(path)[0]["reason_en"]


def test_a_truncated_workbook_is_refused(district: str, folder: Path) -> None:
    path = workbook(folder / "cut.xlsx", 3)
    path.write_bytes(path.read_bytes()[:-100])
    assert_refused(bring(district, path), "cut.xlsx", "damaged", "save it again")
    assert_stored(district, 0)


def workbook(path: Path, count: int, *, blank: int = 0) -> Path:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(HEADER.strip().split(","))
    for _ in range(blank):
        sheet.append([None] * 7)
    for line in rows(count).splitlines():
        sheet.append(line.split(","))
    book.save(path)
    return path


def test_an_empty_file_is_refused(district: str, folder: Path) -> None:
    path = folder / "empty.csv"
    path.touch()
    assert_refused(bring(district, path), "empty.csv is empty")
    write(path, "")
    result = bring(district, path)
    assert result.exit_code == 0
    assert "has a header but no rows" in result.output
    assert_stored(district, 0)


def test_a_wrong_encoding_is_told(district: str, folder: Path) -> None:
    path = write(folder / "office.csv", rows(3), "gb18030")
    wrong = write_profile(folder, PROFILE.replace("[file]", '[file]\nencoding = "utf-8"'))
    assert_refused(bring(district, path, wrong), "read as utf-8", "not valid utf-8")
    assert_stored(district, 0)
    right = write_profile(folder)
    assert bring(district, path, right).exit_code == 0
    assert_stored(district, 3)


def test_a_row_in_another_encoding_is_set_apart(district: str, folder: Path) -> None:
    path = write(folder / "mixed.csv", rows(3))
    path.write_bytes(path.read_bytes() + row("T9").encode("gb18030"))
    assert bring(district, path).exit_code == 0
    assert_stored(district, 3)
    assert [bad["reason_en"] for bad in rejected(path)] == ["it is not valid utf-8 text"]


def test_64_000_blank_rows(district: str, folder: Path) -> None:
    path = workbook(folder / "blank.xlsx", 3, blank=64_000)
    result = bring(district, path)
    assert result.exit_code == 0
    assert "3 rows read" in result.output
    assert_stored(district, 3)


def test_a_cell_of_20_mb(district: str, folder: Path) -> None:
    huge = '"' + "楼前有垃圾\n" * 1_250_000 + '"'
    path = write(folder / "huge.csv", row("T1") + row("T2", content=huge) + row("T3"))
    assert path.stat().st_size > 20_000_000
    assert bring(district, path).exit_code == 0
    assert_stored(district, 2)
    (bad,) = rejected(path)
    assert (bad["line"], bad["编号"]) == ("3", "T2")
    assert bad["reason_en"] == "a cell is longer than 131072 characters"


def test_a_zip_bomb_is_refused(district: str, folder: Path) -> None:
    path = folder / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(300 << 20))
    assert_refused(bring(district, path), "would unpack to 314,", "is refused", "as CSV")
    assert_stored(district, 0)


def test_paths_that_lead_nowhere_or_outside(district: str, folder: Path) -> None:
    path = write(folder / "tickets.csv", rows(3))
    assert_refused(bring(district, folder, folder / "invented.toml"), "is a folder")
    nowhere = folder / ".." / ".." / "nowhere.csv"
    assert_refused(bring(district, nowhere, folder / "invented.toml"), "does not exist")
    for profile in ("../profiles/nyc311", "../../../../../../etc/passwd.toml", "nyc"):
        assert_refused(bring(district, path, profile), "There is no profile", "nyc311")
    archive = folder / "units.zip"
    with zipfile.ZipFile(archive, "w") as units:
        units.writestr("../outside.geojson", "{}")
    options = ("--level", "grid", "--code", "code", "--datum", "wgs84")
    assert_refused(run(district, "import", "units", archive, *options), "outside.geojson")
    assert not (folder.parent / "outside.geojson").exists()
    assert_stored(district, 0)


# --- what is written ----------------------------------------------------------------------------


def test_no_formula_leaves_in_a_csv(district: str, folder: Path) -> None:
    formula = '=HYPERLINK("http://example.org")'
    quoted = '"' + formula.replace('"', '""') + '"'
    lines = (
        row("@T1") + row("+T2+").replace("示范路1号", quoted) + row("").replace("示范路1号", quoted)
    )
    path = write(folder / "formulas.csv", lines)
    assert bring(district, path).exit_code == 0
    (bad,) = rejected(path)
    assert bad["地址"] == f"'{formula}"
    output = folder / "answers.csv"
    gridmap(
        district, "route", path, "--profile", folder / "invented.toml", "--output", output
    )  # fmt: skip
    assert [answer["ticket"] for answer in table(output)] == ["'@T1", "'+T2+", ""]
    for answer in table(output):
        assert not any(cell.startswith(("=", "+", "@")) for cell in answer.values())


# --- coordinates --------------------------------------------------------------------------------

PLACES = {
    "39.8031,116.2017": "swapped",
    "999,39.8031": "not a longitude and latitude",
    "NaN,NaN": "no coordinate",
    "0,0": "0,0",
    "东边,北边": "not two numbers",
    "-74.0,40.7": "no unit covers",
}


def test_coordinates_that_cannot_be(district: str, folder: Path) -> None:
    lines = "".join(row(f"T{number}", place) for number, place in enumerate(PLACES))
    path = write(folder / "places.csv", lines)
    result = bring(district, path)
    assert result.exit_code == 0
    assert "6 tickets added" in result.output
    assert not path.with_name("places.csv.rejected.csv").exists()
    output = folder / "answers.csv"
    gridmap(district, "route", path, "--profile", folder / "invented.toml", "--output", output)
    answers = table(output)
    assert [answer["ticket"] for answer in answers] == [f"T{i}" for i in range(6)]
    for answer, said in zip(answers, PLACES.values(), strict=True):
        assert (answer["flagged"], answer["unit"]) == ("true", "")
        assert answer["queue"] == "locating"
        assert said in answer["reason_en"]


@pytest.mark.parametrize("old", ['datum = "wgs84"', '"wgs84"'])
def test_a_wrong_or_missing_datum(district: str, folder: Path, old: str) -> None:
    path = write(folder / "tickets.csv", rows(3))
    profile = write_profile(folder, PROFILE.replace(old, '"mars"' if old == '"wgs84"' else ""))
    said = "'mars' is not known: name one of wgs84" if old == '"wgs84"' else "datum is missing"
    assert_refused(bring(district, path, profile), "invented.toml", "file.datum", said)
    assert_stored(district, 0)


# --- interrupted --------------------------------------------------------------------------------


# The command's own import, in batches so small that a run of it can be hit in the middle.
IN_SMALL_BATCHES = """
import sys
from gridmap.intake.tickets import import_tickets
from gridmap.intake.tickets.profile import Profile
from gridmap.routing import Router
from gridmap.storage import open_store
database, path, profile = sys.argv[1:]
store = open_store(database)
router = Router.from_store(store)
import_tickets(store, path, Profile.load(profile), router=router, batch_rows=200)
"""


def start(command: list[str], **options: Any) -> subprocess.Popen[str]:
    """Run a command in a process of its own."""
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    )


def import_command(database: str, path: Path) -> list[str]:
    profile = path.parent / "invented.toml"
    return [*COMMAND, database, "import", "tickets", str(path), "--profile", str(profile)]


def small_batches(database: str, path: Path) -> list[str]:
    profile = path.parent / "invented.toml"
    return [sys.executable, "-c", IN_SMALL_BATCHES, database, str(path), str(profile)]


@pytest.mark.parametrize("command", [import_command, small_batches])
def test_two_imports_at_once(
    district: str, folder: Path, command: Callable[[str, Path], list[str]]
) -> None:
    path = write(folder / "tickets.csv", row("") + rows(3000))
    both = [start(command(district, path)) for _ in range(2)]
    said = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert_stored(district, 3000)
    assert [bad["line"] for bad in rejected(path)] == ["2"]
    result = bring(district, path)
    assert "0 tickets added, 3000 known already and unchanged, 1 rejected" in result.output


def test_an_import_that_is_killed_leaves_whole_batches(district: str, folder: Path) -> None:
    path = write(folder / "tickets.csv", row("") + rows(10_000))
    process = start(small_batches(district, path))
    while process.poll() is None and not stored(district)["tickets"]:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    kept = stored(district)
    assert kept["tickets"] == kept["decisions"]
    assert 0 < kept["tickets"] < 10_000
    assert kept["tickets"] % 200 == 199
    assert sorted(file.name for file in folder.iterdir()) == ["invented.toml", "tickets.csv"]
    result = bring(district, path)
    assert result.exit_code == 0
    assert f"{10_000 - kept['tickets']} tickets added" in result.output
    assert_stored(district, 10_000)
    assert [bad["line"] for bad in rejected(path)] == ["2"]


def test_a_full_disk_is_told_and_a_rerun_completes(
    geopackage_store_url: str, folder: Path, tmp_path: Path
) -> None:
    store = open_store(geopackage_store_url)
    add_partition(store, COLUMNS, ROWS)
    store.close()
    path = write(folder / "tickets.csv", rows(5000))
    limit_bytes = (tmp_path / "gridmap.gpkg").stat().st_size + 200_000

    def fill_the_disk() -> None:
        # A file that may not grow fails as one on a full disk does, and needs no rights.
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, limit_bytes))

    process = start(import_command(geopackage_store_url, path), preexec_fn=fill_the_disk)
    said = process.communicate()
    assert process.returncode == 1, said
    assert said[1].startswith("Error: Store ")
    assert "space" in said[1]
    assert len(said[1].splitlines()) == 1
    assert_stored(geopackage_store_url, 0)
    assert bring(geopackage_store_url, path).exit_code == 0
    assert_stored(geopackage_store_url, 5000)
