"""An OpenStreetMap file into the store: what is new, what has changed, what is gone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gridmap.intake.findings import counted
from gridmap.intake.journal import import_session, journal
from gridmap.intake.osm.kinds import Kinds
from gridmap.intake.osm.reading import Box, Reader
from gridmap.intake.sourced import Counts, Model, Source, merge, remove_others
from gridmap.intake.sources import digest, require_file
from gridmap.model import SRID, Place, Street
from gridmap.progress import Tick
from gridmap.storage import Store

SOURCE = Source("osm")
_STREAMED_ROWS = 10_000

Floats = npt.NDArray[np.float64]


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
    any more is removed; what a person has edited stays as it is.

    The file is read as a stream. Measured on generated files of 2 and 5 million nodes (196,000 and
    490,000 places and streets): 431 and 500 MB at the peak, that is 385 MB and 23 MB for each
    million nodes, 16 of them for their coordinates, and 4,500 to 6,700 things a second. Large files
    keep the coordinates in a temporary file (see `gridmap.intake.osm.reading.node_index`); then
    328 and 352 MB are its own: 310 MB and 8 MB for each million. By that a .osm.pbf of 1 GB, some
    110 million nodes, takes 1.2 GB of memory, 1.8 GB of temporary disk and 40 minutes; this is
    computed, not tried.

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
                    merge(session, model, SOURCE, columns, counts)
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


def _remove_gone(session: Session, model: Model, counts: Counts, box: Box) -> None:
    """Remove what lies within a box and was not in the file."""
    query = select(model.id).where(
        model.source == SOURCE.name,
        model.edited_at.is_(None),
        func.ST_CoveredBy(model.geometry, func.ST_MakeEnvelope(*box, SRID)),
    )
    stored = session.scalars(query.execution_options(yield_per=_STREAMED_ROWS))
    remove_others(session, model, counts, stored, "import osm")


def _note(session: Session, report: OsmReport, started_at: datetime) -> None:
    both = report.places, report.streets
    journal(
        session,
        "osm",
        report.path,
        digest(report.path),
        started_at,
        rows=sum(c.rows for c in both),
        accepted=sum(c.new + c.changed for c in both),
        unchanged=sum(c.unchanged + c.kept for c in both),
    )
