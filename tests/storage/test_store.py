"""Opening, reading and writing a store: what a user is told, and who sees what when."""

import os
import signal
import socket
import threading
import time
from contextlib import ExitStack, nullcontext

import pytest
from sqlalchemy import event, func, select, text
from support.processes import python

from gridmap.errors import StoreError
from gridmap.model import Person, Revision
from gridmap.storage import address, bulk, create_store, open_store
from gridmap.storage.geopackage import dialect


def people(session, count):
    codes = [f"P{number}" for number in range(count)]
    return bulk.insert(session, Person, {"code": codes, "name": ["示例员工"] * count})


def count(store):
    with store.read() as session:
        return session.scalar(select(func.count()).select_from(Person))


# --- opening ------------------------------------------------------------------------------------


def test_a_store_is_made_once_and_made_again_unharmed(empty_store_url):
    first = create_store(empty_store_url)
    with first.write() as session:
        session.add(Person(code="P1", name="示例员工"))
    first.close()
    second = create_store(empty_store_url)
    assert count(second) == 1
    assert second.organisation_version() == 1
    second.close()


def test_a_path_and_a_url_name_the_same_store(tmp_path):
    path = str(tmp_path / "一 格#1?.gpkg")
    create_store(path).close()
    store = open_store(path)
    assert (store.backend, store.url) == ("geopackage", f"geopackage:///{path}")
    store.close()
    create_store(f"geopackage:///{tmp_path / 'plain.gpkg'}").close()
    open_store(str(tmp_path / "plain.gpkg")).close()


def test_postgis_by_its_short_url(postgis_store_url):
    store = open_store(postgis_store_url.replace("postgresql+psycopg", "postgresql"))
    assert store.backend == "postgis"
    store.close()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("", "The database URL '' cannot be read"),
        ("gridmap.db", "The database URL 'gridmap.db' cannot be read"),
        ("postgresql://anna:s3cret@host:port/x", "The database URL 'host:port/x' cannot be read"),
        ("mysql://anna:s3cret@host/x", "mysql is no kind of store"),
        ("postgresql+nothing://anna:s3cret@host/x", "postgresql+nothing is no kind of store"),
        ("sqlite:///gridmap.gpkg", "sqlite is no kind of store"),
        ("geopackage://", "The URL geopackage:/// names no database"),
        ("geopackage:///:memory:", "The URL geopackage:///:memory: names no database"),
        ("postgresql://anna:s3cret@host", "The URL postgresql+psycopg://anna:***@host names no"),
    ],
)
@pytest.mark.parametrize("make", [create_store, open_store])
def test_a_url_that_names_no_store(make, url, sentence):
    with pytest.raises(StoreError) as caught:
        make(url)
    assert str(caught.value).startswith(sentence)
    assert "write geopackage:///FILE.gpkg or postgresql://" in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_there_is_no_store_yet(geopackage_url, postgis_url, tmp_path):
    with pytest.raises(StoreError, match=r"There is no store .*: make one with `gridmap init`\.$"):
        open_store(geopackage_url)
    assert not list(tmp_path.iterdir())
    with pytest.raises(StoreError, match=r"holds no gridmap schema: make it with `gridmap init`"):
        open_store(postgis_url)


def text_file(path):
    path.write_text("code,name\n1,网格\n" * 100, encoding="utf-8")


def cut_file(path):
    path.write_bytes(path.read_bytes()[:6000])


def overwritten_file(path):
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 40_000)


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (text_file, "it is no GeoPackage: name another file."),
        (cut_file, "the file is damaged: restore it from a copy."),
        (overwritten_file, "the file is damaged: restore it from a copy."),
    ],
)
@pytest.mark.parametrize("make", [create_store, open_store])
def test_a_file_that_is_no_store_any_more(make, harm, sentence, geopackage_store_url, tmp_path):
    path = tmp_path / "gridmap.gpkg"
    harm(path)
    before = path.read_bytes()
    with pytest.raises(StoreError) as caught:
        make(geopackage_store_url)
    assert str(caught.value) == f"Store {geopackage_store_url}: {sentence}"
    assert path.read_bytes() == before


def test_a_folder_or_a_missing_folder_is_no_store(tmp_path):
    (tmp_path / "folder.gpkg").mkdir()
    for name in ("folder.gpkg", "missing/gridmap.gpkg"):
        with pytest.raises(StoreError, match="it cannot be opened: check that the folder exists"):
            create_store(str(tmp_path / name))
        with pytest.raises(StoreError, match="There is no store"):
            open_store(str(tmp_path / name))
    assert not (tmp_path / "missing").exists()


def test_opening_leaves_the_file_of_another_program_alone(tmp_path):
    import sqlite3

    path = tmp_path / "other.gpkg"
    connection = sqlite3.connect(path)
    connection.executescript("CREATE TABLE units (a); PRAGMA application_id = 7")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="holds no gridmap schema"):
        open_store(str(path))
    sentence = "table units already exists: it belongs to another program: name another file."
    with pytest.raises(StoreError, match=sentence):
        create_store(str(path))
    assert path.read_bytes() == before


WRITE_ONCE = """
import sys
from gridmap.errors import StoreError
from gridmap.model import Person
from gridmap.storage import open_store
try:
    store = open_store(sys.argv[1])
    with store.write() as session:
        session.add(Person(code="P1", name="n"))
except StoreError as error:
    print(error)
"""


def test_a_file_that_may_not_be_written(geopackage_store_url, tmp_path):
    (tmp_path / "gridmap.gpkg").chmod(0o444)
    root = ("setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override")
    before = root if os.geteuid() == 0 else ()  # else root would write it all the same
    with python(WRITE_ONCE, geopackage_store_url, before=before) as process:
        said = process.communicate(timeout=60)[0]
    sentence = "it may not be written: check the rights on the file and its folder."
    assert said == f"Store {geopackage_store_url}: {sentence}\n"


def test_a_server_that_is_down_is_told_at_once():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    begun = time.monotonic()
    with pytest.raises(StoreError) as caught:
        create_store(f"postgresql://anna:s3cret@127.0.0.1:{port}/gridmap?password=s3cret")
    assert time.monotonic() - begun < 5
    assert str(caught.value) == (
        f"Store postgresql+psycopg://anna:***@127.0.0.1:{port}/gridmap: the server does not"
        " answer: check that it runs and that the URL is right."
    )


def test_a_server_that_is_silent_is_told_within_seconds(monkeypatch):
    monkeypatch.setattr(address, "CONNECT_TIMEOUT_S", 2)
    begun = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(StoreError, match="the server does not answer"):
            open_store(f"postgresql://127.0.0.1:{port}/gridmap")
    assert time.monotonic() - begun < 10


def test_a_database_that_does_not_exist(postgres):
    with pytest.raises(StoreError, match='database "missing" does not exist: mend the URL, or ask'):
        create_store(postgres.url("missing"))


def test_opening_is_refused_for_another_crs(store, store_url, monkeypatch):
    from gridmap.storage import migrate

    monkeypatch.setattr(migrate, "SRID", 4326)
    with pytest.raises(
        StoreError, match="holds EPSG:4490 and GRIDMAP_SRID is 4326: set it to 4490"
    ):
        open_store(store_url)


# --- reading and writing ------------------------------------------------------------------------


def test_a_change_that_fails_leaves_nothing(store):
    def fail(session):
        session.add(Person(code="one", name="n"))
        people(session, 10)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), store.write() as session:
        fail(session)
    assert count(store) == 0
    assert store.organisation_version() == 0


def test_what_breaks_a_rule_of_the_table_is_one_sentence(store):
    with store.write() as session:
        people(session, 2)
    with pytest.raises(StoreError) as caught, store.write() as session:
        session.add(Person(code="P1", name="secret name"))
    assert "\n" not in str(caught.value)
    assert "secret name" not in str(caught.value)
    assert str(caught.value).startswith(f"Store {store.url}: the database refused: ")


def test_a_reader_sees_one_state_while_others_write(store):
    with store.read() as reader:
        query = select(func.count()).select_from(Person)
        assert reader.scalar(query) == 0
        with store.write() as writer:
            people(writer, 1000)
            assert reader.scalar(query) == 0
            assert count(store) == 0
        assert reader.scalar(query) == 0
        assert reader.scalar(select(Revision.value)) == 0
    assert count(store) == 1000


def test_reading_commits_nothing(store):
    refusal = pytest.raises(StoreError, match="read-only transaction")
    with refusal if store.backend == "postgis" else nullcontext(), store.read() as session:
        people(session, 1)
    assert count(store) == 0


def test_a_second_writer_waits_for_the_first(geopackage_store_url):
    store, order = open_store(geopackage_store_url), []

    def write_second():
        with store.write() as session:
            order.append("second begins")
            session.add(Person(code="second", name="n"))

    thread = threading.Thread(target=write_second)
    with store.write() as session:
        thread.start()
        time.sleep(0.3)
        session.add(Person(code="first", name="n"))
        order.append("first ends")
    thread.join()
    assert order == ["first ends", "second begins"]
    assert count(store) == 2
    store.close()


def test_a_writer_that_waits_too_long_is_told(geopackage_store_url, monkeypatch):
    monkeypatch.setattr(dialect, "BUSY_TIMEOUT_MS", 100)
    one, other = open_store(geopackage_store_url), open_store(geopackage_store_url)
    with one.write() as session:
        session.add(Person(code="P1", name="n"))
        waiting = pytest.raises(StoreError, match="another program is writing to it and did not")
        with waiting, other.write():
            pytest.fail("two writers at once")
        assert count(other) == 0
    assert count(other) == 1
    one.close()
    other.close()


def test_threads_share_a_store(store):
    failures = []

    def work(name):
        try:
            for number in range(10):
                with store.write() as session:
                    session.add(Person(code=f"{name}-{number}", name="n"))
                count(store)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert count(store) == 80
    assert store.organisation_version() == 80


def test_too_many_at_once_is_one_sentence(geopackage_store_url, monkeypatch):
    store = open_store(geopackage_store_url)
    monkeypatch.setattr(store.engine.pool, "_timeout", 0.1)
    with ExitStack() as sessions:
        for _ in range(15):
            sessions.enter_context(store.read()).scalar(select(1))
        with pytest.raises(StoreError, match="too many are using it at once: try again later"):
            count(store)
    assert count(store) == 0
    store.close()


# --- other processes ----------------------------------------------------------------------------

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
    assert count(store) == 800
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
        people(session, 3)
    with python(WRITE_AND_HANG, store_url) as writer:
        assert writer.stdout.readline() == "written, not committed\n"
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
    assert count(store) == 3
    with store.write() as session:  # nobody holds the writer's lock any more
        session.add(Person(code="afterwards", name="n"))
    assert count(store) == 4
    if store.backend == "geopackage":
        with store.read() as session:
            assert session.scalar(text("PRAGMA integrity_check")) == "ok"
            assert session.scalar(text("SELECT count(*) FROM rtree_places_geometry")) == 0


# --- a full disk --------------------------------------------------------------------------------


def insert_in_bulk(session):
    codes = [f"new {number}" for number in range(20_000)]
    bulk.insert(session, Person, {"code": codes, "name": codes})


def insert_by_rows(session):
    session.add_all(Person(code=f"new {number}", name="n" * 900) for number in range(100))


@pytest.mark.parametrize("insert", [insert_in_bulk, insert_by_rows])
def test_a_full_disk_is_told_and_leaves_nothing(geopackage_store_url, insert):
    store = open_store(geopackage_store_url)
    with store.write() as session:
        people(session, 3)

    def fill(connection, *_):
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")

    event.listen(store.engine, "checkout", fill)
    full = pytest.raises(StoreError, match="the disk is full: free some space and run")
    with full, store.write() as session:
        insert(session)
    store.close()
    store = open_store(geopackage_store_url)
    assert count(store) == 3
    assert store.organisation_version() == 3
    with store.write() as session:
        insert(session)
    store.close()
