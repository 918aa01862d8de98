"""New tickets told from those that the store has, and from those that contradict them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from gridmap.intake.tables.record import Reason, Record
from gridmap.intake.tickets.answered import AnsweredBatch
from gridmap.intake.tickets.content import Content, content_of, differing

TWICE = Reason(
    "同一文件中前面已有相同编号、内容不同的行（{fields}）",
    "the same number stands earlier in this file with other content ({fields})",
)
CHANGED = Reason(
    "库中已有相同编号、内容不同的工单（{fields}）",
    "the store has a ticket with this number and other content ({fields})",
)


@dataclass(frozen=True)
class Sifted:
    """A batch held against the store: indexes of new tickets, known ones, contradicting rows."""

    new: npt.NDArray[np.int64]
    unchanged: int
    conflicts: list[Record]


def sift(
    batch: AnsweredBatch,
    known: dict[str, tuple[int, bool]],
    stored: Callable[[list[str]], dict[str, Content]],
) -> Sifted:
    """
    Tell the new tickets of a batch from those that are known already.

    Parameters
    ----------
    batch
        Tickets of one source.
    known
        Digest of each number that the store has, and whether it is from an earlier row of the
        same file.
    stored
        Gives what the store has under numbers. It is asked only for rows with another digest: the
        same content may be written in other ways.
    """
    numbers = batch.tickets["number"]
    if not known and pc.count_distinct(numbers).as_py() == len(batch):
        return Sifted(np.arange(len(batch)), 0, [])
    new: dict[str, int] = {}
    doubtful: dict[int, str] = {}
    seen = {number: digest for number, (digest, _) in known.items()}
    digests = batch.tickets["digest"].to_pylist()
    for index, number in enumerate(numbers.to_pylist()):
        if number not in seen:
            seen[number] = digests[index]
            new[number] = index
        elif seen[number] != digests[index]:
            doubtful[index] = number
    before = {
        number: content_of(batch, new[number]) for number in doubtful.values() if number in new
    }
    before |= stored([number for number in doubtful.values() if number not in new])
    faults: dict[int, Reason] = {}
    for index, number in doubtful.items():
        fields = differing(before[number], content_of(batch, index))
        if fields is not None:
            twice = number in new or known[number][1]
            faults[index] = _naming(TWICE if twice else CHANGED, fields)
    unchanged = len(batch) - len(new) - len(faults)
    places = np.array(list(new.values()), dtype=np.int64)
    return Sifted(places, unchanged, batch.records(faults))


def _naming(reason: Reason, fields: Reason) -> Reason:
    zh, en = (said.format(fields=names) for said, names in zip(reason, fields, strict=True))
    return Reason(zh, en)
