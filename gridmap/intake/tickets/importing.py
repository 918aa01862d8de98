"""Tickets brought into the store: located, routed and kept, a batch at a time."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sqlalchemy import ARRAY, JSON, ColumnElement, Text, any_, cast, func, literal, select, update
from sqlalchemy.orm import Session

from gridmap.intake.journal import ACTOR
from gridmap.intake.sources import digest
from gridmap.intake.tables.reading import BATCH_ROWS
from gridmap.intake.tables.record import Record
from gridmap.intake.tickets.ahead import answered
from gridmap.intake.tickets.answered import AnsweredBatch, take
from gridmap.intake.tickets.content import Content, content_stored
from gridmap.intake.tickets.profile import Profile
from gridmap.intake.tickets.rejected import RejectedRows
from gridmap.intake.tickets.rows import open_tickets
from gridmap.intake.tickets.sifting import Sifted, sift
from gridmap.locating import METHODS, unusable_line
from gridmap.model import Decision, Event, Import, Ticket
from gridmap.storage import Store, bulk

if TYPE_CHECKING:
    from gridmap.routing import Router

Tick = Callable[[int, int | None], None]


@dataclass
class TicketsReport:
    """
    What became of a file of tickets.

    Attributes
    ----------
    rows
        Rows that were read: accepted, unchanged and rejected ones.
    unchanged
        Rows of which the store has the ticket already, with the same content.
    rejected_path
        Where the rejected rows are, if there are any.
    methods, rules
        How many of the accepted tickets were located in which way and decided by which rule.
    unusable
        How many of them had a coordinate that could not be used, by the cause.
    """

    path: Path
    rows: int = 0
    accepted: int = 0
    unchanged: int = 0
    rejected: int = 0
    flagged: int = 0
    rejected_path: Path | None = None
    methods: Counter[str] = field(default_factory=Counter)
    rules: Counter[str] = field(default_factory=Counter)
    unusable: Counter[str] = field(default_factory=Counter)

    def add(self, batch: AnsweredBatch, sifted: Sifted) -> None:
        """Count a batch that was kept, and how its new tickets were answered."""
        self.accepted += len(sifted.new)
        self.unchanged += sifted.unchanged
        tickets, decisions = take(batch.tickets, sifted.new), take(batch.decisions, sifted.new)
        self.methods.update(_counted(tickets["locating_method"]))
        self.rules.update(_counted(decisions["rule"]))
        self.unusable.update(_counted(batch.unusable.take(pa.array(sifted.new))))
        self.unusable.pop("", None)
        self.flagged += decisions["flagged"].true_count

    def lines(self) -> list[str]:
        """Say it on a terminal."""
        said = [
            f"{self.rows} rows read from {self.path}: {self.accepted} tickets added, "
            f"{self.unchanged} known already and unchanged, {self.rejected} rejected."
        ]
        if not self.rows:
            said = [f"{self.path} has a header but no rows: nothing changed."]
        elif not self.accepted and not self.rejected:
            said = [f"Nothing changed: the store has all {self.rows} tickets of {self.path}."]
        if self.accepted:
            ways = (f"{n} {METHODS[method][1]}" for method, n in self.methods.most_common())
            said.append(f"Located: {', '.join(ways)}.")
            said.append(f"Decided by: {_shares(self.rules)}; {self.flagged} flagged.")
        if self.unusable:
            said.append(unusable_line(self.unusable))
        if self.rejected_path is not None:
            said.append(f"The rejected rows, each with its reason, are in {self.rejected_path}.")
        return said


def _counted(words: pa.Array) -> dict[str, int]:
    return {pair["values"]: pair["counts"] for pair in words.value_counts().to_pylist()}


def _shares(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.most_common())


def import_tickets(
    store: Store,
    path: Path | str,
    profile: Profile,
    *,
    router: Router,
    rejected_path: Path | None = None,
    batch_rows: int = BATCH_ROWS,
    progress: Tick | None = None,
) -> TicketsReport:
    """
    Bring in a file of tickets; what is wrong with a row is no matter to the others.

    A batch of tickets and their decisions is one transaction: an import that is interrupted has
    whole batches in the store, and when it is run again the rest. A ticket whose number the store
    has with the same content is left as it is; with other content it is rejected.

    Parameters
    ----------
    path
        A CSV, TSV or XLSX file.
    profile
        How its columns are read; its name is the tickets' source.
    router
        Decides; a snapshot of the same store.
    rejected_path
        Where rejected rows go; None means the file's name with `.rejected.csv` added.
    batch_rows
        How many rows make a batch.
    progress
        Called after every batch with the rows that are done and, when known, how many there are.

    Raises
    ------
    InputError
        If the file cannot be read at all, is damaged half-way, or rejected rows cannot be written.
    StoreError
        If the store cannot be written.
    """
    path = Path(path)
    tickets = open_tickets(path, profile, batch_rows=batch_rows)
    report = TicketsReport(path)
    rejected = RejectedRows(
        rejected_path or path.with_name(f"{path.name}.rejected.csv"), path, tickets.header
    )
    run = _Run(store, profile, path)
    with rejected, answered(tickets, profile, router, batch_rows) as batches:
        for batch in batches:
            conflicts = run.keep(batch, report) if len(batch) else []
            rejected.add(sorted(batch.bad + conflicts))
            report.rows += len(batch) + len(batch.bad)
            report.rejected = rejected.count
            if progress is not None:
                progress(report.rows, tickets.rows_at_most)
    run.finish(report)
    report.rejected_path = rejected.path if rejected.count else None
    return report


class _Run:
    """One run of an import: its row in `imports` is made when there is something to keep."""

    def __init__(self, store: Store, profile: Profile, path: Path) -> None:
        self.store, self.source, self.path = store, profile.name, path
        self.started_at = datetime.now(UTC)
        self.import_id: int | None = None

    def keep(self, batch: AnsweredBatch, report: TicketsReport) -> list[Record]:
        """Keep what is new of a batch, whole or not at all; tell the rows that contradict."""
        with self.store.write() as session:
            self._lock(session)
            known = self._known(session, batch.tickets["number"].to_pylist())
            sifted = sift(batch, known, partial(self._stored, session))
            import_id = self.import_id
            if len(sifted.new):
                import_id = import_id or self._begin(session)
                self._insert(session, batch, sifted.new, import_id)
                kept = {"accepted": Import.accepted + len(sifted.new)}
                session.execute(update(Import).where(Import.id == import_id).values(**kept))
        self.import_id = import_id
        report.add(batch, sifted)
        return sifted.conflicts

    def finish(self, report: TicketsReport) -> None:
        """Note the end of a run that changed something."""
        if self.import_id is None:
            return
        now = datetime.now(UTC)
        counts = {name: getattr(report, name) for name in ("rows", "unchanged", "rejected")}
        event = Event(
            at=now,
            actor=ACTOR,
            kind="import tickets",
            subject="imports",
            subject_id=self.import_id,
            detail=report.lines()[0],
        )
        with self.store.write() as session:
            ended = update(Import).where(Import.id == self.import_id)
            session.execute(ended.values(finished_at=now, **counts))
            session.add(event)

    def _lock(self, session: Session) -> None:
        """Let imports of one source into PostGIS go one after the other.

        Else two of them could add the same ticket and one would fail. The embedded store has one
        writer at a time anyway.
        """
        if self.store.backend == "postgis":
            session.execute(select(func.pg_advisory_xact_lock(func.hashtext(self.source))))

    def _known(self, session: Session, numbers: list[str]) -> dict[str, tuple[int, bool]]:
        """Look up which numbers the store has: their digest, and whether this run brought them."""
        query = select(Ticket.number, Ticket.digest, Ticket.import_id).where(
            Ticket.source == self.source, self._among(numbers)
        )
        return {
            number: (digest, import_id is not None and import_id == self.import_id)
            for number, digest, import_id in session.execute(query)
        }

    def _stored(self, session: Session, numbers: list[str]) -> dict[str, Content]:
        """Read what the store has under some numbers."""
        if not numbers:
            return {}
        query = select(Ticket).where(Ticket.source == self.source, self._among(numbers))
        return {ticket.number: content_stored(ticket) for ticket in session.scalars(query)}

    def _among(self, numbers: list[str]) -> ColumnElement[bool]:
        """Ask for numbers that are one parameter, not thousands.

        PostgreSQL looks an array up in the index; it would read the whole table for a join.
        """
        listed = json.dumps(numbers)
        if self.store.backend == "postgis":
            texts = select(func.json_array_elements_text(cast(literal(listed, Text), JSON)))
            return Ticket.number == any_(func.array(texts.scalar_subquery(), type_=ARRAY(Text)))
        return Ticket.number.in_(select(func.json_each(listed).table_valued("value").c.value))

    def _begin(self, session: Session) -> int:
        row = Import(
            kind="tickets",
            file_name=self.path.name,
            digest=digest(self.path),
            profile=self.source,
            started_at=self.started_at,
        )
        session.add(row)
        session.flush()
        return row.id

    def _insert(
        self,
        session: Session,
        batch: AnsweredBatch,
        new: npt.NDArray[np.int64],
        import_id: int,
    ) -> None:
        ours = {
            "source": pa.repeat(self.source, len(new)),
            "import_id": pa.repeat(import_id, len(new)),
        }
        ids = bulk.insert(session, Ticket, take(batch.tickets, new) | ours)
        bulk.insert(session, Decision, take(batch.decisions, new) | {"ticket_id": ids})
