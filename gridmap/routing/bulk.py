"""A whole file of tickets routed: by one process, by several, or by a cluster.

The work is one pure function over a shard of rows; what differs is only who runs it. Answers are
written in the order of the file, whoever was quicker.
"""

from __future__ import annotations

import csv
import os
import pickle
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from gridmap.csvsafe import safe_cell
from gridmap.errors import InputError, SettingError
from gridmap.locating import unusable_line
from gridmap.progress import Tick
from gridmap.routing.router import Router

HEADER = (
    "line", "ticket", "unit", "worker", "rule", "flagged", "boundary_m", "alternatives", "reason",
    "reason_en", "department", "queue", "emergency_within_h", "locating", "confidence",
    "coordinate",
)  # fmt: skip

Rows = list[tuple[Any, ...]]


class Shard(Protocol):
    """Some rows of a file, as `gridmap.intake.tickets.rows` reads them."""

    @property
    def lines(self) -> Sequence[int]:
        """The line of each of n tickets."""

    @property
    def columns(self) -> Mapping[str, Any]:
        """What `Router.answer` takes, and `number`."""

    @property
    def bad(self) -> Sequence[tuple[int, Any, Any]]:
        """Rows that are no tickets: line, cells, and the fault in Chinese and English."""


#: Shards under way beyond one for each worker, so that none waits for the reader.
_AHEAD = 2


@dataclass
class RouteReport:
    """What became of a file."""

    output: Path
    rows: int = 0
    flagged: int = 0
    unreadable: int = 0
    unusable: Counter[str] = field(default_factory=Counter)

    def lines(self) -> list[str]:
        """Say it on a terminal."""
        said = [
            f"{self.rows} tickets answered in {self.output}: {self.rows - self.flagged} without "
            f"doubt, {self.flagged} flagged, {self.unreadable} of them unreadable."
        ]
        return said + ([unusable_line(self.unusable)] if self.unusable else [])


def route_shards(
    router: Router,
    shards: Iterable[Shard],
    output: Path,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    progress: Tick | None = None,
) -> RouteReport:
    """Write one row of answers for every row of a file, in their order.

    Parameters
    ----------
    router
        The snapshot that decides.
    shards
        The rows, in their order.
    output
        The CSV file to write; it appears when it is whole, and is not touched by a failure.
    workers
        Processes of this machine; one, this one, when missing.
    scheduler
        Address of a dask.distributed scheduler; gridmap is installed there and on its workers.

    Raises
    ------
    InputError
        When the output cannot be written.
    SettingError
        When the scheduler cannot be reached, or `gridmap[cluster]` is not installed.
    """
    report = RouteReport(output)
    with _runner(router, workers, scheduler) as run, _written_whole(output) as write:
        for rows in run(shards):
            write(rows)
            report.rows += len(rows)
            report.flagged += sum(row[5] == "true" for row in rows)
            report.unreadable += sum(row[4] == "unreadable" for row in rows)
            report.unusable.update(row[-1] for row in rows if row[-1])
            if progress is not None:
                progress(report.rows, None)
    return report


def answer_shard(router: Router, shard: Shard) -> Rows:
    """Answer the rows of a shard in their order, those that cannot be read among them."""
    answered: dict[int, tuple[Any, ...]] = {
        line: _unreadable(line, *fault) for line, _cells, fault in shard.bad
    }
    if len(shard.lines):
        answer = router.answer(shard.columns)
        decisions, located = answer.decisions, answer.located
        for index, line in enumerate(shard.lines):
            unit, worker = decisions.unit[index], decisions.worker[index]
            answered[line] = (
                line,
                safe_cell(shard.columns["number"][index]),
                unit.code if unit is not None else "",
                worker.code if worker is not None else "",
                decisions.rule[index],
                "true" if decisions.flagged[index] else "false",
                _number(decisions.boundary_m[index], 2),
                decisions.alternatives[index],
                safe_cell(decisions.reason_zh[index]),
                safe_cell(decisions.reason_en[index]),
                decisions.department[index] or "",
                decisions.queue[index],
                _number(decisions.within_h[index], 1),
                located.method[index],
                _number(located.confidence[index], 3),
                located.unusable[index],
            )
    return [answered[line] for line in sorted(answered)]


def _unreadable(line: int, fault_zh: str, fault_en: str) -> tuple[Any, ...]:
    reasons = f"无法读取：{fault_zh}。", f"Cannot be read: {fault_en}."
    blank = ("",) * (len(HEADER) - 10)
    return (line, "", "", "", "unreadable", "true", "", "", *reasons, *blank)


def _number(value: float, digits: int) -> str:
    return "" if np.isnan(value) else f"{value:.{digits}f}"


# --- who runs it --------------------------------------------------------------------------------

Run = Callable[[Iterable[Shard]], Iterator[Rows]]


@contextmanager
def _runner(router: Router, workers: int | None, scheduler: str | None) -> Iterator[Run]:
    if scheduler is not None:
        with _cluster(router, scheduler) as run:
            yield run
    elif workers is not None and workers > 1:
        with ProcessPoolExecutor(workers, initializer=_begin, initargs=(router,)) as pool:
            yield lambda shards: _pool(pool, shards, workers)
    else:
        yield lambda shards: (answer_shard(router, shard) for shard in shards)


_router_here: Router | None = None


def _begin(router: Router) -> None:
    """Keep the snapshot in a worker process, which gets it once."""
    global _router_here
    _router_here = router


def _answer_here(shard: Shard) -> Rows:
    assert _router_here is not None
    return answer_shard(_router_here, shard)


def _pool(pool: ProcessPoolExecutor, shards: Iterable[Shard], workers: int) -> Iterator[Rows]:
    try:
        yield from _in_order(
            shards, lambda shard: pool.submit(_answer_here, shard), workers + _AHEAD
        )
    except BrokenProcessPool as error:
        message = "A worker process ended unexpectedly: run the command again with fewer --workers."
        raise InputError(message) from error


@contextmanager
def _cluster(router: Router, address: str) -> Iterator[Run]:
    try:
        from distributed import Client
    except ImportError as error:
        message = (
            "--scheduler needs dask.distributed: install it with `pip install gridmap[cluster]`."
        )
        raise SettingError(message) from error
    try:
        client: Any = Client(address, timeout="10s")  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError, ValueError) as error:
        message = f"No dask scheduler answers at {address}: check the address and that it runs."
        raise SettingError(message) from error
    with client:
        # As a task, not as scattered data: a worker that dies with it can get it again.
        snapshot = client.submit(pickle.loads, pickle.dumps(router), pure=False)
        ahead = max(len(client.scheduler_info()["workers"]), 1) * 2 + _AHEAD

        def run(shards: Iterable[Shard]) -> Iterator[Rows]:
            return _in_order(
                shards,
                lambda shard: client.submit(answer_shard, snapshot, shard, pure=False, retries=3),
                ahead,
            )

        yield run


def _in_order(
    shards: Iterable[Shard], submit: Callable[[Shard], Any], ahead: int
) -> Iterator[Rows]:
    """Keep so many shards under way, and no more, and give the answers in order."""
    waiting: deque[Any] = deque()
    for shard in shards:
        waiting.append(submit(shard))
        if len(waiting) >= ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


# --- where it goes ------------------------------------------------------------------------------


def require_apart(output: Path, read: Iterable[Path]) -> None:
    """Refuse, as an InputError, to write the answers over a file that they are made from."""
    for path in read:
        if output.exists() and path.exists() and output.samefile(path):
            message = f"The answers would replace {path}, which they need: name another --output."
            raise InputError(message)


@contextmanager
def _written_whole(output: Path) -> Iterator[Callable[[Rows], None]]:
    """Write beside the output, and put it in place when everything is there."""
    part = output.with_name(f".{output.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HEADER)
            yield writer.writerows
        part.replace(output)
    except OSError as error:
        message = f"{output} cannot be written: {error.strerror}. Name another --output."
        raise InputError(message) from error
    finally:
        part.unlink(missing_ok=True)
