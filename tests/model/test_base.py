"""What holds for all tables."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from geoalchemy2 import Geometry
from sqlalchemy import BigInteger, Boolean, Float, Integer, Text, select
from sqlalchemy.exc import StatementError

from gridmap.errors import StoreError
from gridmap.model import SRID, Base, Bay, Decision, Duty, Person, Shed, Ticket, Unit, UtcDateTime

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
TABLES = Base.metadata.tables.values()


def unit(**given):
    words = {"scheme": "s", "level": "grid", "code": "1", "name": "n", "valid_from": SINCE}
    return Unit(**words | given)


def ticket(**given):
    words = {
        "source": "s", "number": "1", "reported_at": SINCE, "status": "open", "digest": 0,
        "locating_method": "none", "confidence": 0.0,
    }  # fmt: skip
    return Ticket(**words | given)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_is_one_that_gdal_reads_whole(table):
    """One geometry column at most, last and indexed; only types that a GeoPackage knows."""
    kinds = (BigInteger, Boolean, Float, Geometry, Integer, Text, UtcDateTime)
    assert all(isinstance(column.type, kinds) for column in table.columns)
    geometry = [column for column in table.columns if isinstance(column.type, Geometry)]
    assert len(geometry) <= 1
    for column in geometry:
        assert (column.name, column.type.srid, column.nullable) == ("geometry", SRID, True)
        assert column is list(table.columns)[-1]
        assert f"idx_{table.name}_geometry" in {index.name for index in table.indexes}
    if table.name != "revisions":
        assert [column.name for column in table.primary_key] == ["id"]


def test_a_naive_time_is_refused(store):
    naive = datetime(2026, 1, 1)
    with pytest.raises(StatementError, match="has no time zone"), store.write() as session:
        session.add(unit(valid_from=naive))


def test_a_moment_is_the_same_in_every_zone(store):
    beijing = datetime(2026, 10, 1, 8, tzinfo=timezone(timedelta(hours=8)))
    with store.write() as session:
        session.add(unit(valid_from=beijing))
    with store.read() as session:
        found = session.scalars(select(Unit.valid_from).where(Unit.valid_from == beijing)).one()
        assert (found, found.tzinfo) == (beijing, UTC)
        before = select(Unit.id).where(Unit.valid_from < beijing)
        assert session.scalars(before).all() == []
        until = datetime(2026, 10, 1, 0, 0, 0, 999, tzinfo=UTC)  # the same whole millisecond
        assert len(session.scalars(select(Unit.id).where(Unit.valid_from >= until)).all()) == 1


@pytest.mark.parametrize(
    "row",
    [
        unit(valid_to=SINCE),
        unit(valid_to=SINCE - timedelta(days=1)),
        Duty(
            person_id=1, role="r", scheme="s", unit_code="1", valid_from=SINCE, valid_to=SINCE
        ),
        ticket(status="lost"),
        Decision(
            ticket_id=1, decided_at=SINCE, as_of=SINCE, rule="r", emergency=False, flagged=False,
            alternatives="", reason_zh="", reason_en="",
        ),
        Bay(status="planned"),
        Shed(status="planned"),
    ],
    ids=[
        "no time", "time backwards", "duty without time", "status", "nobody's", "bay", "shed",
    ],
)  # fmt: skip
def test_both_stores_refuse_what_makes_no_sense(store, row):
    with store.write() as session:
        session.add_all([Person(id=1, code="P1", name="n"), ticket(id=1, number="0")])
    with pytest.raises(StoreError, match=r"(?i)check"), store.write() as session:
        session.add(type(row)(**{
            name: value for name, value in vars(row).items() if not name.startswith("_")
        }))  # fmt: skip


def test_one_version_of_a_unit_begins_at_a_moment(store):
    with store.write() as session:
        session.add_all([unit(), unit(code="2"), unit(valid_from=SINCE + timedelta(seconds=1))])
    with pytest.raises(StoreError, match=r"(?i)unique"), store.write() as session:
        session.add(unit())


def test_a_ticket_is_known_by_source_and_number(store):
    with store.write() as session:
        session.add_all([ticket(), ticket(source="other"), ticket(number="2")])
    with pytest.raises(StoreError, match=r"(?i)unique"), store.write() as session:
        session.add(ticket())


def test_what_is_not_said_is_imported_and_current(store):
    with store.write() as session:
        session.add(unit())
        session.add(ticket(id=1))
        session.flush()
        session.add(Decision(
            ticket_id=1, decided_at=SINCE, as_of=SINCE, rule="r", queue="q", emergency=False,
            flagged=False, alternatives="", reason_zh="", reason_en="",
        ))  # fmt: skip
    with store.read() as session:
        assert session.scalars(select(Unit.origin)).one() == "imported"
        assert session.scalars(select(Decision.is_current)).one() is True
