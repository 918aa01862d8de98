"""Tickets read and answered by a process of their own, a batch ahead of the one that writes.

Reading and routing need about a third of the time of writing. A thread would not do: SQLite lets go
of Python's lock at each row, and getting it back from a busy thread takes longer than the row.
"""

from __future__ import annotations

import gc
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from gridmap.errors import GridmapError, InputError
from gridmap.intake.tickets.answered import AnsweredBatch, answer_batch
from gridmap.intake.tickets.profile import Profile
from gridmap.intake.tickets.rows import TicketFile, read_tickets

if TYPE_CHECKING:
    from gridmap.routing import Router

#: Files with fewer lines are through before another process has begun.
AHEAD_FROM_LINES = 100_000

#: Objects that the other process makes before it looks for cycles among them. A batch has none,
#: and looking through its rows again and again would take a third of the time.
_OBJECTS_BETWEEN_LOOKS = 1_000_000

# The other process finds this program where this one did.
_START = "import sys; sys.path[:] = {path!r}; from gridmap.intake.tickets.ahead import main; main()"


@contextmanager
def answered(
    tickets: TicketFile, profile: Profile, router: Router, batch_rows: int
) -> Iterator[Iterator[AnsweredBatch]]:
    """
    Give the batches of a file with their answers.

    Large files are read by another process, which ends with the block.

    Raises
    ------
    InputError
        If the file is damaged half-way, or if the other process was ended by somebody.
    """
    if (tickets.rows_at_most or 0) < AHEAD_FROM_LINES:
        yield (answer_batch(router, batch) for batch in tickets.batches)
        return
    command = [sys.executable, "-c", _START.format(path=sys.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            yield _received(process, (tickets.path, profile, router, batch_rows))
        finally:
            process.kill()


def _received(
    process: subprocess.Popen[bytes], job: tuple[Path, Profile, Router, int]
) -> Iterator[AnsweredBatch]:
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        with process.stdin:
            pickle.dump(job, process.stdin)
        while (message := pickle.load(process.stdout)) is not None:
            if isinstance(message, GridmapError):
                raise message
            yield message
    except (EOFError, BrokenPipeError, pickle.UnpicklingError) as error:
        text = (
            f"The process that reads {job[0]} ended unexpectedly: look whether memory is short, "
            "and run the same command again."
        )
        raise InputError(text) from error


def main() -> None:
    """Be the other process: the job comes on standard input, batches go to standard output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends when nobody reads any more
    output, sys.stdout = sys.stdout.buffer, sys.stderr
    try:
        _send_all(output)
    except BrokenPipeError:
        sys.stderr.close()  # nothing is left to be said, and nobody to say it to


def _send_all(output: IO[bytes]) -> None:
    path, profile, router, batch_rows = pickle.load(sys.stdin.buffer)
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_LOOKS)
    try:
        for batch in read_tickets(path, profile, batch_rows=batch_rows):
            _send(output, answer_batch(router, batch))
    except GridmapError as error:
        _send(output, error)
    _send(output, None)


def _send(output: IO[bytes], message: AnsweredBatch | GridmapError | None) -> None:
    pickle.dump(message, output, protocol=pickle.HIGHEST_PROTOCOL)
    output.flush()
