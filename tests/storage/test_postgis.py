"""What is PostGIS' own: the extension, rights, indexes, the server's zone, a broken connection."""

from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg
import pytest
import sqlalchemy
from geoalchemy2 import Geometry
from sqlalchemy import func, select, text
from support.postgres import PLAIN, WITH_POSTGIS

from gridmap.errors import StoreError
from gridmap.model import SRID, Base, Person, Unit
from gridmap.storage import create_store, open_store

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
#: Somebody who may log in and no more; the name is gone with the test's cluster.
VISITOR = "visitor"


def execute(url, *statements):
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        return [connection.execute(statement) for statement in statements]


def named(url, user):
    return sqlalchemy.make_url(url).set(username=user, password="s3cret")


def address(url):
    return url.render_as_string(hide_password=False)


@contextmanager
def visited(postgres, *, template, owner=None):
    """A database as its administrator and as a visitor knows it."""
    with postgres.database(template=template) as url:
        name = sqlalchemy.make_url(url).database
        roles = "SELECT FROM pg_roles WHERE rolname = 'visitor'"
        create = (
            f"DO $$ BEGIN IF NOT EXISTS ({roles}) THEN CREATE ROLE visitor LOGIN; END IF; END $$"
        )
        execute(url, create)
        if owner:
            execute(url, f"ALTER DATABASE {name} OWNER TO {owner}")
        yield url, address(named(url, VISITOR))


def tables(url):
    query = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    return execute(url, query)[0].fetchone()[0]


@pytest.fixture
def store(postgis_store_url):
    store = open_store(postgis_store_url)
    yield store
    store.close()


def test_the_extension_is_made_where_it_is_missing(postgres):
    with postgres.database(template=PLAIN) as url:
        store = create_store(url)
        with store.read() as session:
            assert session.scalar(func.postgis_lib_version()) >= "3"
        store.close()


def test_who_may_not_make_the_extension_is_told_and_helped(postgres):
    with visited(postgres, template=PLAIN, owner=VISITOR) as (administrator, visitor):
        name = sqlalchemy.make_url(visitor).database
        with pytest.raises(StoreError) as caught:
            create_store(visitor)
        assert str(caught.value) == (
            f"This user may not create the extension postgis in database {name}: ask a superuser"
            " to run `CREATE EXTENSION postgis` there, then run `gridmap init` again."
        )
        assert tables(administrator) == 0
        execute(administrator, "CREATE EXTENSION postgis")
        store = create_store(visitor)
        with store.write() as session:
            session.add(Person(code="P1", name="示例员工"))
        store.close()
        open_store(visitor).close()


def test_who_may_not_make_tables_is_told(postgres):
    with visited(postgres, template=WITH_POSTGIS) as (administrator, visitor):
        before = tables(administrator)
        with pytest.raises(StoreError) as caught:
            create_store(visitor)
        assert str(caught.value).endswith(
            ": permission denied for schema public: let the administrator make the user owner of "
            "the database, or run GRANT ALL ON SCHEMA public TO that user."
        )
        assert "s3cret" not in str(caught.value)
        assert "visitor:***@" in str(caught.value)
        assert tables(administrator) == before


def test_who_may_not_read_is_told(postgres, postgis_template):
    denied = pytest.raises(StoreError, match="permission denied for table alembic_version: ask")
    with visited(postgres, template=postgis_template) as (_, visitor), denied:
        open_store(visitor)


def test_a_reader_with_rights_to_read_reads(postgres, postgis_template):
    with visited(postgres, template=postgis_template) as (administrator, visitor):
        execute(administrator, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO visitor")
        store = open_store(visitor)
        assert store.organisation_version() == 0
        denied = pytest.raises(StoreError, match="permission denied for table people")
        with denied, store.write() as session:
            session.add(Person(code="P1", name="n"))
        store.close()


def test_a_server_without_postgis_is_told(postgres):
    """A schema that is searched first says that no extension is available."""
    with postgres.database(template=PLAIN) as url:
        execute(
            url,
            "CREATE SCHEMA bare",
            "CREATE VIEW bare.pg_available_extensions AS"
            " SELECT * FROM pg_catalog.pg_available_extensions WHERE name != 'postgis'",
        )
        bare = sqlalchemy.make_url(url).update_query_dict(
            {"options": "-csearch_path=bare,pg_catalog,public"}
        )
        with pytest.raises(StoreError, match="has no PostGIS: install its package"):
            create_store(address(bare))
        assert tables(url) == 0


def test_every_geometry_column_has_a_gist_index(store):
    query = "SELECT tablename FROM pg_indexes WHERE indexdef LIKE '%USING gist (geometry)'"
    with store.read() as session:
        indexed = set(session.scalars(text(query)))
    assert indexed == {
        table.name
        for table in Base.metadata.tables.values()
        if any(isinstance(column.type, Geometry) for column in table.columns)
    }


def test_spatial_queries_use_the_index(store):
    point = func.ST_GeomFromEWKT(f"SRID={SRID};POINT(0 0)")
    with store.read() as session:
        session.execute(text("SET LOCAL enable_seqscan = off"))
        for condition in (Unit.geometry.intersects(point), Unit.geometry.ST_Covers(point)):
            query = select(Unit.id).where(condition).compile(session.connection())
            steps = session.connection().exec_driver_sql(f"EXPLAIN {query}", query.params)
            assert "idx_units_geometry" in " ".join(step[0] for step in steps)


def test_moments_are_utc_whatever_the_zone_of_the_server(postgis_store_url):
    url = sqlalchemy.make_url(postgis_store_url)
    beijing = url.update_query_dict({"options": "-ctimezone=Asia/Shanghai"})
    store = open_store(address(beijing))
    moment = datetime(2026, 10, 1, 0, 0, 0, 123_999, tzinfo=UTC)
    with store.write() as session:
        session.add(Unit(scheme="s", level="grid", code="1", name="n", valid_from=moment))
    with store.read() as session:
        assert session.scalar(text("SHOW timezone")) == "Asia/Shanghai"
        read = session.scalars(select(Unit.valid_from)).one()
    assert read == moment.replace(microsecond=123_000)
    assert read.tzinfo is UTC
    store.close()


def test_the_password_is_never_shown(postgis_store_url):
    url = named(postgis_store_url, "gridmap").update_query_dict({"sslpassword": "s3cret"})
    store = open_store(address(url))
    assert store.url == postgis_store_url.replace("gridmap@", "gridmap:***@")
    with pytest.raises(StoreError) as caught, store.write() as session:
        session.execute(text("SELECT nothing"))
    assert "s3cret" not in str(caught.value)
    store.close()


def test_a_broken_connection_is_told_and_the_next_one_works(store, postgis_store_url):
    end = (
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid != pg_backend_pid()"
    )
    broken = pytest.raises(StoreError, match="the connection broke off: check that the server runs")
    with broken, store.write() as session:
        session.add(Person(code="P1", name="n"))
        session.flush()
        execute(postgis_store_url, end)
        session.add(Person(code="P2", name="n"))
    assert store.organisation_version() == 0
    execute(postgis_store_url, end)
    assert store.organisation_version() == 0
