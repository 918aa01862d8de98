"""New tickets told from those that the store has, and from those that contradict them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from gridmap.intake.tables.record import Reason, Record
from gridmap.intake.tickets.answered import AnsweredBatch

TWICE = Reason(
    "同一文件中前面已有相同编号、内容不同的行",
    "the same number stands earlier in this file with other content",
)
CHANGED = Reason(
    "库中已有相同编号、内容不同的工单",
    "the store has a ticket with this number and other content",
)


@dataclass(frozen=True)
class Sifted:
    """A batch held against the store: indexes of new tickets, known ones, contradicting rows."""

    new: npt.NDArray[np.int64]
    unchanged: int
    conflicts: list[Record]


def sift(batch: AnsweredBatch, known: dict[str, tuple[int, bool]]) -> Sifted:
    """
    Tell the new tickets of a batch from those that are known already.

    Parameters
    ----------
    batch
        Tickets of one source.
    known
        Digest of each number that the store has, and whether it is from an earlier row of the
        same file.
    """
    numbers = batch.tickets["number"]
    if not known and pc.count_distinct(numbers).as_py() == len(batch):
        return Sifted(np.arange(len(batch)), 0, [])
    new: list[int] = []
    faults: dict[int, Reason] = {}
    seen = dict(known)
    digests = batch.tickets["digest"].to_pylist()
    for index, number in enumerate(numbers.to_pylist()):
        digest = digests[index]
        if number not in seen:
            seen[number] = (digest, True)
            new.append(index)
        elif seen[number][0] != digest:
            faults[index] = TWICE if seen[number][1] else CHANGED
    unchanged = len(batch) - len(new) - len(faults)
    return Sifted(np.array(new, dtype=np.int64), unchanged, batch.records(faults))
