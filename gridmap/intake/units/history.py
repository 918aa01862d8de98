"""History: which units of a file are new or changed, and how the store takes them.

A unit is never overwritten: its version ends and the next one begins at the same moment.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from geoalchemy2.shape import to_shape
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gridmap.intake.findings import Finding, counted
from gridmap.intake.units.rows import UnitRows
from gridmap.model import Seat, Unit
from gridmap.storage import bulk

#: When units begin that are brought in first: before any ticket.
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)

_SAME_DEG = 1e-9  # a tenth of a millimetre


@dataclass(frozen=True)
class Version:
    """The newest version of a unit in the store, its geometry and its seat."""

    id: int
    level: str
    name: str
    parent_code: str | None
    valid_from: datetime
    valid_to: datetime | None
    shape: BaseGeometry | None
    seat: BaseGeometry | None


@dataclass
class Changes:
    """What an import does to the store: indices of rows, and ids of versions that end."""

    new: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    unchanged: list[int] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    starts: dict[int, datetime] = field(default_factory=dict)


def newest_versions(session: Session, scheme: str) -> dict[str, Version]:
    """Read the newest version of every unit of a scheme, by code."""
    query = (
        select(Unit, Seat.geometry)
        .outerjoin(Seat, Seat.unit_id == Unit.id)
        .where(Unit.scheme == scheme)
        .order_by(Unit.valid_from)
    )
    return {
        unit.code: Version(
            unit.id,
            unit.level,
            unit.name,
            unit.parent_code,
            unit.valid_from,
            unit.valid_to,
            _shape(unit.geometry),
            _shape(seat),
        )
        for unit, seat in session.execute(query)
    }


def levels_elsewhere(session: Session, scheme: str) -> dict[str, str]:
    """Tell the level of every unit of the other schemes, by code: parents may be there."""
    query = select(Unit.code, Unit.level).where(Unit.scheme != scheme)
    return {row.code: row.level for row in session.execute(query)}


def is_valid(version: Version, at: datetime) -> bool:
    """Tell whether a version has not ended by then."""
    return version.valid_to is None or version.valid_to > at


def keep_names(rows: UnitRows, stored: dict[str, Version]) -> None:
    """Give units of a file without a column of names the name that the store has."""
    for index, code in enumerate(rows.codes):
        if code in stored:
            rows.names[index] = stored[code].name


def keep_parents(rows: UnitRows, stored: dict[str, Version], known: Collection[str]) -> None:
    """
    Give units of a file without a column of parents the parent that the store has.

    Where the store has a parent that no unit is, and the code tells one that is known by now, the
    latter is right.
    """
    there = set(known) | set(rows.codes)
    for index, code in enumerate(rows.codes):
        version = stored.get(code)
        if version is None or version.parent_code is None:
            continue
        if version.parent_code in there or rows.parents[index] not in there:
            rows.parents[index] = version.parent_code


def keep_places(rows: UnitRows, stored: dict[str, Version]) -> list[Finding]:
    """Give units of a table, which draws nothing, the area or the point that the store has."""
    kept = []
    for index, code in enumerate(rows.codes):
        version = stored.get(code)
        if version is None:
            continue
        rows.shapes[index] = version.shape
        if version.shape is not None:
            kept.append(code)
        if version.seat is not None and np.isnan(rows.lon[index]):
            rows.lon[index], rows.lat[index] = version.seat.x, version.seat.y
    if not kept:
        return []
    message = f"A table draws no areas: the stored area of {counted(len(kept), 'unit')} stays."
    return [Finding("kept area", message, "note", tuple(kept))]


def compare(
    rows: UnitRows,
    stored: dict[str, Version],
    *,
    valid_from: datetime | None,
    now: datetime,
) -> tuple[Changes, list[Finding]]:
    """
    Tell what is new, changed and unchanged, and when each begins.

    Parameters
    ----------
    rows
        Checked units of a file.
    stored
        The newest versions of the scheme.
    valid_from
        When the units of the file begin. None: a level of which the scheme has no unit yet begins
        on 1 January 1970, so that older tickets find it; whatever comes later begins now.
    now
        This moment.
    """
    changes, findings = Changes(), []
    levels = {version.level for version in stored.values()}
    same = _same_shapes(rows, stored)
    for index, (code, level) in enumerate(zip(rows.codes, rows.levels, strict=True)):
        version = stored.get(code)
        first = version is None and level not in levels
        start = valid_from or (BEGINNING if first else now)
        changes.starts[index] = start
        if version is None:
            changes.new.append(index)
        elif not is_valid(version, start):
            changes.new.append(index)
            message = f"Unit {code} ended before and begins again: codes are not to be used twice."
            findings.append(Finding("code again", message, "warning", (code,)))
        elif level != version.level:
            message = (
                f"Unit {code} is stored as {version.level}, and {level} is named now: a unit keeps "
                "its level; mend --level, or name another --scheme."
            )
            findings.append(Finding("level", message, "error", (code,)))
        elif same[index] and _same_words(rows, index, version):
            changes.unchanged.append(index)
        elif version.valid_from >= start:
            message = (
                f"Unit {code} has a version from {version.valid_from:%Y-%m-%d %H:%M}: a "
                "change must begin later than that."
            )
            findings.append(Finding("moment", message, "error", (code,)))
        else:
            changes.changed.append(index)
            changes.ended.append(version.id)
    return changes, findings


def write(
    session: Session,
    rows: UnitRows,
    changes: Changes,
    *,
    scheme: str,
    origins: Sequence[str],
) -> NDArray[np.int64]:
    """End and begin versions; the ids of those that begin, shape (new + changed,)."""
    begun = changes.new + changes.changed
    if changes.ended:
        ends = [changes.starts[index] for index in changes.changed]
        versions = zip(changes.ended, ends, strict=True)
        session.execute(update(Unit), [{"id": id_, "valid_to": end} for id_, end in versions])
    ids = bulk.insert(
        session,
        Unit,
        {
            "scheme": [scheme] * len(begun),
            "level": [rows.levels[i] for i in begun],
            "code": [rows.codes[i] for i in begun],
            "name": [rows.names[i] for i in begun],
            "parent_code": pa.array([rows.parents[i] for i in begun], type=pa.string()),
            "valid_from": to_datetime64(changes.starts[i] for i in begun),
            "origin": [origins[i] for i in begun],
            "geometry": rows.shapes[begun],
        },
    )
    seated = np.isfinite(rows.lon[begun])
    points = (rows.lon[begun][seated], rows.lat[begun][seated])
    bulk.insert(session, Seat, {"unit_id": ids[seated], "geometry": points})
    return ids


def to_datetime64(times: Iterable[datetime]) -> NDArray[np.datetime64]:
    """Turn aware times into datetime64[us] in UTC, shape (n,)."""
    plain = [time.astimezone(UTC).replace(tzinfo=None) for time in times]
    return np.array(plain, dtype="datetime64[us]")


def _shape(stored: Any) -> BaseGeometry | None:
    return None if stored is None else to_shape(stored)


def _same_words(rows: UnitRows, index: int, version: Version) -> bool:
    words = (rows.levels[index], rows.names[index], rows.parents[index])
    return words == (version.level, version.name, version.parent_code)


def _same_shapes(rows: UnitRows, stored: dict[str, Version]) -> NDArray[np.bool_]:
    """Tell which rows have the area and the seat that the store has, shape (n,)."""
    versions = [stored.get(code) for code in rows.codes]
    shapes = np.array([None if v is None else v.shape for v in versions], dtype=object)
    seats = np.array([None if v is None else v.seat for v in versions], dtype=object)
    points = np.full(len(rows), None, dtype=object)
    seated = np.isfinite(rows.lon)
    points[seated] = shapely.points(rows.lon[seated], rows.lat[seated])
    return _equal(rows.shapes, shapes) & _equal(points, seats)


def _equal(left: NDArray[np.object_], right: NDArray[np.object_]) -> NDArray[np.bool_]:
    neither = shapely.is_missing(left) & shapely.is_missing(right)
    equal = shapely.equals_exact(left, right, tolerance=_SAME_DEG, normalize=True)
    return np.asarray(neither | equal)
