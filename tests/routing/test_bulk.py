"""Whole files: the same answers whoever gives them, in their order, whole or not at all."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from support.town import duty, router

from gridmap.errors import InputError, SettingError
from gridmap.intake.tables.record import Record
from gridmap.intake.tickets.rows import NO_TIME, TicketBatch
from gridmap.routing import Router
from gridmap.routing.bulk import HEADER, answer_shard, route_shards


def shard(first: int, count: int, *, bad: bool = False) -> TicketBatch:
    rng = np.random.default_rng(first)
    texts = [None] * count
    return TicketBatch(
        lines=list(range(first, first + count)),
        columns={
            "number": [f"=N{line}" for line in range(first, first + count)],
            "lon": rng.uniform(117, 117.06, count),
            "lat": rng.uniform(40, 40.02, count),
            "as_of": np.full(count, np.datetime64("2026-10-01", "us")),
            **dict.fromkeys(("address", "content", "matter", "matter_code"), texts),
        },
        bad=[Record(first + count, ["x"], NO_TIME)] if bad else [],
        rows=[],
    )


def shards() -> Iterator[TicketBatch]:
    for number in range(12):
        yield shard(2 + number * 101, 100, bad=True)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def town() -> Router:
    return router(duties=[duty(1, "grid_worker", "1111"), duty(9, "street_head", "11")])


@pytest.fixture(scope="module")
def alone(town: Router, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    """What one process answers."""
    output = tmp_path_factory.mktemp("alone") / "out.csv"
    route_shards(town, shards(), output)
    return read(output)


def test_one_row_for_every_row_in_its_order(alone: list[dict[str, str]]) -> None:
    assert [int(row["line"]) for row in alone] == list(range(2, 2 + 12 * 101))
    assert tuple(alone[0]) == HEADER
    assert alone[0]["ticket"] == "'=N2"
    unreadable = alone[100]
    assert (unreadable["rule"], unreadable["flagged"]) == ("unreadable", "true")
    assert unreadable["reason"] == "无法读取：没有时间。"
    assert {row["worker"] for row in alone} == {"P1", "P9", ""}


def test_coordinates_that_cannot_be_used_are_counted(town: Router, tmp_path: Path) -> None:
    rows = shard(2, 6)
    rows.columns["lon"][:3], rows.columns["lat"][:3] = [0, 40.01, np.inf], [0, 117.01, 40]
    rows.columns["lon"][3] = rows.columns["lat"][3] = np.nan
    report = route_shards(town, [rows], tmp_path / "out.csv")
    assert report.lines()[1:] == ["3 coordinates not usable: 1 zero, 1 swapped, 1 no number."]
    told = [row["coordinate"] for row in read(tmp_path / "out.csv")]
    assert told == ["zero", "swapped", "no_number", "", "", ""]


def test_several_processes_answer_the_same(
    town: Router, alone: list[dict[str, str]], tmp_path: Path
) -> None:
    report = route_shards(town, shards(), tmp_path / "out.csv", workers=2)
    assert read(tmp_path / "out.csv") == alone
    assert (report.rows, report.unreadable) == (1212, 12)


def test_progress_is_told(town: Router, tmp_path: Path) -> None:
    told: list[int] = []
    route_shards(town, shards(), tmp_path / "o.csv", progress=lambda done, total: told.append(done))
    assert told == [101 * n for n in range(1, 13)]


def test_a_failure_leaves_the_old_output(town: Router, tmp_path: Path) -> None:
    output = tmp_path / "out.csv"
    output.write_text("old", "utf-8")

    def broken() -> Iterator[TicketBatch]:
        yield shard(2, 10)
        message = "The file ends in the middle."
        raise InputError(message)

    with pytest.raises(InputError, match="in the middle"):
        route_shards(town, broken(), output)
    assert output.read_text("utf-8") == "old"
    assert list(tmp_path.iterdir()) == [output]


def test_an_output_that_cannot_be_written_is_told(town: Router, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        route_shards(town, shards(), tmp_path / "nowhere" / "out.csv")


def test_a_scheduler_that_does_not_answer_is_told(town: Router, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="No dask scheduler"):
        route_shards(town, shards(), tmp_path / "out.csv", scheduler="tcp://127.0.0.1:1")


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers, each a process of its own on the loopback."""
    address_file = tmp_path / "scheduler.json"
    environment = {**os.environ, "DASK_LOGGING__DISTRIBUTED": "error"}

    def start(*command: str) -> subprocess.Popen[bytes]:
        with (tmp_path / "dask.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "distributed.cli." + command[0], *command[1:]],
                env=environment, stdout=log, stderr=log, cwd=tmp_path,
            )  # fmt: skip

    scheduler = start(
        "dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
        "--scheduler-file", str(address_file),
    )  # fmt: skip
    workers = [
        start(
            "dask_worker", "--scheduler-file", str(address_file), "--nthreads", "1",
            "--no-dashboard", "--host", "127.0.0.1", "--local-directory", str(tmp_path),
        )
        for _ in range(2)
    ]  # fmt: skip
    try:
        yield _address(address_file, workers), workers
    finally:
        for process in (*workers, scheduler):
            process.terminate()
        for process in (*workers, scheduler):
            process.wait(30)


def _address(file: Path, workers: list[subprocess.Popen[bytes]]) -> str:
    from distributed import Client

    deadline = time.monotonic() + 60
    while not file.exists():
        assert time.monotonic() < deadline, "The scheduler did not start."
        time.sleep(0.05)
    with Client(scheduler_file=str(file), timeout="60s") as client:  # type: ignore[no-untyped-call]
        client.wait_for_workers(len(workers), timeout=60)
        return str(client.scheduler.address)


def test_a_cluster_answers_the_same_and_a_killed_worker_loses_nothing(
    town: Router,
    alone: list[dict[str, str]],
    cluster: tuple[str, list[subprocess.Popen[bytes]]],
    tmp_path: Path,
) -> None:
    address, workers = cluster

    def shards_and_a_murder() -> Iterator[TicketBatch]:
        for number, rows in enumerate(shards()):
            if number == 7:
                workers[0].send_signal(signal.SIGKILL)
            yield rows

    route_shards(town, shards_and_a_murder(), tmp_path / "out.csv", scheduler=address)
    assert workers[0].wait(30) == -signal.SIGKILL
    assert read(tmp_path / "out.csv") == alone


def test_a_shard_of_bad_rows_alone_is_answered(town: Router) -> None:
    rows = answer_shard(town, TicketBatch([], {}, [Record(5, [], NO_TIME)], []))
    assert [row[0] for row in rows] == [5]
