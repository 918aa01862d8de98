"""An OpenStreetMap file into the store: what is new, what has changed, what is gone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from geoalchemy2.shape import from_shape
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from gridmap.columns import take
from gridmap.intake.findings import counted
from gridmap.intake.journal import import_session, journal
from gridmap.intake.osm.kinds import Kinds
from gridmap.intake.osm.reading import Box, Reader
from gridmap.intake.sources import digest, require_file
from gridmap.model import SRID, Place, Street
from gridmap.progress import Tick
from gridmap.storage import Store, bulk

SOURCE = "osm"
_CHUNK = 500  # SQLite takes some thousand parameters at a time

Floats = npt.NDArray[np.float64]
Model = type[Place] | type[Street]


@dataclass
class Counts:
    """What became of the things of one table."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    kept: int = 0
    ids: list[npt.NDArray[np.int64]] = field(default_factory=list, repr=False)

    def line(self, noun: str) -> str:
        """Say it."""
        total = counted(self.new + self.changed + self.unchanged, noun)
        kept = f", {self.kept:,} kept as edited by hand" if self.kept else ""
        return (
            f"{total}: {self.new:,} new, {self.changed:,} changed, {self.unchanged:,} unchanged, "
            f"{self.gone:,} gone{kept}"
        )


@dataclass
class OsmReport:
    """What an import found and did."""

    path: Path
    places: Counts = field(default_factory=Counts)
    streets: Counts = field(default_factory=Counts)
    incomplete: int = 0

    def lines(self) -> list[str]:
        """Write the report as lines, what happened last."""
        lines = [f"{self.path.name}: {self.places.line('place')}."]
        lines.append(f"{self.path.name}: {self.streets.line('street')}.")
        if self.incomplete:
            things = counted(self.incomplete, "thing")
            lines.insert(0, f"{things} left out, for the file does not hold every node.")
        return lines


def import_osm(store: Store, path: Path | str, tick: Tick, kinds: Kinds | None = None) -> OsmReport:
    """
    Bring places and streets of OpenStreetMap into the store, in one transaction.

    Things are told by their number in OpenStreetMap. What the file has otherwise than the store is
    changed; what lies within the file's box (else the box of all that it holds) and is not in it
    any more is removed; what a person has edited stays as it is. The file is read as a stream;
    memory is for the coordinates of its nodes.

    Parameters
    ----------
    store
        Where they go.
    path
        .osm, .osm.gz, .osm.bz2 or .pbf.
    tick
        Told how many things have been read.
    kinds
        What is taken; by default as data/osm/kinds.toml says.

    Raises
    ------
    InputError
        If the file cannot be read; then nothing is changed.
    """
    path, now = Path(path), datetime.now(UTC)
    require_file(path)
    reader, report = Reader(path, kinds or Kinds.load()), OsmReport(path)
    extents: list[Floats] = []
    with import_session(store) as session:
        for places, streets in reader.batches(tick):
            tables = (
                (Place, places.place_columns(), report.places),
                (Street, streets.street_columns(), report.streets),
            )
            for model, columns, counts in tables:
                if columns["source_id"]:
                    _merge(session, model, columns, counts)
                    extents.append(shapely.total_bounds(columns["geometry"]))
        box = reader.box() or _around(extents)
        if box is not None:
            _remove_gone(session, Place, report.places, box)
            _remove_gone(session, Street, report.streets, box)
        report.incomplete = reader.incomplete
        _note(session, report, now)
    return report


def _around(extents: list[Floats]) -> Box | None:
    if not extents:
        return None
    west, south = np.min(extents, axis=0)[:2].tolist()
    east, north = np.max(extents, axis=0)[2:].tolist()
    return west, south, east, north


def _merge(session: Session, model: Model, columns: dict[str, Any], counts: Counts) -> None:
    """Insert what is new, update what has changed."""
    stored = _stored(session, model, columns["source_id"])
    new, changed, seen = [], [], []
    for place, (source_id, digest_) in enumerate(
        zip(columns["source_id"], columns["digest"], strict=True)
    ):
        known = stored.get(source_id)
        if known is None:
            new.append(place)
            continue
        row_id, known_digest, edited_at = known
        seen.append(row_id)
        if edited_at is not None:
            counts.kept += 1
        elif known_digest == digest_:
            counts.unchanged += 1
        else:
            changed.append((row_id, place))
    fresh = take(columns, np.array(new, dtype=np.int64))
    fresh |= {"source": [SOURCE] * len(new), "origin": ["imported"] * len(new)}
    ids = bulk.insert(session, model, fresh)
    _update(session, model, columns, changed)
    counts.new += len(new)
    counts.changed += len(changed)
    counts.ids += [ids, np.array(seen, dtype=np.int64)]


def _stored(
    session: Session, model: Model, source_ids: list[str]
) -> dict[str, tuple[int, str | None, datetime | None]]:
    found: dict[str, tuple[int, str | None, datetime | None]] = {}
    for start in range(0, len(source_ids), _CHUNK):
        query = select(model.source_id, model.id, model.digest, model.edited_at).where(
            model.source == SOURCE, model.source_id.in_(source_ids[start : start + _CHUNK])
        )
        found |= {str(row[0]): (row[1], row[2], row[3]) for row in session.execute(query)}
    return found


def _update(
    session: Session, model: Model, columns: dict[str, Any], changed: list[tuple[int, int]]
) -> None:
    names = [name for name in columns if name not in ("source_id", "geometry")]
    rows = [
        {
            "id": row_id,
            "geometry": from_shape(columns["geometry"][place], srid=SRID),
            **{name: columns[name][place] for name in names},
        }
        for row_id, place in changed
    ]
    if rows:
        session.execute(update(model), rows)


def _remove_gone(session: Session, model: Model, counts: Counts, box: Box) -> None:
    """Remove what lies within a box and was not in the file."""
    query = select(model.id).where(
        model.source == SOURCE,
        model.edited_at.is_(None),
        func.ST_CoveredBy(model.geometry, func.ST_MakeEnvelope(*box, SRID)),
    )
    seen = np.concatenate([np.empty(0, dtype=np.int64), *counts.ids])
    stored = np.array(session.scalars(query).all(), dtype=np.int64)
    gone = np.setdiff1d(stored, seen).tolist()
    for start in range(0, len(gone), _CHUNK):
        session.execute(delete(model).where(model.id.in_(gone[start : start + _CHUNK])))
    counts.gone = len(gone)


def _note(session: Session, report: OsmReport, started_at: datetime) -> None:
    both = report.places, report.streets
    rows = sum(c.new + c.changed + c.unchanged + c.kept for c in both)
    journal(
        session,
        "osm",
        report.path,
        digest(report.path),
        started_at,
        rows=rows,
        accepted=sum(c.new + c.changed for c in both),
        unchanged=sum(c.unchanged + c.kept for c in both),
    )
