"""Who answers for a unit at a moment: duties, absences and substitutes."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sqlalchemy import select
from sqlalchemy.orm import Session

from gridmap.model import Absence, Duty, Person
from gridmap.moments import FOREVER, to_moment


@dataclass(frozen=True)
class Worker:
    """A person as a decision shows them; the phone stays in the store."""

    id: int
    code: str
    name: str


@dataclass(frozen=True)
class DutyRow:
    """One duty with its time as moments."""

    person_id: int
    role: str
    scheme: str
    unit_code: str
    matter: str | None
    valid_from: int
    valid_to: int
    substitute_for_id: int | None

    def covers(self, moment: int, matter_code: str) -> bool:
        """Tell whether the duty is valid then and is for that matter."""
        in_time = self.valid_from <= moment < self.valid_to
        return in_time and (self.matter is None or matter_code.startswith(self.matter))


@dataclass(frozen=True)
class Owner:
    """Who answers, in which role, and for whom when it is a substitute."""

    worker: Worker
    role: str
    substitute_for: Worker | None = None


class Owners:
    """A snapshot of all duties and absences."""

    def __init__(
        self,
        people: Iterable[Worker],
        duties: Sequence[DutyRow],
        absences: Iterable[tuple[int, int, int]],
    ) -> None:
        self._people = {person.id: person for person in people}
        self._duties: dict[tuple[str, str], list[DutyRow]] = defaultdict(list)
        for duty in sorted(duties, key=self._order):
            self._duties[duty.scheme, duty.unit_code].append(duty)
        self._absences: dict[int, list[tuple[int, int]]] = defaultdict(list)
        changes = {moment for duty in duties for moment in (duty.valid_from, duty.valid_to)}
        for person_id, start, end in absences:
            self._absences[person_id].append((start, end))
            changes |= {start, end}
        self._moments = sorted(changes)
        self._changes = np.array(self._moments, dtype=np.int64)
        self.schemes = {duty.scheme for duty in duties}
        self.by_matter = any(duty.matter for duty in duties)

    @classmethod
    def from_session(cls, session: Session) -> Owners:
        """Read the people, duties and absences of a store."""
        people = [
            Worker(*row) for row in session.execute(select(Person.id, Person.code, Person.name))
        ]
        duties = [
            DutyRow(
                duty.person_id,
                duty.role,
                duty.scheme,
                duty.unit_code,
                duty.matter,
                to_moment(duty.valid_from),
                to_moment(duty.valid_to, FOREVER),
                duty.substitute_for_id,
            )
            for duty in session.scalars(select(Duty))
        ]
        absences = [
            (absence.person_id, to_moment(absence.valid_from), to_moment(absence.valid_to, FOREVER))
            for absence in session.scalars(select(Absence))
        ]
        return cls(people, duties, absences)

    def epochs(self, as_of: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Give each moment a number, within which nothing about duties changes."""
        return np.searchsorted(self._changes, as_of, side="right")

    def epoch(self, moment: int) -> int:
        """Give one moment its number."""
        return bisect_right(self._moments, moment)

    def owner(
        self, scheme: str, unit_code: str, moment: int, matter_code: str, roles: Sequence[str]
    ) -> Owner | None:
        """Tell who answers for a unit: the first role that has somebody there.

        A duty for the matter goes before a duty for all matters; who is absent or substituted is
        passed over, and the substitute acts.
        """
        valid = [
            duty
            for duty in self._duties.get((scheme, unit_code), ())
            if duty.covers(moment, matter_code)
        ]
        for role in roles:
            of_role = [duty for duty in valid if duty.role == role]
            found = self._first_present(of_role, moment)
            if found is not None:
                return found
        return None

    def _first_present(self, duties: Sequence[DutyRow], moment: int) -> Owner | None:
        stand_ins = {
            duty.substitute_for_id: duty
            for duty in reversed(duties)
            if duty.substitute_for_id is not None and not self._absent(duty.person_id, moment)
        }
        for duty in duties:
            if duty.substitute_for_id is not None:
                continue
            stand_in = stand_ins.get(duty.person_id)
            worker = self._people[duty.person_id]
            if stand_in is not None:
                return Owner(self._people[stand_in.person_id], duty.role, worker)
            if not self._absent(duty.person_id, moment):
                return Owner(worker, duty.role)
        return None

    def _absent(self, person_id: int, moment: int) -> bool:
        return any(start <= moment < end for start, end in self._absences.get(person_id, ()))

    def _order(self, duty: DutyRow) -> tuple[bool, str]:
        return duty.matter is None, self._people[duty.person_id].code
