"""Sourced rows: what a source has said before is told apart from what it says now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt
from geoalchemy2.shape import from_shape
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from gridmap.columns import take
from gridmap.intake.findings import counted
from gridmap.model import SRID, Alias, Correction, Place, Street
from gridmap.storage import bulk

_CHUNK = 500  # SQLite takes some thousand parameters at a time
_BLOCK = 100_000
_NO_ID = np.zeros(1, dtype=np.int64)

Ids = npt.NDArray[np.int64]
Model = type[Place] | type[Street]


@dataclass
class Counts:
    """What became of the things of one table."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    gone: int = 0
    kept: int = 0
    ids: list[Ids] = field(default_factory=list, repr=False)

    @property
    def rows(self) -> int:
        """How many rows the source has."""
        return self.new + self.changed + self.unchanged + self.kept

    def line(self, noun: str) -> str:
        """Say it."""
        total = counted(self.new + self.changed + self.unchanged, noun)
        kept = f", {self.kept:,} kept as edited by hand" if self.kept else ""
        return (
            f"{total}: {self.new:,} new, {self.changed:,} changed, {self.unchanged:,} unchanged, "
            f"{self.gone:,} gone{kept}"
        )


@dataclass(frozen=True)
class Source:
    """Where rows are from: the name under which they are told again, and their origin."""

    name: str
    origin: str = "imported"


def merge(
    session: Session, model: Model, source: Source, columns: dict[str, Any], counts: Counts
) -> Ids:
    """
    Insert what is new, update what has changed, leave what a person has edited.

    Parameters
    ----------
    columns
        As `storage.bulk.insert` takes them, n rows; `source_id` tells a row of the source, `digest`
        whether the source says something else of it than before.
    counts
        What became of the rows is added here.

    Returns
    -------
    ids
        Of the rows in the store, shape (n,).
    """
    stored = _stored(session, model, source, columns["source_id"])
    ids = np.zeros(len(columns["source_id"]), dtype=np.int64)
    new, changed = [], []
    for place, (source_id, digest) in enumerate(
        zip(columns["source_id"], columns["digest"], strict=True)
    ):
        known = stored.get(source_id)
        if known is None:
            new.append(place)
            continue
        ids[place], known_digest, edited_at = known
        if edited_at is not None:
            counts.kept += 1
        elif known_digest == digest:
            counts.unchanged += 1
        else:
            changed.append(place)
    fresh = take(columns, np.array(new, dtype=np.int64))
    fresh |= {"source": [source.name] * len(new), "origin": [source.origin] * len(new)}
    ids[new] = bulk.insert(session, model, fresh)
    _update(session, model, columns, changed, ids)
    counts.new += len(new)
    counts.changed += len(changed)
    counts.ids.append(ids)
    return ids


def _stored(
    session: Session, model: Model, source: Source, source_ids: list[str]
) -> dict[str, tuple[int, str | None, datetime | None]]:
    found: dict[str, tuple[int, str | None, datetime | None]] = {}
    for start in range(0, len(source_ids), _CHUNK):
        query = select(model.source_id, model.id, model.digest, model.edited_at).where(
            model.source == source.name, model.source_id.in_(source_ids[start : start + _CHUNK])
        )
        found |= {str(row[0]): (row[1], row[2], row[3]) for row in session.execute(query)}
    return found


def _update(
    session: Session, model: Model, columns: dict[str, Any], changed: list[int], ids: Ids
) -> None:
    names = [name for name in columns if name not in ("source_id", "geometry")]
    rows = [
        {
            "id": int(ids[place]),
            "geometry": None if shape is None else from_shape(shape, srid=SRID),
            **{name: columns[name][place] for name in names},
        }
        for place, shape in ((place, columns["geometry"][place]) for place in changed)
    ]
    if rows:
        session.execute(update(model), rows)


def remove_others(
    session: Session, model: Model, counts: Counts, stored: Iterable[int], actor: str
) -> None:
    """
    Remove the rows that the source does not have any more.

    Parameters
    ----------
    counts
        The rows that it has; how many are gone is added here.
    stored
        Ids of the rows that may go; they are taken one by one.
    actor
        Who withdraws the aliases of places that are gone.
    """
    gone = list(_unseen(stored, np.sort(np.concatenate([_NO_ID, *counts.ids]))))
    for start in range(0, len(gone), _CHUNK):
        some = gone[start : start + _CHUNK]
        if model is Place:
            _let_go(session, some, actor)
        session.execute(delete(model).where(model.id.in_(some)))
    counts.gone += len(gone)


def _unseen(stored: Iterable[int], seen: Ids) -> Iterator[int]:
    """Give the ids that are not among those seen, which are sorted, a block at a time."""
    rest = iter(stored)
    while len(block := np.fromiter(islice(rest, _BLOCK), dtype=np.int64)):
        nearest = seen[np.minimum(np.searchsorted(seen, block), len(seen) - 1)]
        yield from block[nearest != block].tolist()


def _let_go(session: Session, gone: list[int], actor: str) -> None:
    """Let nothing name a place that goes, for its id may be another's one day.

    What lay in it lies in nothing known, its other names are withdrawn, and of a place that
    somebody has confirmed the point remains.
    """
    keys = [f"place/{number}" for number in gone]
    inside = update(Place).where(Place.parent_id.in_(gone))
    session.execute(inside.values(parent_id=None, digest=None))  # the next import looks again
    session.execute(
        update(Alias)
        .where(Alias.entry.in_(keys), Alias.withdrawn_at.is_(None))
        .values(withdrawn_at=datetime.now(UTC), withdrawn_by=actor)
    )
    session.execute(update(Correction).where(Correction.entry.in_(keys)).values(entry=None))
