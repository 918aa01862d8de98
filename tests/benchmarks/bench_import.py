"""Benchmark: a file of tickets imported, beside its bare rows written into the same tables.

Run it as `python tests/benchmarks/bench_import.py`; it starts a PostgreSQL of its own. For each
store a process of its own imports the file (read, locate, route, store). Then the very rows it
made, tickets and decisions, are written into a fresh store that has the same units, tables and
indexes: by one COPY a table on PostGIS; by executemany, into the R*Tree too, on the embedded one.
That time has no reading, no parsing and no routing in it, and its rows come ready-made.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS.parent), str(TESTS)]

from support.partition import add_partition, points_within  # noqa: E402
from support.postgres import Cluster  # noqa: E402

from gridmap.model import Ticket  # noqa: E402
from gridmap.storage import create_store, open_store  # noqa: E402
from gridmap.storage.geopackage.schema import triggers  # noqa: E402

COLUMNS, ROWS = 80, 62
TABLES = ("imports", "tickets", "decisions")
BATCH = 20_000
PROFILE = """
[file]
datum = "wgs84"
time_format = "%Y-%m-%d %H:%M:%S"
time_zone = "Asia/Shanghai"
[columns]
number = "工单编号"
reported_at = "来电时间"
matter = "问题分类"
address = "事发地址"
content = "主要内容"
channel = "受理渠道"
longitude = "经度"
latitude = "纬度"
"""
HEADER = "工单编号,来电时间,问题分类,事发地址,主要内容,受理渠道,经度,纬度\n"
MATTERS = ("店外经营", "暴露垃圾", "非机动车乱停放", "道路破损", "非法小广告")


def write_tickets(path: Path, rows: int) -> None:
    """Write an invented export whose places lie within the invented district."""
    lon, lat = points_within(COLUMNS, ROWS, rows)
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        for index, (x, y) in enumerate(zip(lon.tolist(), lat.tolist(), strict=True)):
            day, hour, minute = index % 28 + 1, index % 24, index % 60
            file.write(
                f"GD{index:09},2026-03-{day:02} {hour:02}:{minute:02}:00,{MATTERS[index % 5]},"
                f"示范路{index % 700}号院{index % 30}号楼,市民反映楼前{index % 997}处有问题请处理,"
                f"12345,{x:.7f},{y:.7f}\n"
            )


def import_here(url: str, path: Path, profile: Path) -> None:
    """Import in this process and print how long it took and how much memory it needed."""
    import resource

    from gridmap.intake.tickets import import_tickets
    from gridmap.intake.tickets.profile import Profile
    from gridmap.routing import Router

    store = open_store(url)
    how = Profile.load(profile)
    start = time.perf_counter()
    report = import_tickets(store, path, how, router=Router.from_store(store))
    seconds = time.perf_counter() - start
    assert report.accepted == report.rows, report.lines()
    assert report.methods["coordinate"] == report.rows, report.lines()
    store.close()
    # A part of it reads ahead. What getrusage tells of this process itself counts from whatever
    # the process that started it held; the status does not.
    status = Path("/proc/self/status").read_text("utf-8")
    own_kb = next(int(line.split()[1]) for line in status.splitlines() if "VmHWM" in line)
    ahead_kb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    peak_mb = (own_kb + ahead_kb) / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak_mb}))


def measure_import(url: str, path: Path, profile: Path) -> dict[str, float]:
    """Import in a new process."""
    command = [sys.executable, __file__, "--import", url, str(path), str(profile)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def make_store(url: str) -> None:
    """Make a store with the invented units."""
    store = create_store(url)
    add_partition(store, COLUMNS, ROWS)
    store.close()


def bare_copy(full_url: str, bare_url: str, folder: Path) -> float:
    """Time COPY of the rows of one database into another, each table from one file."""
    dsn, bare_dsn = (
        url.replace("postgresql+psycopg", "postgresql") for url in (full_url, bare_url)
    )
    with psycopg.connect(dsn) as connection:
        for table in TABLES:
            with (
                (folder / table).open("wb") as file,
                connection.cursor().copy(f"COPY {table} TO STDOUT") as copy,
            ):
                for data in copy:
                    file.write(data)
    with psycopg.connect(bare_dsn) as connection:
        start = time.perf_counter()
        for table in TABLES:
            with (
                (folder / table).open("rb") as file,
                connection.cursor().copy(f"COPY {table} FROM STDIN") as copy,
            ):
                while data := file.read(1 << 20):
                    copy.write(data)
        connection.commit()
        return time.perf_counter() - start


def bare_executemany(full_url: str, bare_url: str, folder: Path) -> float:
    """Time executemany of the rows of one GeoPackage into another; reading them is not counted."""
    source = sqlite3.connect(full_url.removeprefix("geopackage:///"))
    store = open_store(bare_url)
    seconds = 0.0

    def timed(work: Callable[[], Any]) -> None:
        nonlocal seconds
        start = time.perf_counter()
        work()
        seconds += time.perf_counter() - start

    with store.engine.connect() as connection:
        bare: Any = connection.connection.driver_connection
        for name, _ in triggers(Ticket.__table__):  # the R*Tree is written directly
            bare.execute(f'DROP TRIGGER "{name}"')
        timed(lambda: bare.execute("BEGIN IMMEDIATE"))
        for table in (*TABLES, "rtree_tickets_geometry"):
            for rows in _chunks(source, table):
                marks = ", ".join("?" for _ in rows[0])
                timed(lambda: bare.executemany(f"INSERT INTO {table} VALUES ({marks})", rows))  # noqa: B023
        timed(lambda: bare.execute("COMMIT"))
    store.close()
    source.close()
    return seconds


def _chunks(source: sqlite3.Connection, table: str) -> Iterator[list[Any]]:
    cursor = source.execute(f"SELECT * FROM {table}")
    while rows := cursor.fetchmany(BATCH):
        yield rows


def run(rows: int = 1_000_000) -> dict[str, float]:
    """Measure both stores, and answer the figures by name."""
    cluster = Cluster()
    try:
        with (
            cluster.database() as full,
            cluster.database() as bare,
            tempfile.TemporaryDirectory() as name,
        ):
            folder = Path(name)
            profile = folder / "invented.toml"
            profile.write_text(PROFILE, encoding="utf-8")
            write_tickets(folder / "tickets.csv", rows)
            figures = _side_by_side("postgis", full, bare, folder, bare_copy)
            full, bare = (f"geopackage:///{folder}/{name}.gpkg" for name in ("full", "bare"))
            return figures | _side_by_side("geopackage", full, bare, folder, bare_executemany)
    finally:
        cluster.stop()


def _side_by_side(
    backend: str, full: str, bare: str, folder: Path, write: Callable[[str, str, Path], float]
) -> dict[str, float]:
    make_store(full)
    make_store(bare)
    ours = measure_import(full, folder / "tickets.csv", folder / "invented.toml")
    bare_s = write(full, bare, folder)
    return {
        f"{backend}_import_s": ours["seconds"],
        f"{backend}_bare_s": bare_s,
        f"{backend}_ratio": ours["seconds"] / bare_s,
        f"{backend}_peak_mb": ours["peak_mb"],
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="tickets in the file")
    parser.add_argument("--import", dest="files", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.files:
        import_here(options.files[0], Path(options.files[1]), Path(options.files[2]))
    else:
        for name, value in run(options.rows).items():
            print(f"{name:24} {value:10.3f}")
