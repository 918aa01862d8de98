"""Duty rows: who answers for which unit, as an office's list has it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from gridmap.errors import InputError
from gridmap.intake.findings import Finding, listed
from gridmap.intake.lists import OfficeList, read_list
from gridmap.intake.moments import DATE_NAMES, parse_moment
from gridmap.intake.units.history import BEGINNING
from gridmap.intake.units.rows import AUTO, parse_level
from gridmap.model import GENERAL_SCHEME

#: Columns of a list; those after `role` may be missing. The Chinese headers mean the same.
COLUMNS = {
    "person_code": "人员编号",
    "name": "姓名",
    "phone": "电话",
    "organisation": "单位",
    "role": "角色",
    "scheme": "网格体系",
    "level": "层级",
    "unit_code": "单元编码",
    "matter": "事项",
    "valid_from": "起始日期",
    "valid_to": "截止日期",
    "substitute_for": "替代人员编号",
    "reason": "原因",
}

NEEDED = ("person_code", "name", "role", "unit_code")

#: Roles, each with the Chinese words for it. A site may have others: they are kept as written.
ROLES = {
    "grid_chief": ("网格长",),
    "grid_worker": ("专职网格员", "网格员"),
    "volunteer": ("志愿者", "兼职网格员"),
    "building_head": ("楼栋长", "楼长"),
    "entrance_head": ("单元长",),
    "community_head": ("社区负责人", "社区书记"),
    "street_head": ("街道负责人",),
    "district_head": ("区负责人", "区长"),
    "police_officer": ("民警", "社区民警"),
}
ABSENCE = ("absence", "缺勤", "请假", "休假")

_ROLE_NAMES = {name: role for role, names in ROLES.items() for name in (role, *names)}
_GENERAL = ("", "综合网格", "通用")


@dataclass(frozen=True)
class PersonRow:
    """A person as a list has them; what is empty is not known."""

    line: int
    code: str
    name: str
    phone: str | None
    organisation: str | None


@dataclass(frozen=True)
class DutyRow:
    """A duty as a list has it; `key` tells it from others, its end may change."""

    line: int
    person: str
    role: str
    scheme: str
    level: str | None
    unit_code: str
    matter: str | None
    valid_from: datetime
    valid_to: datetime | None
    substitute_for: str | None

    @property
    def key(self) -> tuple[object, ...]:
        """What stays the same when a later list ends the duty."""
        where = (self.scheme, self.unit_code, self.matter)
        return (self.person, self.role, *where, self.valid_from, self.substitute_for)

    @property
    def seat(self) -> tuple[object, ...]:
        """Who has which duty, whenever that is."""
        return (
            *(self.person, self.role, self.scheme, self.unit_code, self.matter),
            self.substitute_for,
        )

    def meets(self, other: DutyRow) -> bool:
        """Tell whether two duties are valid at the same time."""
        return not (
            (self.valid_to is not None and self.valid_to <= other.valid_from)
            or (other.valid_to is not None and other.valid_to <= self.valid_from)
        )


@dataclass(frozen=True)
class AbsenceRow:
    """When a person cannot act in any duty."""

    line: int
    person: str
    valid_from: datetime
    valid_to: datetime | None
    reason: str | None


Row = DutyRow | AbsenceRow


def read_duties(
    path: Path, time_zone: ZoneInfo
) -> tuple[list[tuple[PersonRow, Row]], list[Finding], int]:
    """
    Read a list of duties and absences.

    Parameters
    ----------
    path
        A CSV, TSV or XLSX file with the columns of `COLUMNS`.
    time_zone
        The zone whose midnights the dates mean.

    Returns
    -------
    rows
        Each person with the duty or the absence of the row.
    findings
        An error for every row that cannot be taken.
    count
        How many rows the file has.

    Raises
    ------
    InputError
        If the file cannot be read or misses a needed column.
    """
    aliases = {**{chinese: name for name, chinese in COLUMNS.items()}, **DATE_NAMES}
    table = read_list(path, NEEDED, aliases)
    rows, findings = [], [*table.bad, *_column_findings(table)]
    for index, line in enumerate(table.lines):
        try:
            rows.append(_row(_cells(table, index), line, time_zone))
        except InputError as error:
            findings.append(Finding("row", f"Line {line}: {error}", "error"))
    return rows, findings, len(table) + len(table.bad)


def _column_findings(table: OfficeList) -> Iterator[Finding]:
    unused = [name for name in table.columns if name not in COLUMNS]
    if unused:
        yield Finding("columns", f"Columns not used: {listed(unused)}.")
    header = table.headers.get("valid_to", "valid_to")
    if header != "valid_to" and any(table.columns["valid_to"]):
        # Many offices write the last day that counts there.
        message = f"{header} is read as the first day that no longer counts."
        yield Finding("columns", message, "note")


def _cells(table: OfficeList, index: int) -> Callable[[str], str]:
    def cell(name: str) -> str:
        column = table.columns.get(name)
        return "" if column is None else column[index]

    return cell


def _row(cell: Callable[[str], str], line: int, time_zone: ZoneInfo) -> tuple[PersonRow, Row]:
    code, role = cell("person_code"), cell("role")
    _require(code, "there is no person code.")
    _require(role, "there is no role.")
    person = PersonRow(
        line, code, cell("name"), cell("phone") or None, cell("organisation") or None
    )
    start = parse_moment(cell("valid_from"), time_zone) if cell("valid_from") else BEGINNING
    end = parse_moment(cell("valid_to"), time_zone) if cell("valid_to") else None
    _require(end is None or end > start, "it ends before it begins.")
    if role in ABSENCE:
        _require(cell("valid_from"), "an absence needs the day on which it begins.")
        return person, AbsenceRow(line, code, start, end, cell("reason") or None)
    _require(cell("unit_code"), "there is no unit code.")
    scheme, level = cell("scheme"), cell("level")
    duty = DutyRow(
        line,
        code,
        _ROLE_NAMES.get(role, role),
        GENERAL_SCHEME if scheme in _GENERAL else scheme,
        parse_level(level) if level and level != AUTO else None,
        cell("unit_code"),
        cell("matter") or None,
        start,
        end,
        cell("substitute_for") or None,
    )
    return person, duty


def _require(condition: object, message: str) -> None:
    if not condition:
        raise InputError(message)
