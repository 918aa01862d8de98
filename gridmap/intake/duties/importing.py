"""Duties: people, what they answer for and when they are away, from a list into the store."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from gridmap.intake import findings as report
from gridmap.intake.duties.checks import DutyChecks
from gridmap.intake.duties.roster import Roster
from gridmap.intake.duties.rows import AbsenceRow, DutyRow, PersonRow, read_duties
from gridmap.intake.duties.staffing import check_chiefs, check_staffing
from gridmap.intake.findings import Finding
from gridmap.intake.journal import import_session, journal
from gridmap.intake.sources import digest, require_file
from gridmap.settings import Settings
from gridmap.storage import Store


@dataclass
class DutiesReport:
    """
    What an import of duties found and did.

    Attributes
    ----------
    new, changed, unchanged
        How many rows began a duty or an absence, ended or prolonged one, or said nothing new.
    rejected
        How many rows were left out; each is among the findings with its line.
    left
        How many valid duties of the store the list does not name; they stay as they are.
    """

    path: Path
    rows: int
    dry_run: bool
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    left: int = 0
    people: int = 0
    findings: list[Finding] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Write the report as lines, what happened last."""
        answer = report.lines(self.findings)
        if self.left:
            count = report.counted(self.left, "stored duty", "stored duties")
            answer.append(f"note: {count} not in the list, left as they are.")
        counts = (
            f"{report.counted(self.rows, 'row')} of duties: {self.new:,} new, "
            f"{self.changed:,} changed, {self.unchanged:,} unchanged, {self.rejected:,} left out; "
            f"{self.people:,} people new or changed"
        )
        if self.dry_run:
            counts += "; a dry run, nothing is stored"
        elif not self.new and not self.changed and not self.people:
            counts += "; nothing to do"
        return [*answer, f"{self.path.name}: {counts}."]


def import_duties(
    store: Store, path: Path | str, *, time_zone: ZoneInfo | None = None, dry_run: bool = False
) -> DutiesReport:
    """
    Bring a list of people, duties and absences into the store, in one transaction.

    A duty is known again by person, role, unit, matter, beginning and whom it stands in for; a list
    that gives it another end changes the end. A row without a beginning means the duty that is
    stored, whenever it began, and one with a beginning dates a stored duty since ever. Nothing is
    deleted: what the list does not name stays. Rows with an error are left out and told; the others
    come in.

    Parameters
    ----------
    store
        Where they go; the units must be there already.
    path
        CSV, TSV or XLSX with the columns of `gridmap.intake.duties.rows.COLUMNS`, in English or
        Chinese. A row with the role `absence` (缺勤) names no unit. `valid_to` is the first day
        that no longer counts; an empty `valid_from` means since ever.
    time_zone
        The zone whose days the dates are and in which the report tells them; the site's when left
        out.
    dry_run
        Check and report only.

    Raises
    ------
    InputError
        If the file cannot be read or misses a column: then nothing changes.
    """
    path, now = Path(path), datetime.now(UTC)
    time_zone = time_zone or Settings.from_environ().time_zone
    require_file(path)
    rows, found, count = read_duties(path, time_zone)
    result = DutiesReport(path, count, dry_run, findings=found)
    with import_session(store, dry_run=dry_run) as session:
        roster = Roster.load(session)
        good = DutyChecks(roster, rows, found, now).good_rows()
        _take(roster, good, result)
        found += check_chiefs(roster.duties(), time_zone)
        found += check_staffing(roster.duties(), roster.grids(now), now)
        result.rejected = sum(finding.severity == "error" for finding in found)
        if not dry_run:
            roster.write(session)
            journal(
                session,
                "duties",
                path,
                digest(path),
                now,
                rows=count,
                accepted=result.new + result.changed,
                unchanged=result.unchanged,
                rejected=result.rejected,
            )
    return result


def _take(
    roster: Roster, rows: list[tuple[PersonRow, DutyRow | AbsenceRow]], result: DutiesReport
) -> None:
    """Put rows on the roster and count what each did."""
    for person, row in rows:
        roster.take_person(person)
        outcome = roster.take(row)
        setattr(result, outcome, getattr(result, outcome) + 1)
    named = {row.key for _, row in rows if isinstance(row, DutyRow)}
    result.left = sum(duty.valid_to is None and duty.key not in named for duty in roster.duties())
    result.people = roster.people_touched
