"""Making and opening a store, and what a user is told when that cannot be."""

import os
import socket
import sqlite3
import time

import pytest
from support.people import count_people
from support.processes import python

from gridmap.errors import StoreError
from gridmap.model import Person
from gridmap.storage import address, create_store, migrate, open_store


def test_a_store_is_made_once_and_made_again_unharmed(empty_store_url):
    first = create_store(empty_store_url)
    with first.write() as session:
        session.add(Person(code="P1", name="示例员工"))
    first.close()
    second = create_store(empty_store_url)
    assert count_people(second) == 1
    assert second.organisation_version() == 1
    second.close()


def test_a_glance_tells_the_cursor_of_the_news(store):
    for name in ("示例员工", "示例员工乙"):
        with store.write() as session:
            session.add(Person(code=name, name=name))
        with store.read() as session:
            cursor = store.news(session, None).cursor
        assert store.cursor() == store.cursor() == cursor


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
    monkeypatch.setattr(migrate, "SRID", 4326)
    with pytest.raises(
        StoreError, match="holds EPSG:4490 and GRIDMAP_SRID is 4326: set it to 4490"
    ):
        open_store(store_url)
