"""Units: from a file into the store, after a report on everything that looks wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import shapely
from sqlalchemy.orm import Session

from gridmap.errors import InputError
from gridmap.intake import findings as report
from gridmap.intake.findings import Finding
from gridmap.intake.journal import import_session, journal
from gridmap.intake.sources import digest, require_apart, require_file
from gridmap.intake.units.ground import check_areas, check_level, check_parents, check_shapes
from gridmap.intake.units.history import (
    Changes,
    Version,
    compare,
    is_valid,
    keep_names,
    keep_parents,
    keep_places,
    levels_elsewhere,
    newest_versions,
    write,
)
from gridmap.intake.units.rows import Fields, UnitRows, read_units
from gridmap.intake.units.tree import check_tree, fill_parents
from gridmap.model import GENERAL_SCHEME, ORIGINS
from gridmap.storage import Store

#: How many units without a place are named: somebody has to look for each of them.
UNPLACED_SHOWN = 1000


@dataclass(frozen=True)
class UnitsReport:
    """
    What an import of units found and did.

    Attributes
    ----------
    refused
        Whether the file has errors: then nothing was imported.
    new, changed, unchanged
        Codes of the units of the file by what happened to them.
    left
        Codes of stored units of the same level that the file does not hold; they stay as they are.
    unplaced
        Codes of units of the file without an area or a point.
    """

    path: Path
    scheme: str
    rows: int
    dry_run: bool
    findings: tuple[Finding, ...] = ()
    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    unplaced: tuple[str, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether an error keeps the file out."""
        return any(finding.severity == "error" for finding in self.findings)

    def lines(self) -> list[str]:
        """Write the report as lines, what happened last."""
        answer = report.lines(self.findings)
        if self.unplaced and not self.refused:
            which = report.listed(self.unplaced, UNPLACED_SHOWN)
            count = report.counted(len(self.unplaced), "unit")
            answer.append(f"note: {count} without area or point, kept: {which}.")
        if self.left and not self.refused:
            which = report.listed(self.left)
            count = report.counted(len(self.left), "stored unit")
            answer.append(f"note: {count} not in the file, left as they are: {which}.")
        return [*answer, self._summary()]

    def _summary(self) -> str:
        if self.refused:
            errors = sum(finding.severity == "error" for finding in self.findings)
            count = report.counted(errors, "error")
            return f"Nothing is imported of {self.path.name}: mend {count} first."
        counts = (
            f"{report.counted(self.rows, 'unit')} of scheme {self.scheme}: {len(self.new):,} new, "
            f"{len(self.changed):,} changed, {len(self.unchanged):,} unchanged"
        )
        if self.dry_run:
            return f"{self.path.name}: {counts}; a dry run, nothing is stored."
        if not self.new and not self.changed:
            return f"{self.path.name}: {counts}; nothing to do."
        return f"{self.path.name}: {counts}."


def import_units(
    store: Store,
    path: Path | str,
    *,
    level: str,
    code: str,
    name: str | None = None,
    parent: str | None = None,
    scheme: str = GENERAL_SCHEME,
    datum: str | None = None,
    valid_from: datetime | None = None,
    origin: str = "imported",
    layer: str | None = None,
    dry_run: bool = False,
) -> UnitsReport:
    """
    Bring the units of a file into the store: all of them or, when one has an error, none.

    Units are told by scheme and code. One that the store has in the same form stays; one that
    changed ends, and its new version begins; none is overwritten. Stored units which the file does
    not hold stay as they are and are listed.

    Parameters
    ----------
    store
        Where they go.
    path
        GeoPackage, Shapefile (also in a .zip), GeoJSON, FileGDB or KML, or a CSV or XLSX table with
        or without longitude and latitude.
    level
        `district`, `street`, `community`, `grid`, `building`, `entrance`, or `auto` for a file of
        several levels: the length and the zeros of each code tell its level.
    code, name, parent
        Columns. Without a column of names or parents a stored unit keeps its own; a new one is
        named by its code and has the parent that the code scheme tells.
    scheme
        The division of the ground that the units belong to.
    datum
        Mandatory where the file does not tell; see `gridmap.datum.DATUMS`.
    valid_from
        When the units begin. None: 1 January 1970 for the first import of a level into a scheme,
        so that old tickets find it; now for whatever is new or changed later.
    origin
        `imported`, `derived` or `demonstration`, shown wherever the units are.
    layer
        Which layer, when the file holds several.
    dry_run
        Check and report only.

    Raises
    ------
    InputError
        If the file cannot be read at all. Errors in its rows are told in the report.
    """
    path, now = Path(path), datetime.now(UTC)
    _check_arguments(origin, valid_from)
    require_file(path)
    require_apart(path, store.file)
    fields = Fields(code, name, parent)
    rows, found = read_units(path, fields, level=level, layer=layer, datum=datum)
    found += check_shapes(path, rows)
    with import_session(store, dry_run=dry_run) as session:
        stored = newest_versions(session, scheme)
        known = levels_elsewhere(session, scheme) | {c: v.level for c, v in stored.items()}
        if name is None:
            keep_names(rows, stored)
        if parent is None:
            fill_parents(rows, known)
            keep_parents(rows, stored, known)
        found += check_tree(rows, known)
        if not rows.drawn:
            found += keep_places(rows, stored)
        found += check_areas(rows)
        changes, left, more = _check_against(rows, stored, valid_from, now)
        found += more
        result = _report(path, scheme, rows, found, changes, left, dry_run=dry_run)
        if not dry_run and not result.refused:
            write(session, rows, changes, scheme=scheme, origins=[origin] * len(rows))
            _note(session, result, now)
    return result


def _check_arguments(origin: str, valid_from: datetime | None) -> None:
    problem = None
    if origin not in ORIGINS:
        problem = f"{origin!r} is no origin: name one of {', '.join(ORIGINS)}."
    elif valid_from is not None and valid_from.tzinfo is None:
        problem = f"The time {valid_from} has no time zone."
    if problem:
        raise InputError(problem)


def _check_against(
    rows: UnitRows, stored: dict[str, Version], valid_from: datetime | None, now: datetime
) -> tuple[Changes, list[str], list[Finding]]:
    """Compare with the store; check the ground of what will be there afterwards."""
    at = valid_from or now
    valid = {code: version for code, version in stored.items() if is_valid(version, at)}
    changes, found = compare(rows, stored, valid_from=valid_from, now=now)
    in_file = set(rows.codes)
    others = {code: version for code, version in valid.items() if code not in in_file}
    levels = set(rows.levels)
    left = sorted(code for code, version in others.items() if version.level in levels)
    for level in sorted(levels):
        found += check_level(rows, level, others)
    return changes, left, found + check_parents(rows, valid)


def _report(
    path: Path,
    scheme: str,
    rows: UnitRows,
    found: Sequence[Finding],
    changes: Changes,
    left: Sequence[str],
    *,
    dry_run: bool,
) -> UnitsReport:
    nowhere = shapely.is_missing(rows.shapes) & np.isnan(rows.lon)
    return UnitsReport(
        path,
        scheme,
        len(rows),
        dry_run,
        tuple(found),
        tuple(rows.codes[i] for i in changes.new),
        tuple(rows.codes[i] for i in changes.changed),
        tuple(rows.codes[i] for i in changes.unchanged),
        tuple(left),
        tuple(rows.codes[i] for i in np.flatnonzero(nowhere).tolist()),
    )


def _note(session: Session, result: UnitsReport, started_at: datetime) -> None:
    journal(
        session,
        "units",
        result.path,
        digest(result.path),
        started_at,
        rows=result.rows,
        accepted=len(result.new) + len(result.changed),
        unchanged=len(result.unchanged),
    )
