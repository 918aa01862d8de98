"""Checks of a list of duties: rows that cannot be true are left out, each with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from gridmap.intake.duties.roster import Roster
from gridmap.intake.duties.rows import ROLES, AbsenceRow, DutyRow, PersonRow
from gridmap.intake.findings import Finding, listed

Rows = list[tuple[PersonRow, DutyRow | AbsenceRow]]


class DutyChecks:
    """Judge the rows of a list against each other and against the store."""

    def __init__(self, roster: Roster, rows: Rows, findings: list[Finding], now: datetime) -> None:
        self._roster = roster
        self._now = now
        self._rows = rows
        self._findings = findings
        self._names = {code: person.name for code, person in roster.people.items()}
        self._lines: dict[tuple[object, ...], int] = {}

    def good_rows(self) -> Rows:
        """Give the rows that can be taken; tell what is wrong with the others."""
        good = [pair for pair in self._rows if not self._told(pair[1].line, self._problem(*pair))]
        good = [(person, self._known(row)) for person, row in good]
        duties = [row for _, row in good if isinstance(row, DutyRow)]
        held: dict[tuple[str, str, str, str], list[DutyRow]] = {}
        for duty in [*self._roster.duties(), *duties]:
            held.setdefault((duty.person, duty.role, duty.scheme, duty.unit_code), []).append(duty)
        good = [pair for pair in good if not self._told(pair[1].line, _stands_in(pair[1], held))]
        self._findings += _unknown_roles(good)
        return good

    def _known(self, row: DutyRow | AbsenceRow) -> DutyRow | AbsenceRow:
        return self._roster.known(row) if isinstance(row, DutyRow) else row

    def _told(self, line: int, problem: str | None) -> bool:
        if problem is not None:
            self._findings.append(Finding("row", f"Line {line}: {problem}", "error"))
        return problem is not None

    def _problem(self, person: PersonRow, row: DutyRow | AbsenceRow) -> str | None:
        name = self._names.setdefault(person.code, person.name)
        if not name:
            return f"{person.code} has no name."
        if person.name and person.name != name:
            return f"{person.code} is {name} already: give {person.name} another code."
        if isinstance(row, DutyRow):
            level = self._roster.levels.get((row.scheme, row.unit_code))
            if level is None:
                return f"there is no unit {row.unit_code} in scheme {row.scheme}."
            if row.level is not None and row.level != level:
                return f"unit {row.unit_code} is a {level}, not a {row.level}."
            end = self._roster.known(row).valid_to
            if row.valid_to is None and end is not None and end <= self._now:
                return f"that duty of {row.person} has ended: write valid_from if it begins again."
        known = self._known(row)
        key = known.key if isinstance(known, DutyRow) else (known.person, known.valid_from)
        first = self._lines.setdefault(key, row.line)
        return None if first == row.line else f"it repeats line {first}."


def _stands_in(
    row: DutyRow | AbsenceRow, held: dict[tuple[str, str, str, str], list[DutyRow]]
) -> str | None:
    """Say why a row cannot be a substitution: the other one must have that duty at that time."""
    if isinstance(row, AbsenceRow) or row.substitute_for is None:
        return None
    if row.substitute_for == row.person:
        return f"{row.person} cannot stand in for themselves."
    duties = held.get((row.substitute_for, row.role, row.scheme, row.unit_code), [])
    if not any(duty.meets(row) for duty in duties):
        return f"{row.substitute_for} is no {row.role} of {row.unit_code} at that time."
    return None


def _unknown_roles(rows: Rows) -> Iterator[Finding]:
    roles = {row.role for _, row in rows if isinstance(row, DutyRow)}
    unknown = sorted(roles - ROLES.keys())
    if unknown:
        message = (
            f"Roles that no rule knows unless yours names them: {listed(unknown)} (known: "
            f"{', '.join(ROLES)})."
        )
        yield Finding("role", message)
