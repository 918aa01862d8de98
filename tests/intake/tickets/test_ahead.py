"""Reading ahead gives what reading here gives, and fails as clearly."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest
from support.partition import add_partition
from support.tickets import COLUMNS, HEADER, ROWS, row, rows, write, write_profile

from gridmap.errors import InputError
from gridmap.intake.tickets import ahead, import_tickets
from gridmap.intake.tickets.answered import AnsweredBatch
from gridmap.intake.tickets.profile import Profile
from gridmap.intake.tickets.rows import NO_TIME, TicketFile, open_tickets
from gridmap.routing import Router
from gridmap.storage import Store


@pytest.fixture(autouse=True)
def always_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "AHEAD_FROM_LINES", 0)


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    return Profile.load(write_profile(tmp_path))


@pytest.fixture
def router(geopackage_store_url: str) -> Router:
    from gridmap.storage import open_store

    store = open_store(geopackage_store_url)
    add_partition(store, COLUMNS, ROWS)
    router = Router.from_store(store)
    store.close()
    return router


def opened(path: Path, profile: Profile) -> TicketFile:
    return open_tickets(path, profile, batch_rows=10)


def test_the_answers_are_the_same(
    tmp_path: Path, profile: Profile, router: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "tickets.csv", row("") * 10 + rows(25) + row("T9", "0,0"))
    with ahead.answered(opened(path, profile), profile, router, 10) as batches:
        there = list(batches)
    monkeypatch.setattr(ahead, "AHEAD_FROM_LINES", 10**9)
    with ahead.answered(opened(path, profile), profile, router, 10) as batches:
        here = list(batches)
    assert [len(batch) for batch in there] == [0, 10, 10, 6]
    for batch, same in zip(there, here, strict=True):
        assert batch.bad == same.bad
        assert batch.records({0: NO_TIME} if len(batch) else {}) == same.records(
            {0: NO_TIME} if len(batch) else {}
        )
        assert comparable(batch) == comparable(same)


def comparable(batch: AnsweredBatch) -> dict[str, list[object]]:
    columns = {**batch.decisions, **batch.tickets}
    columns.pop("decided_at", None)
    places = columns.pop("geometry", ())
    listed = {name: values.to_pylist() for name, values in columns.items()}
    return listed | {f"axis {i}": [repr(x) for x in axis] for i, axis in enumerate(places)}


def test_an_import_reads_ahead(store: Store, tmp_path: Path, profile: Profile) -> None:
    add_partition(store, COLUMNS, ROWS)
    path = write(tmp_path / "tickets.csv", row("") + rows(25))
    report = import_tickets(store, path, profile, router=Router.from_store(store), batch_rows=10)
    assert (report.accepted, report.rejected) == (25, 1)
    report = import_tickets(store, path, profile, router=Router.from_store(store), batch_rows=10)
    assert (report.unchanged, report.rejected) == (25, 1)


def test_an_error_of_the_file_comes_through(
    tmp_path: Path, profile: Profile, router: Router
) -> None:
    path = write(tmp_path / "tickets.csv", rows(25))
    tickets = opened(path, profile)
    path.write_text(HEADER.replace("编号", "number"), encoding="utf-8")
    with (
        ahead.answered(tickets, profile, router, 10) as batches,
        pytest.raises(InputError, match="has no column 编号"),
    ):
        next(batches)


def test_a_process_that_is_ended_is_told(
    tmp_path: Path, profile: Profile, router: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "tickets.csv", rows(25))
    monkeypatch.setattr(ahead, "_START", f"import os; os.kill(os.getpid(), {signal.SIGKILL:d})")
    with (
        ahead.answered(opened(path, profile), profile, router, 10) as batches,
        pytest.raises(InputError, match="ended unexpectedly: look whether memory is short"),
    ):
        next(batches)


def test_it_ends_when_nobody_reads(
    tmp_path: Path, profile: Profile, router: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = []

    class Noted(subprocess.Popen):
        def __init__(self, *arguments: object, **options: object) -> None:
            super().__init__(*arguments, **options)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Noted)
    path = write(tmp_path / "tickets.csv", rows(25))
    with ahead.answered(opened(path, profile), profile, router, 10) as batches:
        next(batches)
    assert [process.returncode is not None for process in started] == [True]
