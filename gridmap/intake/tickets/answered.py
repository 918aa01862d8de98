"""Tickets of a file with their answers, in the columns that the store takes."""

from __future__ import annotations

import marshal
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gridmap.intake.tables.record import Reason, Record
from gridmap.intake.tickets.profile import TICKET_FIELDS
from gridmap.intake.tickets.rows import TicketBatch
from gridmap.model import Decision, Ticket
from gridmap.storage import bulk

if TYPE_CHECKING:
    from gridmap.routing import Router

Columns = dict[str, Any]

_TICKET_FIELDS = (*TICKET_FIELDS, "digest")


@dataclass(frozen=True)
class AnsweredBatch:
    """
    Some tickets of a file with their answers, in their order.

    Nearly all of it is pyarrow columns, which go from process to process at the speed of memory.

    Attributes
    ----------
    tickets, decisions
        Columns of the two tables, as `storage.bulk.plain` gives them; what only the one who
        writes can tell is left out: ids, source and import. Both are empty for no tickets.
    unusable
        `Located.unusable` of each ticket.
    bad
        The rows that are no tickets, with their cells and the fault.
    """

    tickets: Columns
    decisions: Columns
    unusable: pa.Array
    bad: list[Record]
    _cells: bytes = field(repr=False)

    def __len__(self) -> int:
        return len(self.tickets["number"]) if self.tickets else 0

    def records(self, faults: Mapping[int, Reason]) -> list[Record]:
        """Give tickets as the file has them, with what is wrong with each: index to reason."""
        if not faults:
            return []
        lines, rows = marshal.loads(self._cells)
        return [Record(lines[index], rows[index], fault) for index, fault in faults.items()]


def answer_batch(router: Router, batch: TicketBatch) -> AnsweredBatch:
    """Answer some tickets, and put them into the columns of their tables."""
    cells = marshal.dumps((batch.lines, batch.rows))
    if not len(batch):
        return AnsweredBatch({}, {}, pa.array([], pa.string()), batch.bad, cells)
    answer = router.answer(batch.columns)
    decided_at = np.datetime64(datetime.now(UTC).replace(tzinfo=None), "us")
    tickets = {name: batch.columns[name] for name in _TICKET_FIELDS} | answer.ticket_columns()
    decisions = answer.decision_columns(batch.columns["as_of"], decided_at)
    return AnsweredBatch(
        bulk.plain(Ticket, tickets),
        bulk.plain(Decision, decisions),
        pa.array(answer.located.unusable, pa.string()),
        batch.bad,
        cells,
    )


def take(columns: Columns, places: npt.NDArray[np.int64]) -> Columns:
    """Take some rows, in their order and each once, out of columns of an `AnsweredBatch`."""
    if len(places) == len(next(iter(columns.values()))):
        return columns
    indexes = pa.array(places)
    return {
        name: tuple(axis[places] for axis in values)
        if isinstance(values, tuple)
        else values.take(indexes)
        for name, values in columns.items()
    }
