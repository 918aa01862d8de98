"""Staffing: whether every grid has what 1 + 1 + N asks for.

"每个网格配备“1+1+N”服务团队": one grid chief, one full-time worker and N volunteers for each grid.
Sizes vary widely from place to place, so this warns and never refuses.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from gridmap.intake.duties.rows import DutyRow
from gridmap.intake.findings import Finding, counted, listed
from gridmap.model import GENERAL_SCHEME

CHIEF, WORKER, VOLUNTEER = "grid_chief", "grid_worker", "volunteer"

_GRIDS_SHOWN = 50


def check_staffing(duties: Iterable[DutyRow], grids: Iterable[str], at: datetime) -> list[Finding]:
    """
    Tell which grids of the general scheme are short of people, or have too many.

    Parameters
    ----------
    duties
        All duties, of the store and of a list that comes in.
    grids
        Codes of the grids that are valid.
    at
        The moment that counts. Substitutes and duties for single matters do not.

    Returns
    -------
    findings
        At most one warning for each of: no chief, several chiefs, no full-time worker, several, no
        volunteer; each names the grids.
    """
    people: Counter[tuple[str, str]] = Counter()
    for duty in duties:
        ended = duty.valid_to is not None and duty.valid_to <= at
        counts = duty.scheme == GENERAL_SCHEME and duty.matter is None and not duty.substitute_for
        if counts and duty.valid_from <= at and not ended:
            people[duty.unit_code, duty.role] += 1
    problems: dict[str, list[str]] = defaultdict(list)
    for grid in sorted(grids):
        chiefs, workers = people[grid, CHIEF], people[grid, WORKER]
        if chiefs != 1:
            problems["Several grid chiefs" if chiefs else "No grid chief"].append(grid)
        if workers != 1:
            problems["Several full-time workers" if workers else "No full-time worker"].append(grid)
        if not people[grid, VOLUNTEER]:
            problems["No volunteer"].append(grid)
    return [_finding(problem, codes) for problem, codes in problems.items()]


def _finding(problem: str, codes: list[str]) -> Finding:
    where = f"{counted(len(codes), 'grid')} (1 + 1 + N): {listed(codes, _GRIDS_SHOWN)}"
    return Finding("staffing", f"{problem} in {where}.", "warning", tuple(codes))


def check_chiefs(duties: Iterable[DutyRow], time_zone: ZoneInfo) -> list[Finding]:
    """Warn of two grid chiefs of one grid at a time, for the same matters; days are of a zone."""
    seats: dict[tuple[str, str, str | None], list[DutyRow]] = defaultdict(list)
    for duty in duties:
        if duty.role == CHIEF and not duty.substitute_for:
            seats[duty.scheme, duty.unit_code, duty.matter].append(duty)
    findings = []
    for (_, unit, _), held in seats.items():
        held.sort(key=lambda duty: (duty.valid_from, duty.person))
        for index, later in enumerate(held):
            others = (duty for duty in held[:index] if duty.person != later.person)
            earlier = next(filter(later.meets, others), None)
            if earlier is not None:
                start = later.valid_from.astimezone(time_zone)
                message = (
                    f"Grid {unit} has two chiefs at once from {start:%Y-%m-%d}: "
                    f"{earlier.person} and {later.person}."
                )
                findings.append(Finding("two chiefs", message, units=(unit,)))
    return findings
