"""Other names: what a list calls places, kept as aliases that come and go with the list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from gridmap.intake.journal import ACTOR
from gridmap.intake.sourced import Counts
from gridmap.model import Alias


@dataclass(frozen=True)
class Naming:
    """One other name of an entry of the gazetteer, see `gridmap.model.Alias`."""

    name: str
    entry: str
    kind: str
    valid_from: datetime | None = None
    valid_to: datetime | None = None


def merge_aliases(session: Session, source: str, namings: list[Naming]) -> Counts:
    """
    Bring the aliases of a list in line with what it says now.

    What it does not say any more is withdrawn. What a person has withdrawn stays so.

    Parameters
    ----------
    source
        The list's name.
    namings
        All that it says; of two for one name and entry the last one counts.
    """
    counts, actor, now = Counts(), f"import {source}", datetime.now(UTC)
    wanted = {(naming.name, naming.entry): naming for naming in namings}
    stored = session.scalars(select(Alias).where(Alias.source == source)).all()
    for alias in stored:
        naming = wanted.pop((alias.name, alias.entry), None)
        if alias.withdrawn_at is not None and alias.withdrawn_by != actor:
            counts.kept += naming is not None
        elif naming is None:
            counts.gone += alias.withdrawn_at is None
            alias.withdrawn_at, alias.withdrawn_by = alias.withdrawn_at or now, actor
        elif _is_same(alias, naming):
            counts.unchanged += 1
        else:
            alias.kind = naming.kind
            alias.valid_from, alias.valid_to = naming.valid_from, naming.valid_to
            alias.withdrawn_at = alias.withdrawn_by = None
            counts.changed += 1
    for naming in wanted.values():
        session.add(Alias(**vars(naming), source=source, created_at=now, created_by=ACTOR))
    counts.new = len(wanted)
    return counts


def _is_same(alias: Alias, naming: Naming) -> bool:
    return (
        alias.withdrawn_at is None
        and alias.kind == naming.kind
        and (alias.valid_from, alias.valid_to) == (naming.valid_from, naming.valid_to)
    )
