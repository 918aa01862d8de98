"""The scaled district is what the measurements take it for, on both stores."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
import shapely
from sqlalchemy import func, select
from support import scaled

from gridmap.model import Decision, Place, Street, Ticket, Unit
from gridmap.storage import Store, open_store

UNTIL = datetime(2026, 11, 1, tzinfo=UTC)
GRIDS, BUILDINGS, TICKETS = 210, 1_000, 2_000


@pytest.fixture
def district(store: Store) -> Store:
    scaled.fill(store, units=GRIDS, buildings=BUILDINGS, tickets=TICKETS, until=UNTIL)
    return store


def shapes(session, query):
    """Geometries of a query, in the order of their ids."""
    return shapely.from_wkb([bytes(value.data) for value in session.scalars(query)])


def test_it_has_what_was_asked_for(district: Store) -> None:
    with district.read() as session:

        def count(query):
            return session.scalar(select(func.count()).select_from(query.subquery()))

        assert count(select(Unit).where(Unit.level == "grid", Unit.scheme == "general")) == GRIDS
        assert count(select(Place).where(Place.kind == "building")) == BUILDINGS
        assert count(select(Ticket)) == count(select(Decision)) == TICKETS
        assert count(select(Ticket).where(Ticket.status == "open")) == 0.3 * TICKETS
        first, last = session.execute(
            select(func.min(Ticket.reported_at), func.max(Ticket.reported_at))
        ).one()
        assert 360 < (last - first).days <= 365
        assert last < UNTIL
        origins = {
            origin
            for model in (Unit, Place, Street)
            for origin in session.scalars(select(model.origin))
        }
        assert origins == {"demonstration"}


def test_the_same_numbers_make_the_same_rows(
    geopackage_store_url: str, postgis_store_url: str
) -> None:
    """In either store: what one tells is what the other does."""
    told = []
    for url in (geopackage_store_url, postgis_store_url):
        store = open_store(url)
        scaled.fill(store, units=20, buildings=50, tickets=200, until=UNTIL)
        with store.read() as session:
            tickets = (
                select(Ticket.number, Ticket.reported_at, Ticket.matter, Decision.unit_id)
                .join(Decision)
                .order_by(Ticket.id)
            )
            places = shapes(session, select(Place.geometry).order_by(Place.id))
            told.append((session.execute(tickets).all(), shapely.to_wkb(places).tolist()))
        store.close()
    assert told[0] == told[1]


def test_the_grids_part_their_ground_and_the_rest_lies_in_it(district: Store) -> None:
    with district.read() as session:
        units = select(Unit.geometry).where(Unit.scheme == "general").order_by(Unit.id)
        grids = shapes(session, units.where(Unit.level == "grid"))
        levels = {
            level: shapes(session, units.where(Unit.level == level))
            for level in ("district", "street", "community")
        }
        buildings = shapes(session, select(Place.geometry).where(Place.kind == "building"))
        decided = session.execute(
            select(Unit.geometry, Ticket.geometry)
            .select_from(Decision)
            .join(Unit, Unit.id == Decision.unit_id)
            .join(Ticket)
        ).all()
    assert shapely.coverage_is_valid(np.concatenate([shapely.get_parts(grids)]))
    assert np.median(shapely.get_num_coordinates(grids)) == 61
    for areas in levels.values():
        assert shapely.is_valid(areas).all()
        whole = shapely.coverage_union_all(grids)
        assert shapely.equals(whole, shapely.coverage_union_all(areas))
    assert shapely.is_valid(buildings).all()
    tree = shapely.STRtree(grids)
    assert len(np.unique(tree.query(buildings, predicate="within")[0])) == len(buildings)
    areas, points = (
        shapely.from_wkb([bytes(one.data) for one in column])
        for column in zip(*decided, strict=True)
    )
    assert shapely.covers(areas, points).all()
