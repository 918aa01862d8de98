"""The journal: every import of a list leaves a row of its own and an event."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gridmap.model import Event, Import
from gridmap.storage import Store

#: Who acts when nobody has signed in.
ACTOR = "command line"

_LOCK = "gridmap import"


@contextmanager
def import_session(store: Store, *, dry_run: bool = False) -> Iterator[Session]:
    """
    Open a session for an import; a dry run only reads.

    Imports of lists go one after the other, or two of the same file would both find the store
    empty. The embedded store has one writer at a time anyway.
    """
    with store.read() if dry_run else store.write() as session:
        if store.backend == "postgis" and not dry_run:
            session.execute(select(func.pg_advisory_xact_lock(func.hashtext(_LOCK))))
        yield session


def journal(
    session: Session,
    kind: str,
    path: Path,
    digest: str,
    started_at: datetime,
    *,
    rows: int,
    accepted: int,
    unchanged: int,
    rejected: int = 0,
) -> None:
    """Write down an import that ends with this transaction: its file, and how many rows it was."""
    entry = Import(
        kind=kind,
        file_name=path.name,
        digest=digest,
        started_at=started_at,
        finished_at=datetime.now(UTC),
        rows=rows,
        accepted=accepted,
        unchanged=unchanged,
        rejected=rejected,
    )
    session.add(entry)
    session.flush()
    detail = f"{path.name}: {accepted} of {rows} rows new or changed, {unchanged} unchanged"
    session.add(
        Event(
            at=datetime.now(UTC),
            actor=ACTOR,
            kind=f"import {kind}",
            subject="imports",
            subject_id=entry.id,
            detail=detail,
        )
    )
