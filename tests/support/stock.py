"""The small town of `support.town` in a store, with people and one ticket of every kind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import shapely
from geoalchemy2.shape import from_shape
from support.town import UNITS, at

from gridmap.model import (
    SRID,
    Decision,
    Duty,
    Event,
    Person,
    Place,
    Street,
    Ticket,
    Unit,
)
from gridmap.storage import Store

BEGAN = datetime(2025, 1, 1, tzinfo=UTC)
REPORTED = datetime(2026, 10, 1, 8, 30, tzinfo=UTC)
REPORTER, REPORTER_PHONE = "示例来电人", "000-0000-9999"

#: Number, state, place on the town's raster, unit, person, rule, queue, alternatives.
TICKETS = [
    ("T-1", "open", (0.5, 1.0), "1111", "W1", "territory", None, ""),
    ("T-2", "open", (1.0, 0.5), "1111", "W1", "boundary", None, "1112"),
    ("T-3", "open", (1.5, 1.2), "1112", "W2", "nearest", None, "111"),
    ("T-4", "open", None, None, None, "unlocated", "locating", ""),
    ("T-5", "open", (2.5, 1.0), "1121", None, "territory", "owner", ""),
    ("T-6", "closed", (0.4, 1.0), "1111", "W1", "territory", None, ""),
]


def shape(geometry):
    """A geometry as a column takes it."""
    return from_shape(geometry, srid=SRID)


def fill(store: Store, *, origin: str = "demonstration") -> None:
    """Put the town, its people and its tickets into an empty store."""
    with store.write() as session:
        units = {}
        for row, area in UNITS:
            units[row.code] = Unit(
                scheme=row.scheme,
                level=row.level,
                code=row.code,
                name=row.name,
                parent_code=row.parent_code,
                valid_from=BEGAN,
                origin=origin,
                geometry=shape(shapely.MultiPolygon([area])),
            )
        park = shapely.MultiPolygon([shapely.box(*at(2.2, 0.2), *at(2.6, 0.6))])
        units["park"] = Unit(
            scheme="exclusive",
            level="grid",
            code="1129",
            name="示例公园",
            valid_from=BEGAN,
            origin=origin,
            geometry=shape(park),
        )
        people = {
            code: Person(code=code, name=name, phone=f"000-0000-000{number}")
            for number, (code, name) in enumerate(
                [("W1", "示例甲"), ("W2", "示例乙"), ("C1", "示例丙")]
            )
        }
        session.add_all([*units.values(), *people.values()])
        session.flush()
        for person, role, unit in (
            ("W1", "grid_worker", "1111"),
            ("W2", "grid_worker", "1112"),
            ("C1", "community_head", "111"),
        ):
            session.add(
                Duty(
                    person_id=people[person].id,
                    role=role,
                    scheme="general",
                    unit_code=unit,
                    valid_from=BEGAN,
                )
            )
        line = shapely.LineString([at(0, 1), at(6, 1)])
        session.add(
            Street(name="示例路", street_class="primary", source="test", geometry=shape(line))
        )
        river = shapely.box(*at(0, 1.9), *at(6, 2))
        session.add(Place(kind="water", name="示例河", source="test", geometry=shape(river)))
        for number, ticket in enumerate(TICKETS):
            _add_ticket(session, units, people, number, *ticket)


def _add_ticket(
    session, units, people, index, number, status, place, unit, person, rule, queue, others
):
    ticket = Ticket(
        source="test",
        number=number,
        reported_at=REPORTED + timedelta(minutes=index),
        matter="道路破损",
        address=f"示例路{index + 1}号",
        content="路面有坑",
        channel="12345热线",
        status=status,
        closed_at=REPORTED + timedelta(days=1) if status == "closed" else None,
        reporter_name=REPORTER,
        reporter_phone=REPORTER_PHONE,
        locating_method="coordinate" if place else "none",
        confidence=0.95 if place else 0.0,
        digest=index,
        geometry=shape(shapely.Point(*at(*place))) if place else None,
    )
    session.add(ticket)
    session.flush()
    session.add(
        Decision(
            ticket_id=ticket.id,
            decided_at=ticket.reported_at,
            as_of=ticket.reported_at,
            rule=rule,
            unit_id=units[unit].id if unit else None,
            person_id=people[person].id if person else None,
            queue=queue,
            emergency=False,
            flagged=rule != "territory",
            boundary_m=12.5 if place else None,
            alternatives=others,
            reason_zh=f"示例理由{number}",
            reason_en=f"Sample reason {number}",
        )
    )
    session.add(
        Event(
            at=ticket.reported_at,
            actor="test",
            kind="imported",
            subject="ticket",
            subject_id=ticket.id,
        )
    )
