"""Several processes at one store: they write, they make it at once, they are killed."""

import os
import signal
from contextlib import ExitStack

from sqlalchemy import text
from support.people import count_people, insert_people
from support.processes import python

from gridmap.model import Person
from gridmap.storage import open_store

WRITE_OFTEN = """
import sys
from gridmap.model import Person
from gridmap.storage import open_store
store = open_store(sys.argv[1])
for number in range(int(sys.argv[3])):
    with store.write() as session:
        session.add(Person(code=f"{sys.argv[2]}-{number}", name="n"))
store.close()
"""
MAKE = """
import sys
from gridmap.storage import create_store
input()
create_store(sys.argv[1]).close()
"""
WRITE_ON_A_FULL_DISK = """
import resource, sys
from pathlib import Path
from gridmap.errors import StoreError
from gridmap.model import Person
from gridmap.storage import bulk, open_store
store = open_store(sys.argv[1])
# A file that may not grow fails as one on a full disk does, and needs no rights.
limit_bytes = Path(store.engine.url.database).stat().st_size + 100_000
resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, limit_bytes))
codes = [f"{number:02000}" for number in range(20_000)]  # more than a cache holds
try:
    with store.write() as session:
        session.add(Person(code="before", name="n"))
        try:
            bulk.insert(session, Person, {"code": codes, "name": codes})
        except Exception as error:
            print(type(error).__name__)
        session.add(Person(code="after", name="n"))
except Exception as error:
    print(type(error).__name__)
try:
    with store.write() as session:
        bulk.insert(session, Person, {"code": codes, "name": codes})
except StoreError as error:
    print(error)
"""
WRITE_AND_HANG = """
import sys, time
import numpy as np
from gridmap.model import Person, Place
from gridmap.storage import bulk, open_store
store = open_store(sys.argv[1])
with store.write() as session:
    codes = [str(number) for number in range(50_000)]
    bulk.insert(session, Person, {"code": codes, "name": codes})
    points = np.linspace(0, 1, 50_000)
    bulk.insert(session, Place, {
        "kind": codes, "source": codes, "origin": codes, "geometry": (points, points)})
    print("written, not committed", flush=True)
    time.sleep(60)
"""


def test_four_processes_write_at_once(geopackage_store_url):
    with ExitStack() as stack:
        writers = [
            stack.enter_context(python(WRITE_OFTEN, geopackage_store_url, str(name), "200"))
            for name in range(4)
        ]
        for writer in writers:
            assert writer.communicate(timeout=120)[0] == ""
            assert writer.returncode == 0
    store = open_store(geopackage_store_url)
    assert count_people(store) == 800
    assert store.organisation_version() == 800
    store.close()


def test_processes_make_a_store_at_once(empty_store_url):
    with ExitStack() as stack:
        makers = [stack.enter_context(python(MAKE, empty_store_url)) for _ in range(3)]
        for maker in makers:
            maker.stdin.write("\n")
            maker.stdin.flush()
        for maker in makers:
            assert maker.communicate(timeout=120)[0] == ""
            assert maker.returncode == 0
    store = open_store(empty_store_url)
    assert store.organisation_version() == 0
    store.close()


def test_a_killed_writer_leaves_the_state_before(store, store_url):
    with store.write() as session:
        insert_people(session, 3)
    with python(WRITE_AND_HANG, store_url) as writer:
        assert writer.stdout.readline() == "written, not committed\n"
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
    assert count_people(store) == 3
    with store.write() as session:  # nobody holds the writer's lock any more
        session.add(Person(code="afterwards", name="n"))
    assert count_people(store) == 4
    if store.backend == "geopackage":
        with store.read() as session:
            assert session.scalar(text("PRAGMA integrity_check")) == "ok"
            assert session.scalar(text("SELECT count(*) FROM rtree_places_geometry")) == 0


def test_a_full_disk_ends_the_change_even_when_the_error_is_caught(geopackage_store_url):
    with python(WRITE_ON_A_FULL_DISK, geopackage_store_url) as writer:
        caught, told_at_the_end, told = writer.communicate(timeout=60)[0].splitlines()
    assert caught == "OperationalError"
    assert told_at_the_end == "PendingRollbackError"
    assert told.startswith(f"Store {geopackage_store_url}: the disk ")
    assert "space" in told
    store = open_store(geopackage_store_url)
    assert count_people(store) == 0
    store.close()
