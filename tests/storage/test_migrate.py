"""Schema versions on both stores: the models and the migrations agree, data survives an upgrade."""

from datetime import UTC, datetime

import pytest
import shapely
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from geoalchemy2.shape import from_shape, to_shape
from sqlalchemy import select, text

from gridmap.errors import StoreError
from gridmap.model import (
    SRID,
    Absence,
    Alias,
    Base,
    Correction,
    Decision,
    Duty,
    Event,
    Import,
    Matter,
    Person,
    Place,
    Seat,
    Street,
    Ticket,
    Unit,
)
from gridmap.storage import create_store, migrate, open_store
from gridmap.storage.address import engine_of

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
#: Tables of PostGIS itself.
FOREIGN = {"spatial_ref_sys"}


def rows():
    """One row of every table of revision 0001, in the order in which they may be inserted."""
    grid = from_shape(shapely.MultiPolygon([shapely.box(0, 0, 1, 1)]), srid=SRID)
    point = from_shape(shapely.Point(0.5, 0.5), srid=SRID)
    return [
        Unit(
            id=1, scheme="general", level="grid", code="1", name="网格", valid_from=SINCE,
            origin="imported", geometry=grid,
        ),
        Seat(id=1, unit_id=1, geometry=point),
        Person(id=1, code="P1", name="示例员工"),
        Duty(
            id=1, person_id=1, role="grid_chief", scheme="general", unit_code="1",
            valid_from=SINCE,
        ),
        Absence(id=1, person_id=1, valid_from=SINCE, reason="年假"),
        Matter(
            id=1, catalogue="c", kind="k", code="1", name="n", source="s", certainty="c",
            is_local_extension=False,
        ),
        Import(
            id=1, kind="tickets", file_name="f", digest="d", started_at=SINCE, rows=1,
            accepted=1, unchanged=0, rejected=0,
        ),
        Ticket(
            id=1, source="s", number="1", reported_at=SINCE, status="open", confidence=1.0,
            locating_method="coordinate", digest=-(2**63), import_id=1, geometry=point,
        ),
        Decision(
            id=1, ticket_id=1, decided_at=SINCE, as_of=SINCE, rule="territory", unit_id=1,
            person_id=1, emergency=False, flagged=True, boundary_m=0.5, alternatives="",
            reason_zh="因为", reason_en="because", is_current=True,
        ),
        Event(id=1, at=SINCE, actor="a", kind="k", subject="ticket", subject_id=1),
    ]  # fmt: skip


def contents(store):
    """Every value of every table, geometries as text."""
    found = {}
    with store.read() as session:
        for name, table in Base.metadata.tables.items():
            records = session.execute(select(table)).all()
            found[name] = [
                [to_shape(value).wkt if hasattr(value, "desc") else value for value in record]
                for record in records
            ]
    return found


def differences(engine):
    with engine.connect() as connection:
        options = {
            "compare_type": True,
            "include_name": lambda name, kind, _: kind != "table" or name not in FOREIGN,
        }
        context = MigrationContext.configure(connection, opts=options)
        return compare_metadata(context, Base.metadata)


def test_migrations_make_what_the_models_say(store):
    assert differences(store.engine) == []


def test_a_difference_would_be_seen(store):
    change = {
        "geopackage": "ALTER TABLE people ADD COLUMN more TEXT",
        "postgis": "ALTER TABLE people ALTER COLUMN name TYPE integer USING 0",
    }
    with store.engine.begin() as connection:
        connection.execute(text(change[store.backend]))
    assert len(differences(store.engine)) == 1


def test_an_upgrade_keeps_what_is_stored(empty_store_url):
    engine = engine_of(empty_store_url)
    migrate.upgrade(engine, "0001")
    engine.dispose()
    sentence = "has the older schema 0001: bring it up to date with `gridmap init`"
    with pytest.raises(StoreError, match=sentence):
        open_store(empty_store_url)

    from gridmap.storage.store import Store

    old = Store(engine_of(empty_store_url))
    for row in rows():
        with old.write() as session:
            session.add(row)
    with old.read() as session:
        version = old.organisation_version()
        before = {
            name: len(session.execute(text(f"SELECT * FROM {name}")).all())
            for name in ("units", "seats", "people", "tickets", "decisions", "events")
        }
    assert set(before.values()) == {1}
    old.close()

    create_store(empty_store_url).close()
    store = open_store(empty_store_url)
    assert migrate.current(store.engine) == migrate.head()
    assert differences(store.engine) == []
    assert store.organisation_version() == version == 5
    kept = contents(store)
    assert all(len(kept[name]) == 1 for name in before)
    assert kept["units"][0][-1] == "MULTIPOLYGON (((1 0, 1 1, 0 1, 0 0, 1 0)))"
    assert kept["tickets"][0][-2:] == [-(2**63), "POINT (0.5 0.5)"]
    with store.write() as session:  # ids go on, and nothing is in the way of a new row
        if store.backend == "postgis":
            session.execute(text("SELECT setval('people_id_seq', 1)"))
        session.add(Person(code="P2", name="示例员工"))
    store.close()


def test_making_a_store_again_changes_nothing(store, store_url):
    for row in rows():
        with store.write() as session:
            session.add(row)
    before = contents(store)
    create_store(store_url).close()
    assert contents(store) == before


@pytest.mark.parametrize("make", [create_store, open_store])
def test_a_newer_schema_is_refused(store, store_url, make):
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    sentence = r"was made by a newer gridmap \(schema 9999\): update this program\.$"
    with pytest.raises(StoreError, match=sentence):
        make(store_url)


def test_revisions_are_in_one_line():
    from alembic.script import ScriptDirectory

    scripts = list(ScriptDirectory.from_config(migrate._config()).walk_revisions())
    revisions = ["0001", "0002", "0003", "0004", "0005"]
    assert [script.revision for script in reversed(scripts)] == revisions
    assert migrate.head() == "0005"


# --- triggers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("units", "name = 'other'"),
        ("seats", "geometry = NULL"),
        ("people", "phone = '000'"),
        ("duties", "role = 'volunteer'"),
        ("absences", "reason = NULL"),
    ],
)
def test_the_revision_rises_with_every_change(store, table, change):
    before = store.organisation_version()
    for row in rows()[:5]:
        with store.write() as session:
            session.add(row)
        version, before = store.organisation_version(), store.organisation_version()
        assert version == before
    assert before == 5
    for statement in (f"UPDATE {table} SET {change}", f"DELETE FROM {table}"):
        with store.write() as session:
            if statement == "DELETE FROM people":
                session.execute(text("DELETE FROM duties"))
                session.execute(text("DELETE FROM absences"))
                before = store.organisation_version()
            session.execute(text(statement))
        assert store.organisation_version() > before
        before = store.organisation_version()


@pytest.mark.parametrize(
    ("model", "values", "change"),
    [
        (Place, {"kind": "building", "source": "s"}, "number = '3'"),
        (Street, {"street_class": "service", "source": "s"}, "name = '乙路'"),
        (
            Alias,
            {"name": "n", "entry": "place/1", "kind": "nickname", "source": "s",
             "created_at": SINCE, "created_by": "b"},
            "withdrawn_by = 'b'",
        ),
        (
            Correction,
            {"text": "t", "method_before": "none", "confidence_before": 0.0,
             "confirmed_at": SINCE, "confirmed_by": "b"},
            "geometry = NULL, withdrawn_by = 'b'",
        ),
    ],
)  # fmt: skip
def test_the_gazetteer_version_rises_with_every_change(store, model, values, change):
    versions = [store.gazetteer_version()]
    with store.write() as session:
        session.add(model(**values))
    versions.append(store.gazetteer_version())
    table = model.__tablename__
    for statement in (f"UPDATE {table} SET {change}", f"DELETE FROM {table}"):
        with store.write() as session:
            session.execute(text(statement))
        versions.append(store.gazetteer_version())
    assert versions == [0, 1, 2, 3]
    assert store.organisation_version() == 0


def test_the_gazetteer_version_rises_with_units_too(store):
    with store.write() as session:
        session.add(rows()[0])
    assert store.gazetteer_version() == 1


def test_the_revision_stays_when_tickets_change(store):
    with store.write() as session:
        session.add(Ticket(
            source="s", number="1", reported_at=SINCE, status="open", confidence=1.0,
            locating_method="none", digest=0,
        ))  # fmt: skip
    assert store.organisation_version() == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET actor = 'somebody else'",
        "UPDATE events SET id = 2 WHERE id = 1",
        "DELETE FROM events",
        "DELETE FROM events WHERE id = 1",
    ],
)
def test_the_log_refuses_change(store, statement):
    with store.write() as session:
        session.add(rows()[-1])
    refused = pytest.raises(StoreError, match="the event log is append-only")
    with refused, store.write() as session:
        session.execute(text(statement))
    with store.read() as session:
        assert session.scalars(select(Event.actor)).all() == ["a"]


@pytest.mark.parametrize(
    ("backend", "statement"),
    [
        ("postgis", "TRUNCATE events"),
        (
            "geopackage",
            "INSERT OR REPLACE INTO events (id, at, actor, kind, subject)"
            " VALUES (1, '2026-01-01T00:00:00.000Z', 'x', 'x', 'x')",
        ),
    ],
)
def test_the_log_refuses_what_only_one_store_knows(request, backend, statement):
    store = open_store(request.getfixturevalue(f"{backend}_store_url"))
    with store.write() as session:
        session.add(Event(at=SINCE, actor="a", kind="k", subject="ticket"))
    refused = pytest.raises(StoreError, match="the event log is append-only")
    with refused, store.write() as session:
        session.execute(text(statement))
    with store.write() as session:
        session.add(Event(at=SINCE, actor="b", kind="k", subject="ticket"))
    with store.read() as session:
        assert session.scalars(select(Event.actor).order_by(Event.id)).all() == ["a", "b"]
    store.close()
