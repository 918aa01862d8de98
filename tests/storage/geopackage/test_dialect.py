"""The dialect: what SQL it writes and how values are kept."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
import shapely
import sqlalchemy
from geoalchemy2.shape import from_shape
from sqlalchemy import func, select, text, true
from sqlalchemy.exc import CompileError

from gridmap.model import SRID, Decision, Matter, Place, Ticket, Unit
from gridmap.storage import bulk, open_store
from gridmap.storage.geopackage.dialect import GeoPackageDialect

DIALECT = GeoPackageDialect()
HERE = from_shape(shapely.box(1, 1, 2, 2), srid=SRID)


@pytest.fixture
def store(geopackage_store_url):
    store = open_store(geopackage_store_url)
    yield store
    store.close()


def sql(query):
    return str(query.compile(dialect=DIALECT))


def plan(store, query):
    """What SQLite's planner does, one line a step."""
    compiled = query.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True})
    with store.engine.connect() as connection:
        parameters = tuple(b"" for _ in compiled.positiontup)
        steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", parameters)
        return [step.detail for step in steps]


def units(session, *shapes):
    bulk.insert(
        session,
        Unit,
        {
            "scheme": ["general"] * len(shapes),
            "level": ["grid"] * len(shapes),
            "code": [str(number) for number in range(len(shapes))],
            "name": ["网格"] * len(shapes),
            "valid_from": ["2026-01-01"] * len(shapes),
            "origin": ["imported"] * len(shapes),
            "geometry": shapes,
        },
    )


def test_the_url_finds_the_dialect(geopackage_url):
    engine = sqlalchemy.create_engine(geopackage_url)
    assert isinstance(engine.dialect, GeoPackageDialect)


def test_the_box_operator_asks_the_r_tree(store):
    steps = plan(store, select(Unit.id).where(Unit.geometry.intersects(HERE)))
    assert any("rtree_units_geometry VIRTUAL TABLE INDEX" in step for step in steps)
    assert not any(step.startswith("SCAN units") for step in steps)
    assert any(step.startswith("SEARCH units USING") for step in steps)


def test_a_join_by_boxes_asks_the_r_tree_for_each_row(store):
    on = Unit.geometry.op("&&")(Ticket.geometry) & Unit.geometry.ST_Covers(Ticket.geometry)
    steps = plan(store, select(Ticket.id, Unit.id).join(Unit, on))
    assert [step for step in steps if step.startswith("SCAN") and "VIRTUAL" not in step] in (
        ["SCAN tickets"],
        ["SCAN units"],  # the planner may drive the join from either side
    )
    assert any("rtree_units_geometry VIRTUAL TABLE INDEX" in step for step in steps)


def test_a_predicate_stands_alone():
    query = sql(select(Unit.id).where(Unit.geometry.ST_Covers(HERE)))
    assert query.endswith("WHERE ST_Covers(units.geometry, ST_GeomFromWKB(?, ?))")


def test_the_box_operator_needs_a_column():
    point = func.ST_MakePoint(1.0, 2.0)
    with pytest.raises(CompileError, match="must be the geometry column of a table"):
        sql(select(point.op("&&")(point)))


def test_other_operators_are_untouched():
    assert sql(select(Unit.id.op("%")(2))).startswith("SELECT units.id % ?")


def test_geometries_travel_without_functions():
    assert sql(select(Unit.geometry)) == "SELECT units.geometry \nFROM units"
    assert "ST_" not in sql(sqlalchemy.insert(Place).values(geometry=HERE))


def test_moments_are_kept_as_the_standard_writes_them(store):
    beijing = timezone(timedelta(hours=8))
    moments = {
        "2026-10-01T00:00:00.123Z": datetime(2026, 10, 1, 8, 0, 0, 123_999, tzinfo=beijing),
        "1969-12-31T23:59:59.999Z": datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        "0999-01-01T00:00:00.000Z": datetime(999, 1, 1, tzinfo=UTC),
    }
    with store.write() as session:
        for code, moment in enumerate(moments.values()):
            session.add(Unit(scheme="s", level="grid", code=str(code), name="n", valid_from=moment))
    with store.read() as session:
        kept = session.scalars(text("SELECT valid_from FROM units ORDER BY id")).all()
        read = session.scalars(select(Unit.valid_from).order_by(Unit.id)).all()
    assert kept == list(moments)
    for moment, written in zip(read, moments.values(), strict=True):
        assert moment.tzinfo is UTC
        assert timedelta(0) <= written - moment < timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-10-01T08:00:00Z", datetime(2026, 10, 1, 8, tzinfo=UTC)),
        ("2026-10-01T08:00:00", datetime(2026, 10, 1, 8, tzinfo=UTC)),
        ("2026-10-01T08:00:00.000+08:00", datetime(2026, 10, 1, 0, tzinfo=UTC)),
    ],
)
def test_moments_of_other_programs_are_read(store, written, meant):
    with store.write() as session:
        session.execute(
            text(
                "INSERT INTO units (scheme, level, code, name, valid_from, origin)"
                " VALUES ('s', 'grid', '1', 'n', :written, 'imported')"
            ),
            {"written": written},
        )
    with store.read() as session:
        assert session.scalars(select(Unit.valid_from)).one() == meant


def test_booleans_are_kept_as_0_and_1_and_read_as_bool(store):
    with store.write() as session:
        for code, local in (("a", True), ("b", False)):
            session.add(
                Matter(
                    catalogue="c", kind="k", code=code, name="n", source="s", certainty="c",
                    is_local_extension=local,
                )
            )  # fmt: skip
    local = Matter.is_local_extension
    with store.read() as session:
        assert session.scalars(text("SELECT is_local_extension FROM matters")).all() == [1, 0]
        assert session.scalars(select(local)).all() == [True, False]
        assert session.scalars(select(Matter.code).where(local)).all() == ["a"]
        assert session.scalars(select(Matter.code).where(~local)).all() == ["b"]
        assert session.scalars(select(Matter.code).where(local == true())).all() == ["a"]
        assert all(type(value) is bool for value in session.scalars(select(local)))


def test_columns_have_the_types_that_the_standard_names(store):
    with store.read() as session:
        kinds = {
            (model.__tablename__, column.name): column.type
            for model in (Unit, Ticket, Decision)
            for column in session.execute(text(f"PRAGMA table_info({model.__tablename__})"))
        }
    assert kinds["units", "geometry"] == "MULTIPOLYGON"
    assert kinds["tickets", "geometry"] == "POINT"
    assert kinds["tickets", "reported_at"] == "DATETIME"
    assert kinds["tickets", "digest"] == "INTEGER"
    assert kinds["tickets", "confidence"] == "DOUBLE"
    assert kinds["decisions", "flagged"] == "BOOLEAN"
    assert set(kinds.values()) <= {
        "BOOLEAN", "DATETIME", "DOUBLE", "INTEGER", "MULTIPOLYGON", "POINT", "TEXT",
    }  # fmt: skip


def test_foreign_keys_hold(store):
    from gridmap.errors import StoreError
    from gridmap.model import Seat

    with pytest.raises(StoreError, match="FOREIGN KEY"), store.write() as session:
        session.add(Seat(unit_id=99))


def test_a_spatial_index_can_be_dropped_and_made(store):
    (index,) = (index for index in Unit.__table__.indexes if "geometry" in index.columns)
    with store.engine.begin() as connection:
        index.drop(connection)
        tables = connection.scalars(text("SELECT name FROM sqlite_schema WHERE type = 'table'"))
        assert "rtree_units_geometry" not in tables.all()
        index.create(connection)
