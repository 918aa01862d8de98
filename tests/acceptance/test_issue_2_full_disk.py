"""Acceptance 7: a PostgreSQL server that runs out of room in the middle of an import of tickets.

The server's process that works for the import may not let a file grow beyond a size: it fails as
one on a full disk does. That needs no rights, and no other process feels it.
"""

from __future__ import annotations

import os
import random
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import Result
from sqlalchemy import Engine, event, func, select
from support.command import run
from support.partition import add_partition
from support.postgres import Cluster
from support.tickets import COLUMNS, ROWS, rows, write, write_profile

from gridmap.errors import StoreError
from gridmap.intake import tickets
from gridmap.model import Decision, Import, Ticket
from gridmap.storage import Store, create_store, open_store

BATCH_ROWS = 200
LOG_SEGMENT_BYTES, PAGE_BYTES = 16 << 20, 8192
LOG_LIMIT_BYTES = 2 << 20
RECOVERY_LIMIT_S = 30
# Which of the two a server says depends on its version and on where in a page the limit lies.
NO_ROOM = (
    "the disk is full: free some space and run the same command again.",
    "a quota or a limit on the size of files lets nothing more be written: raise it or free some "
    "space, and run the same command again.",
)


@pytest.fixture(scope="module")
def server() -> Iterator[Cluster]:
    """A server of these tests alone, since it breaks down."""
    cluster = Cluster()
    yield cluster
    cluster.stop()


@pytest.fixture
def district(server: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Address of a store with invented grids; the command brings tickets there in small batches."""
    in_small_batches = partial(tickets.import_tickets, batch_rows=BATCH_ROWS)
    monkeypatch.setattr(tickets, "import_tickets", in_small_batches)
    with server.database() as url:
        with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
            # What is committed outlasts a break-down, as it does where nobody changed this.
            connection.execute(f"ALTER DATABASE {connection.info.dbname} SET synchronous_commit=on")
            # A new file of the log, so that it is known how much goes into it.
            connection.execute("SELECT pg_switch_wal()")
        store = create_store(url)
        add_partition(store, COLUMNS, ROWS)
        store.close()
        yield url


@contextmanager
def little_room(limit_bytes: int) -> Iterator[None]:
    """Let the server's processes for new connections write no file beyond a size."""

    def limit(connection: Any, _record: object) -> None:
        process = connection.info.backend_pid
        owner = os.stat(f"/proc/{process}")  # root in a container may have less right than they
        command = ["prlimit", f"--pid={process}", f"--fsize={limit_bytes}"]
        subprocess.run(command, check=True, user=owner.st_uid, group=owner.st_gid)

    event.listen(Engine, "connect", limit)
    try:
        yield
    finally:
        event.remove(Engine, "connect", limit)


def bring(database: str, path: Path) -> Result:
    return run(database, "import", "tickets", path, "--profile", path.parent / "invented.toml")


def opened(database: str) -> Store:
    """Open a store whose server may be recovering."""
    deadline = time.monotonic() + RECOVERY_LIMIT_S
    while True:
        try:
            return open_store(database)
        except StoreError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def stored(database: str) -> int:
    """Count the tickets; each has one decision, and the journal counts the same."""
    store = opened(database)
    with store.read() as session:
        count = session.scalar(select(func.count()).select_from(Ticket))
        decided = select(func.count(), func.count(Decision.ticket_id.distinct()))
        assert session.execute(decided).one() == (count, count)
        assert session.scalar(select(func.coalesce(func.sum(Import.accepted), 0))) == count
    store.close()
    assert count is not None
    return count


def assert_told_and_completed(database: str, path: Path, limit_bytes: int) -> None:
    """Import with little room, look at what there is, and import again with room."""
    export = path.read_bytes()
    count = export.count(b"\n") - 1
    with little_room(limit_bytes):
        result = bring(database, path)
    assert result.exit_code == 1, result.output
    assert result.stderr.rstrip("\n").endswith(NO_ROOM), result.stderr
    assert result.stderr.startswith("Error: Store postgresql+psycopg://")
    assert len(result.stderr.splitlines()) == 1
    kept = stored(database)
    assert 0 < kept < count
    assert kept % BATCH_ROWS == 0
    assert sorted(file.name for file in path.parent.iterdir()) == ["invented.toml", "tickets.csv"]
    assert path.read_bytes() == export
    result = bring(database, path)
    assert result.exit_code == 0, result.output
    assert f"{count - kept} tickets added, {kept} known already and unchanged" in result.output
    assert stored(database) == count


# A log of which no new file can be made would be the first to fail: a file of it must fit.
@pytest.mark.parametrize("limit_bytes", [LOG_SEGMENT_BYTES, LOG_SEGMENT_BYTES + PAGE_BYTES // 2])
def test_no_room_for_a_table(district: str, tmp_path: Path, limit_bytes: int) -> None:
    write_profile(tmp_path)
    long = random.Random(2).randbytes(7_000).hex()  # PostgreSQL cannot pack it
    path = write(tmp_path / "tickets.csv", rows(1600).replace("楼前有垃圾", long))
    assert path.stat().st_size > 1.3 * limit_bytes
    assert_told_and_completed(district, path, limit_bytes)


def test_no_room_for_the_log(district: str, tmp_path: Path) -> None:
    """Without its log a PostgreSQL server breaks down; it recovers by itself."""
    write_profile(tmp_path)
    # A ticket takes 1 kB of the log, and a third of that in the largest table.
    path = write(tmp_path / "tickets.csv", rows(3000))
    assert_told_and_completed(district, path, LOG_LIMIT_BYTES)
