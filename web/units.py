"""A unit's page: who answers, its tickets, its neighbours; and the list of all units."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from gridmap.errors import NotFoundError
from gridmap.model import GENERAL_SCHEME, LEVELS, ROLES, Duty, Person, Unit
from gridmap.sight import unit_ids
from layers.page import MapParts
from layers.reading import lineage, open_tickets, parent_codes, unit_areas, valid_at
from layers.sharing import Printing
from layers.units import UnitArea, Units
from web import drawing, events, listing
from web.following import followed, is_part
from web.holding import router, session
from web.sight import sight

blueprint = Blueprint("units", __name__)

#: What the page of a unit tells of: its tickets, its ground, who answers.
_FOLLOWED = ("tickets", "units", "people", "duties", "absences")


@blueprint.get("/units")
def index() -> ResponseReturnValue:
    """List the units of one level, the busiest first."""
    now = datetime.now(UTC)
    found = _levels(session(), now)
    counts = open_tickets(session(), now, sight())
    divided = [level for level, count in found.items() if count > 1]
    level = request.args.get("level") or next(iter(divided or found), "")
    rows = session().execute(
        select(Unit.code, Unit.name, Unit.scheme)
        .where(Unit.scheme == GENERAL_SCHEME, Unit.level == level, valid_at(now))
        .order_by(Unit.code)
    )
    listed = [(code, name, counts[scheme, code]) for code, name, scheme in rows]
    return render_template(
        "units.html", units=sorted(listed, key=lambda row: -row[2]), level=level, levels=list(found)
    )


@blueprint.get("/units/<code>")
@followed
def show(code: str) -> ResponseReturnValue:
    """Show one unit as it is valid now."""
    now = datetime.now(UTC)
    unit = _unit(session(), code, now)
    counts = open_tickets(session(), now, sight())
    chain = lineage(code, unit.scheme, parent_codes(session(), now))
    named = _units(session(), now, unit.scheme, Unit.code.in_(chain))
    around = _neighbours(session(), unit, now)
    areas = unit_areas(
        session(), now, scheme=unit.scheme, codes=[code, *(u.code for u in around)], counts=counts
    )
    ground = drawing.ground(areas, code)
    filters = listing.Filters(status="open", unit=code)
    return render_template(
        "unit.html",
        unit=unit,
        general=GENERAL_SCHEME,
        chain=[named[part] for part in reversed(chain[1:]) if part in named],
        people=[
            (named[part], _people(session(), named[part], now)) for part in chain if part in named
        ],
        with_phone=unit_ids(session(), sight(), now),
        children=_units(session(), now, unit.scheme, Unit.parent_code == code).values(),
        neighbours=around,
        counts=counts,
        tickets=listing.ticket_page(session(), filters, 1),
        layers=[ground],
        map=None if is_part() else _map(areas, code, ground),
    )


def _map(areas: list[UnitArea], code: str, ground: Units) -> MapParts | None:
    """Draw a unit among its neighbours, with its open tickets; none if its area is not known."""
    subject = next((unit.area for unit in areas if unit.code == code), None)
    if subject is None:
        return None
    west, south, east, north = subject.bounds
    drawn = drawing.start(session(), drawing.around((west, south, east, north), 0.15))
    tickets = drawing.tickets_above({"unit": code})
    return drawing.finish(drawn, [ground, *tickets, Printing(), *events.live(*_FOLLOWED)])


def _levels(reading: Session, now: datetime) -> dict[str, int]:
    """Count the units of each level, the widest first, whether their area is known or not."""
    query = (
        select(Unit.level, func.count())
        .where(Unit.scheme == GENERAL_SCHEME, valid_at(now))
        .group_by(Unit.level)
    )
    counts = dict(reading.execute(query).all())
    return {level: counts[level] for level in LEVELS if level in counts}


def _unit(reading: Session, code: str, now: datetime) -> Unit:
    query = select(Unit).where(Unit.code == code, valid_at(now))
    wanted = request.args.get("scheme")
    if wanted:
        query = query.where(Unit.scheme == wanted)
    found = reading.scalars(query).all()
    if not found:
        message = gettext(
            "There is no unit %(code)s now: look it up in the list of units.", code=code
        )
        raise NotFoundError(message)
    return min(found, key=lambda unit: (unit.scheme != GENERAL_SCHEME, unit.scheme))


def _units(reading: Session, now: datetime, scheme: str, condition: Any) -> dict[str, Unit]:
    query = select(Unit).where(Unit.scheme == scheme, valid_at(now), condition)
    return {unit.code: unit for unit in reading.scalars(query.order_by(Unit.code))}


def _neighbours(reading: Session, unit: Unit, now: datetime) -> list[Unit]:
    """Return the units of the same scheme and level that touch or overlap this one."""
    if unit.geometry is None:
        return []
    query = select(Unit).where(
        Unit.scheme == unit.scheme,
        Unit.level == unit.level,
        Unit.id != unit.id,
        valid_at(now),
        Unit.geometry.ST_Intersects(unit.geometry),
    )
    return list(reading.scalars(query.order_by(Unit.code)))


def _people(reading: Session, unit: Unit, now: datetime) -> list[Any]:
    """Return role, person, matter and whom they stand in for, in the order in which they answer."""
    absent = aliased(Person)
    query = (
        select(Duty.role, Person, Duty.matter, absent.name.label("stands_in_for"))
        .join(Person, Person.id == Duty.person_id)
        .outerjoin(absent, absent.id == Duty.substitute_for_id)
        .where(
            Duty.scheme == unit.scheme,
            Duty.unit_code == unit.code,
            Duty.valid_from <= now,
            Duty.valid_to.is_(None) | (Duty.valid_to > now),
        )
        .order_by(Person.code)
    )
    order = [*router().rules.territory.roles, *ROLES]
    ranks = {role: rank for rank, role in reversed(list(enumerate(order)))}
    return sorted(reading.execute(query), key=lambda row: ranks.get(row.role, len(ranks)))
