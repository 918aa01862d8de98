"""What the layers draw, read from either store."""

from datetime import UTC, datetime

import pytest
from support.stock import fill

from gridmap.model import Import
from gridmap.sight import EVERYTHING
from layers import reading

NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def session(store):
    fill(store)
    with store.read() as session:
        yield session


def test_open_tickets_are_counted_upwards(session):
    counts = reading.open_tickets(session, NOW, EVERYTHING)
    assert counts["general", "1111"] == 2
    assert counts["general", "111"] == 3
    assert counts["general", "1"] == 4
    assert counts["general", "1122"] == 0


def test_areas_of_a_level(session):
    areas = reading.unit_areas(session, NOW, level="grid", counts={("general", "1111"): 5})
    assert [(unit.code, unit.open_tickets) for unit in areas] == [
        ("1111", 5),
        ("1112", 0),
        ("1121", 0),
        ("1122", 0),
    ]
    assert areas[0].area.geom_type == "MultiPolygon"
    assert reading.unit_areas(session, NOW, codes=["park"], scheme="exclusive") == []


def test_nothing_is_valid_before_it_began(session):
    before = datetime(2020, 1, 1, tzinfo=UTC)
    assert reading.levels(session, before) == {}
    assert reading.unit_areas(session, before, level="grid") == []


def test_levels(session):
    found = reading.levels(session, NOW)
    assert found["general", "grid"] == 4
    assert found["exclusive", "grid"] == 1


def test_lineage_ends_in_a_circle():
    parents = {("s", "a"): "b", ("s", "b"): "c", ("s", "c"): "a"}
    assert reading.lineage("a", "s", parents) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("kind", "accepted", "shown"), [("osm", 5, True), ("osm", 0, False), ("units", 5, False)]
)
def test_rows_of_openstreetmap_are_known(store, kind, accepted, shown):
    with store.write() as session:
        session.add(Import(kind=kind, file_name="f", digest="d", started_at=NOW, accepted=accepted))
    with store.read() as session:
        assert reading.has_openstreetmap(session) is shown


def test_bounds(session):
    assert reading.unit_bounds(session, NOW) == pytest.approx((117.0, 40.0, 117.06, 40.02))


@pytest.mark.parametrize(
    ("name", "parent", "short"),
    [
        ("甲社区第1网格", "甲社区", "第1网格"),
        ("甲社区", "甲社区", "甲社区"),
        ("第1网格", None, "第1网格"),
        ("乙社区", "甲街道", "乙社区"),
    ],
)
def test_labels_leave_out_the_parents_name(name, parent, short):
    assert reading._short(name, parent) == short
