"""The roster: people, duties and absences of the store, and what a list does to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

import pyarrow as pa
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gridmap.intake.duties.rows import AbsenceRow, DutyRow, PersonRow
from gridmap.intake.units.history import BEGINNING, to_datetime64
from gridmap.model import GENERAL_SCHEME, Absence, Duty, Person, Unit
from gridmap.storage import bulk

Outcome = Literal["new", "changed", "unchanged"]

_STORED = 0  # the line of what is in the store already


@dataclass
class Roster:
    """
    A picture of the store in which a list is written first.

    Attributes
    ----------
    people
        By their codes.
    levels
        Levels of the units by scheme and code.
    """

    people: dict[str, PersonRow] = field(default_factory=dict)
    levels: dict[tuple[str, str], str] = field(default_factory=dict)
    people_touched: int = 0
    _person_ids: dict[str, int] = field(default_factory=dict)
    _duties: dict[tuple[object, ...], DutyRow] = field(default_factory=dict)
    _duty_ids: dict[tuple[object, ...], int] = field(default_factory=dict)
    _latest: dict[tuple[object, ...], DutyRow] = field(default_factory=dict)
    _absences: dict[tuple[str, datetime], AbsenceRow] = field(default_factory=dict)
    _absence_ids: dict[tuple[str, datetime], int] = field(default_factory=dict)
    _grid_ends: dict[str, datetime | None] = field(default_factory=dict)
    _touched: dict[str, set[Any]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def load(cls, session: Session) -> Roster:
        """Read the people, duties, absences and units of a store."""
        roster = cls()
        codes: dict[int, str] = {}
        for person in session.scalars(select(Person)):
            codes[person.id] = person.code
            roster._person_ids[person.code] = person.id
            roster.people[person.code] = PersonRow(
                _STORED, person.code, person.name, person.phone, person.organisation
            )
        for duty in session.scalars(select(Duty).order_by(Duty.valid_from)):
            row = _duty_row(duty, codes)
            roster._duties[row.key] = roster._latest[row.seat] = row
            roster._duty_ids[row.key] = duty.id
        for absence in session.scalars(select(Absence)):
            key = (codes[absence.person_id], absence.valid_from)
            roster._absences[key] = AbsenceRow(_STORED, *key, absence.valid_to, absence.reason)
            roster._absence_ids[key] = absence.id
        roster._load_units(session)
        return roster

    def _load_units(self, session: Session) -> None:
        units = select(Unit.scheme, Unit.code, Unit.level, Unit.valid_to).order_by(Unit.valid_from)
        for scheme, code, level, valid_to in session.execute(units):
            self.levels[scheme, code] = level
            if scheme == GENERAL_SCHEME and level == "grid":
                self._grid_ends[code] = valid_to

    def duties(self) -> Iterable[DutyRow]:
        """Give all duties, stored ones and those of the list."""
        return self._duties.values()

    def grids(self, at: datetime) -> list[str]:
        """Name the grids of the general scheme that have not ended by a moment."""
        return [code for code, end in self._grid_ends.items() if end is None or end > at]

    def known(self, row: DutyRow) -> DutyRow:
        """Give a row without a beginning the dates of the latest stored duty that it means."""
        latest = self._latest.get(row.seat)
        dated = row.valid_from != BEGINNING or row.key in self._duties
        if dated or latest is None or not latest.meets(row):
            return row
        end = row.valid_to or latest.valid_to
        return replace(row, valid_from=latest.valid_from, valid_to=end)

    def take_person(self, row: PersonRow) -> None:
        """Add a person, or what the list tells more of one."""
        known = self.people.get(row.code)
        new = row
        if known is not None:
            new = replace(
                known,
                phone=row.phone or known.phone,
                organisation=row.organisation or known.organisation,
            )
        if new != known:
            self.people[row.code] = new
            self.people_touched += row.code not in self._touched["people"]
            self._touched["people"].add(row.code)

    def take(self, row: DutyRow | AbsenceRow) -> Outcome:
        """Add a duty or an absence, or give a known one the end that the row has."""
        if isinstance(row, DutyRow):
            if self._begins(row):
                return "changed"
            return self._take("duties", self._duties, row.key, row)
        return self._take("absences", self._absences, (row.person, row.valid_from), row)

    def _begins(self, row: DutyRow) -> bool:
        """Date the stored duty since ever that a row gives a beginning, if there is one."""
        undated = replace(row, valid_from=BEGINNING).key
        if row.key in self._duties or undated not in self._duty_ids:
            return False
        if not self._duties[undated].meets(row):
            return False
        del self._duties[undated]
        self._touched["duties"].discard(undated)
        self._duty_ids[row.key] = self._duty_ids.pop(undated)
        self._duties[row.key] = row
        self._touched["duties"].add(row.key)
        return True

    def _take(self, kind: str, known: dict[Any, Any], key: Any, row: Any) -> Outcome:
        before = known.get(key)
        if before is not None and before.valid_to == row.valid_to:
            return "unchanged"
        known[key] = row
        self._touched[kind].add(key)
        return "new" if before is None else "changed"

    def write(self, session: Session) -> None:
        """Bring what changed into the store."""
        self._write_people(session)
        self._write_duties(session)
        self._write_absences(session)

    def _write_people(self, session: Session) -> None:
        touched = [self.people[code] for code in sorted(self._touched["people"])]
        new = [row for row in touched if row.code not in self._person_ids]
        ids = bulk.insert(
            session,
            Person,
            {
                "code": [row.code for row in new],
                "name": [row.name for row in new],
                "phone": _texts(row.phone for row in new),
                "organisation": _texts(row.organisation for row in new),
            },
        )
        known = [row for row in touched if row.code in self._person_ids]
        values = [
            {"id": self._person_ids[row.code], "phone": row.phone, "organisation": row.organisation}
            for row in known
        ]
        _update(session, Person, values)
        self._person_ids |= dict(zip((row.code for row in new), ids.tolist(), strict=True))

    def _write_duties(self, session: Session) -> None:
        keys = sorted(self._touched["duties"], key=lambda key: self._duties[key].line)
        new = [self._duties[key] for key in keys if key not in self._duty_ids]
        substitutes = [row.substitute_for and self._person_ids[row.substitute_for] for row in new]
        bulk.insert(
            session,
            Duty,
            {
                "person_id": [self._person_ids[row.person] for row in new],
                "role": [row.role for row in new],
                "scheme": [row.scheme for row in new],
                "unit_code": [row.unit_code for row in new],
                "matter": _texts(row.matter for row in new),
                "valid_from": to_datetime64(row.valid_from for row in new),
                "valid_to": _ends(row.valid_to for row in new),
                "substitute_for_id": pa.array(substitutes, type=pa.int64()),
            },
        )
        old = [key for key in keys if key in self._duty_ids]
        dates = [
            {
                "id": self._duty_ids[key],
                "valid_from": self._duties[key].valid_from,
                "valid_to": self._duties[key].valid_to,
            }
            for key in old
        ]
        _update(session, Duty, dates)

    def _write_absences(self, session: Session) -> None:
        keys = sorted(self._touched["absences"])
        new = [self._absences[key] for key in keys if key not in self._absence_ids]
        bulk.insert(
            session,
            Absence,
            {
                "person_id": [self._person_ids[row.person] for row in new],
                "valid_from": to_datetime64(row.valid_from for row in new),
                "valid_to": _ends(row.valid_to for row in new),
                "reason": _texts(row.reason for row in new),
            },
        )
        old = [key for key in keys if key in self._absence_ids]
        ends = [
            {"id": self._absence_ids[key], "valid_to": self._absences[key].valid_to} for key in old
        ]
        _update(session, Absence, ends)


def _duty_row(duty: Duty, codes: dict[int, str]) -> DutyRow:
    substitute_for = duty.substitute_for_id
    return DutyRow(
        _STORED,
        codes[duty.person_id],
        duty.role,
        duty.scheme,
        None,
        duty.unit_code,
        duty.matter,
        duty.valid_from,
        duty.valid_to,
        None if substitute_for is None else codes[substitute_for],
    )


def _texts(values: Iterable[str | None]) -> pa.Array:
    return pa.array(list(values), type=pa.string())


def _ends(times: Iterable[datetime | None]) -> pa.Array:
    return pa.array(list(times), type=pa.timestamp("us", tz="UTC"))


def _update(session: Session, model: Any, values: list[dict[str, Any]]) -> None:
    if values:
        session.execute(update(model), values)
