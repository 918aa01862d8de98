"""Duties: rows with an error stay out, a later list ends a duty, nothing is deleted."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import func, select
from support.stock import fill

from gridmap.errors import InputError
from gridmap.intake.duties import DutiesReport, import_duties
from gridmap.intake.duties.rows import COLUMNS
from gridmap.intake.units import import_units
from gridmap.model import Absence, Duty, Event, Import, Person
from gridmap.settings import data_folder
from gridmap.storage import Store

HEADER = (
    "person_code,name,phone,organisation,role,scheme,level,unit_code,matter,valid_from,valid_to,"
    "substitute_for"
)
CHIEF = "A1,示例一,000-1,示例社区,grid_chief,general,grid,1111,,2026-01-01,,"
WORKER = "A2,示例二,,,grid_worker,general,grid,1111,,2026-01-01,,"
STAND_IN = "A3,示例三,,,grid_worker,general,grid,1111,,2026-05-01,2026-05-08,A2"
AWAY = "A2,示例二,,,absence,,,,,2026-05-01,2026-05-08,"


@pytest.fixture
def town(store: Store) -> Store:
    """A store with units, and with three people who have duties from 2025 on."""
    fill(store)
    return store


@pytest.fixture
def small_town(embedded: Store) -> Store:
    """The same in an embedded store, for what concerns the list only."""
    fill(embedded)
    return embedded


def bring(store: Store, folder: Path, *rows: str, **options: bool) -> DutiesReport:
    path = folder / "duties.csv"
    path.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    return import_duties(store, path, **options)


def duties(store: Store, person: str) -> list[Duty]:
    with store.read() as session:
        query = select(Duty).join(Person, Duty.person_id == Person.id).where(Person.code == person)
        return list(session.scalars(query.order_by(Duty.id)))


def count(store: Store, model: type) -> int:
    with store.read() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def errors(report: DutiesReport) -> list[str]:
    return [finding.message for finding in report.findings if finding.severity == "error"]


def test_people_duties_substitutes_and_absences(town: Store, tmp_path: Path) -> None:
    report = bring(town, tmp_path, CHIEF, WORKER, STAND_IN, AWAY)
    assert errors(report) == []
    assert (report.rows, report.new, report.people, report.left) == (4, 4, 3, 3)
    (chief,) = duties(town, "A1")
    midnight = datetime(2025, 12, 31, 16, tzinfo=UTC)
    assert (chief.role, chief.scheme, chief.unit_code) == ("grid_chief", "general", "1111")
    assert (chief.valid_from, chief.valid_to, chief.matter) == (midnight, None, None)
    (stand_in,) = duties(town, "A3")
    with town.read() as session:
        people = {person.code: person for person in session.scalars(select(Person))}
        (absence,) = session.scalars(select(Absence))
        entry = session.scalars(select(Import)).one()
        assert session.scalars(select(Event.kind)).all()[-1] == "import duties"
    assert stand_in.substitute_for_id == people["A2"].id == absence.person_id
    assert absence.valid_to == datetime(2026, 5, 7, 16, tzinfo=UTC)
    assert (people["A1"].phone, people["A1"].organisation) == ("000-1", "示例社区")
    assert (entry.kind, entry.rows, entry.accepted) == ("duties", 4, 4)


def test_same_list_again_changes_nothing(town: Store, tmp_path: Path) -> None:
    rows = (CHIEF, WORKER, STAND_IN, AWAY)
    bring(town, tmp_path, *rows)
    version = town.organisation_version()
    report = bring(town, tmp_path, *rows)
    assert (report.new, report.changed, report.unchanged, report.people) == (0, 0, 4, 0)
    assert report.lines()[-1].endswith("nothing to do.")
    assert town.organisation_version() == version


def test_later_list_ends_a_duty_and_an_absence(town: Store, tmp_path: Path) -> None:
    bring(town, tmp_path, CHIEF, AWAY)
    ended = CHIEF.replace("2026-01-01,,", "2026-01-01,2026-10-16,")
    report = bring(town, tmp_path, ended, AWAY.replace("2026-05-08", "2026-05-20"))
    assert (report.new, report.changed, report.unchanged) == (0, 2, 0)
    (chief,) = duties(town, "A1")
    assert chief.valid_to == datetime(2026, 10, 15, 16, tzinfo=UTC)
    assert count(town, Absence) == 1


def test_dry_run(town: Store, tmp_path: Path) -> None:
    before = town.organisation_version()
    report = bring(town, tmp_path, CHIEF, dry_run=True)
    assert report.new == 1
    assert report.lines()[-1].endswith("a dry run, nothing is stored.")
    assert (town.organisation_version(), count(town, Import)) == (before, 0)


def test_what_a_list_tells_more_of_a_person(town: Store, tmp_path: Path) -> None:
    bring(town, tmp_path, CHIEF)
    moved = CHIEF.replace("000-1", "000-2").replace("示例社区", "")
    assert bring(town, tmp_path, moved).people == 1
    with town.read() as session:
        person = session.scalars(select(Person).where(Person.code == "A1")).one()
    assert (person.phone, person.organisation) == ("000-2", "示例社区")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (CHIEF.replace("1111", "9999"), "there is no unit 9999 in scheme general."),
        (CHIEF.replace("general", "police"), "there is no unit 1111 in scheme police."),
        (CHIEF.replace(",grid,", ",street,"), "unit 1111 is a grid, not a street."),
        (CHIEF.replace(",grid,", ",plot,"), "'plot' is no level"),
        (CHIEF.replace("A1", ""), "there is no person code."),
        (CHIEF.replace("示例一", ""), "A1 has no name."),
        (CHIEF.replace("grid_chief", ""), "there is no role."),
        (CHIEF.replace("1111", ""), "there is no unit code."),
        (CHIEF.replace("2026-01-01", "last year"), "'last year' is no date"),
        (CHIEF.replace("01-01,,", "01-01,2025-01-01,"), "it ends before it begins."),
        (
            CHIEF.replace("A1,示例一", "W1,示例某"),
            "W1 is 示例甲 already: give 示例某 another code.",
        ),
        (CHIEF + "A1", "A1 cannot stand in for themselves."),
        (CHIEF + "W1", "W1 is no grid_chief of 1111 at that time."),
        (STAND_IN.replace("A2", "X9"), "X9 is no grid_worker of 1111 at that time."),
        (AWAY.replace("2026-05-01", ""), "an absence needs the day on which it begins."),
        ("A1,示例一", "it has 2 cells, the header 12."),
    ],
)
def test_rows_with_an_error_are_left_out(
    small_town: Store, tmp_path: Path, row: str, why: str
) -> None:
    report = bring(small_town, tmp_path, WORKER, row)
    (said,) = errors(report)
    assert said.startswith("Line 3: ")
    assert why in said
    assert (report.new, report.rejected, report.rows) == (1, 1, 2)
    assert len(duties(small_town, "A2")) == 1
    with small_town.read() as session:
        assert session.scalars(select(Import.rejected)).one() == 1


def test_repeated_row(small_town: Store, tmp_path: Path) -> None:
    assert errors(bring(small_town, tmp_path, CHIEF, CHIEF)) == ["Line 3: it repeats line 2."]


def test_stand_in_for_somebody_at_another_time(small_town: Store, tmp_path: Path) -> None:
    ended = WORKER.replace("01-01,,", "01-01,2026-05-01,")
    (said,) = errors(bring(small_town, tmp_path, ended, STAND_IN))
    assert said == "Line 3: A2 is no grid_worker of 1111 at that time."


def test_chinese_list_in_a_workbook(town: Store, tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(
        [COLUMNS[name] for name in ("person_code", "name", "role", "unit_code", "valid_from")]
    )
    sheet.append(["A1", "示例一", "网格长", 1111, datetime(2026, 1, 1)])
    sheet.append(["A2", "示例二", "专职网格员", "1111", "2026年1月1日"])
    workbook.save(tmp_path / "名单.xlsx")
    report = import_duties(town, tmp_path / "名单.xlsx")
    assert report.new == 2
    assert duties(town, "A1")[0].valid_from == datetime(2025, 12, 31, 16, tzinfo=UTC)
    assert duties(town, "A2")[0].role == "grid_worker"


def test_roles_that_no_rule_knows_are_told(small_town: Store, tmp_path: Path) -> None:
    report = bring(small_town, tmp_path, CHIEF.replace("grid_chief", "grid_cheif"))
    assert report.new == 1
    assert any("grid_cheif" in line for line in report.lines())


def test_one_and_one_and_some(small_town: Store, tmp_path: Path) -> None:
    report = bring(small_town, tmp_path, CHIEF, WORKER, CHIEF.replace("A1,示例一", "A4,示例四"))
    said = {f.message.split(" in ")[0]: f.units for f in report.findings if f.kind == "staffing"}
    assert said["Several grid chiefs"] == ("1111",)
    assert said["Several full-time workers"] == ("1111",)  # W1 is one already
    assert said["No grid chief"] == ("1112", "1121", "1122")
    assert said["No volunteer"] == ("1111", "1112", "1121", "1122")
    (two,) = [f.message for f in report.findings if f.kind == "two chiefs"]
    assert two == "Grid 1111 has two chiefs at once from 2026-01-01: A1 and A4."


def test_days_are_of_the_zone_of_the_site(
    small_town: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRIDMAP_TIME_ZONE", "America/New_York")
    report = bring(small_town, tmp_path, CHIEF, CHIEF.replace("A1,示例一", "A4,示例四"))
    assert duties(small_town, "A1")[0].valid_from == datetime(2026, 1, 1, 5, tzinfo=UTC)
    (two,) = [f.message for f in report.findings if f.kind == "two chiefs"]
    assert two == "Grid 1111 has two chiefs at once from 2026-01-01: A1 and A4."


@pytest.mark.parametrize(
    ("start", "end"),
    [("生效日期", "失效日期"), ("有效期始", "有效期止"), ("开始日期", "结束日期")],
)
def test_usual_names_of_dates(small_town: Store, tmp_path: Path, start: str, end: str) -> None:
    path = tmp_path / "a.csv"
    header = f"人员编号,姓名,角色,单元编码,{start},{end},备注,序号"
    path.write_text(f"{header}\nA1,示例一,网格长,1111,2026-01-01,2026-10-16,示例,1\n", "utf-8")
    report = import_duties(small_town, path)
    (chief,) = duties(small_town, "A1")
    assert chief.valid_from == datetime(2025, 12, 31, 16, tzinfo=UTC)
    assert chief.valid_to == datetime(2026, 10, 15, 16, tzinfo=UTC)
    assert [finding.line() for finding in report.findings if finding.kind == "columns"] == [
        "warning: Columns not used: 备注, 序号.",
        f"note: {end} is read as the first day that no longer counts.",
    ]


def test_one_person_is_not_two_chiefs(small_town: Store, tmp_path: Path) -> None:
    report = bring(small_town, tmp_path, CHIEF, CHIEF.replace("2026-01-01", "2025-06-01"))
    assert not [finding for finding in report.findings if finding.kind == "two chiefs"]


def test_row_without_dates_is_the_stored_duty(small_town: Store, tmp_path: Path) -> None:
    undated = CHIEF.replace("2026-01-01", "")
    bring(small_town, tmp_path, CHIEF)
    report = bring(small_town, tmp_path, undated)
    assert (report.new, report.changed, report.unchanged, report.left) == (0, 0, 1, 3)
    report = bring(small_town, tmp_path, undated.replace("1111,,,,", "1111,,,2026-02-01,"))
    assert (report.new, report.changed) == (0, 1)
    (chief,) = duties(small_town, "A1")
    assert chief.valid_from == datetime(2025, 12, 31, 16, tzinfo=UTC)
    assert chief.valid_to == datetime(2026, 1, 31, 16, tzinfo=UTC)
    assert errors(bring(small_town, tmp_path, undated)) == [
        "Line 2: that duty of A1 has ended: write valid_from if it begins again."
    ]


def test_stored_duty_since_ever_is_given_its_beginning(town: Store, tmp_path: Path) -> None:
    undated = CHIEF.replace("2026-01-01", "")
    bring(town, tmp_path, undated)
    report = bring(town, tmp_path, CHIEF)
    assert (report.new, report.changed, report.left) == (0, 1, 3)
    (chief,) = duties(town, "A1")
    assert chief.valid_from == datetime(2025, 12, 31, 16, tzinfo=UTC)
    assert bring(town, tmp_path, CHIEF, undated).unchanged == 1


def test_missing_columns(small_town: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("姓名,角色,工号\n示例,网格长,1\n", encoding="gb18030")
    with pytest.raises(InputError) as missing:
        import_duties(small_town, path)
    assert str(missing.value) == (
        f"{path} has no column person_code (人员编号), unit_code (单元编码); its columns are "
        "姓名, 角色, 工号."
    )
    path.write_text("姓名,name,role,person_code,unit_code\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"the column name \(姓名\) more than once \(姓名, name\)"):
        import_duties(small_town, path)


@pytest.mark.parametrize("name", ["no.csv", "empty.csv", "folder"])
def test_no_list(small_town: Store, tmp_path: Path, name: str) -> None:
    (tmp_path / "empty.csv").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(InputError, match=r"There is no file|is empty|is a folder"):
        import_duties(small_town, tmp_path / name)


def test_example_with_chinese_columns(embedded: Store) -> None:
    folder = data_folder()
    grids = folder / "demonstration" / "units-grid.geojson"
    import_units(embedded, grids, level="grid", code="code", name="name", parent="parent")
    report = import_duties(embedded, folder / "examples" / "duties-zh.csv")
    assert (report.rows, report.new, report.people, report.rejected) == (5, 5, 4, 0)
    assert {finding.kind for finding in report.findings} == {"columns", "staffing"}
    (chief,) = duties(embedded, "示例01")
    assert (chief.role, chief.scheme) == ("grid_chief", "general")
    assert chief.valid_from == datetime(2025, 12, 31, 16, tzinfo=UTC)
    (stand_in,) = duties(embedded, "示例03")
    assert stand_in.substitute_for_id == duties(embedded, "示例02")[0].person_id
    assert count(embedded, Absence) == 1


def test_demonstration(store: Store) -> None:
    folder = data_folder() / "demonstration"
    fields = {"code": "code", "name": "name", "parent": "parent"}
    for level in ("district", "street", "community", "grid"):
        import_units(store, folder / f"units-{level}.geojson", level=level, **fields)
    import_units(store, folder / "exclusive.geojson", level="grid", scheme="exclusive", **fields)
    report = import_duties(store, folder / "duties.csv")
    assert (report.rows, report.new, report.rejected) == (784, 784, 0)
    assert {f.kind for f in report.findings} == {"staffing"}
    assert import_duties(store, folder / "duties.csv").unchanged == 784
