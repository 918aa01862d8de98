"""A small district that lives: units, tickets, places, duties, changed at random.

Each change tells what it has touched, from what the test itself knows, so that caches can be held
against it.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import shapely
from geoalchemy2.shape import from_shape, to_shape
from shapely import affinity
from sqlalchemy import delete, update
from support.many_tickets import add_ticket, decide
from support.partition import START

from gridmap.model import Decision, Duty, Person, Place, Ticket, Unit
from gridmap.model.base import SRID

WEST, SOUTH, SIDE_DEG = 116.2, 39.8, 0.012
COLUMNS, LINES, BLOCK = 9, 6, 3
LEVELS = ("grid", "community", "street")
KINDS = ("building", "estate", "green")


@dataclass(frozen=True)
class Touched:
    """
    What a change has to do with.

    Attributes
    ----------
    shapes
        Those of the rows before and after, and of those that are told by them.
    units
        Of a ticket: the ids of the units that had it, before and after.
    """

    table: str
    shapes: list[Any] = field(default_factory=list)
    units: list[int | None] = field(default_factory=list)


@dataclass
class Ground:
    """The units as they should be: what is drawn of each, by its id."""

    shapes: dict[int, Any] = field(default_factory=dict)
    levels: dict[int, str] = field(default_factory=dict)
    parents: dict[int, str | None] = field(default_factory=dict)
    codes: dict[int, str] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)

    def drawn(self, unit_id: int, levels: tuple[str, ...] = LEVELS) -> list[Any]:
        """Shapes that are drawn of a unit, or with its name: its own and those of units below."""
        below = [one for one, parent in self.parents.items() if parent == self.codes[unit_id]]
        return [self.shapes[one] for one in (unit_id, *below) if self.levels[one] in levels]

    def add(
        self, session: Any, level: str, code: str, parent: str | None, shape: Any,
        since: datetime = START,
    ) -> int:  # fmt: skip
        """Add a unit."""
        unit = Unit(
            scheme="general", level=level, code=code, name=f"{parent or ''}{code}",
            parent_code=parent, valid_from=since, geometry=from_shape(shape, srid=SRID),
        )  # fmt: skip
        session.add(unit)
        session.flush()
        self.shapes[unit.id], self.levels[unit.id] = shape, level
        self.parents[unit.id], self.codes[unit.id] = parent, code
        return int(unit.id)

    def forget(self, unit_id: int) -> None:
        """Know a unit no longer, only that its code is free."""
        self.gone.append(self.codes[unit_id])
        for column in (self.shapes, self.levels, self.parents, self.codes):
            del column[unit_id]  # type: ignore[attr-defined]


def add_units(session: Any) -> Ground:
    """Add a partition of grids in communities."""
    found = Ground()
    for line in range(0, LINES, BLOCK):
        for column in range(0, COLUMNS, BLOCK):
            area = square(column, line, BLOCK)
            found.add(session, "community", f"c{column}-{line}", None, area)
    for number in range(COLUMNS * LINES):
        column, line = number % COLUMNS, number // COLUMNS
        parent = f"c{column // BLOCK * BLOCK}-{line // BLOCK * BLOCK}"
        found.add(session, "grid", f"g{number}", parent, square(column, line, 1))
    return found


def square(column: float, line: float, side: float) -> Any:
    """An area as units have them, by its place among the grids."""
    west, south = WEST + column * SIDE_DEG, SOUTH + line * SIDE_DEG
    return shapely.MultiPolygon(
        [shapely.box(west, south, west + side * SIDE_DEG, south + side * SIDE_DEG)]
    )


def anywhere(rng: random.Random) -> tuple[float, float]:
    """A place on the ground, in degrees."""
    return WEST + rng.uniform(0, COLUMNS) * SIDE_DEG, SOUTH + rng.uniform(0, LINES) * SIDE_DEG


def change_unit(
    session: Any, ground: Ground, rng: random.Random, code: str, *, is_kept: bool = False
) -> list[Any]:
    """
    Change a unit in any way there is.

    Parameters
    ----------
    is_kept
        Whether units end instead of being deleted, as tickets hang on them.

    Returns
    -------
    list
        The shapes that the change concerns.
    """
    kind = rng.choice(
        ("reshape", "reshape", "reshape", "move", "rename", "level", "parent", "end", "delete",
         "insert", "insert", "return")
    )  # fmt: skip
    if kind in ("insert", "return"):
        level = rng.choice(("grid", "grid", "community", "street"))
        shape = square(rng.uniform(0, COLUMNS), rng.uniform(0, LINES), rng.uniform(0.2, 1.2))
        parent = rng.choice([None, *ground.codes.values()])
        if kind == "return" and ground.gone:  # units below may still name it
            code = ground.gone.pop(rng.randrange(len(ground.gone)))
        return ground.drawn(ground.add(session, level, code, parent, shape, datetime.now(UTC)))
    chosen = rng.choice(list(ground.shapes))
    unit = session.get(Unit, chosen)
    before = ground.drawn(chosen)
    if kind == "delete" and not is_kept:
        session.delete(unit)
        ground.forget(chosen)
    elif kind in ("end", "delete"):
        unit.valid_to = datetime.now(UTC)
        ground.forget(chosen)
    else:
        _UNIT_CHANGES[kind](ground, rng, unit)
    session.flush()
    return before + (ground.drawn(chosen) if chosen in ground.shapes else [])


def _reshape(ground: Ground, rng: random.Random, unit: Any) -> None:
    shape = to_shape(unit.geometry) if rng.random() < 0.5 else ground.shapes[unit.id]
    _place(ground, unit, affinity.scale(shape, rng.uniform(0.8, 1.2), rng.uniform(0.8, 1.2)))


def _move(ground: Ground, rng: random.Random, unit: Any) -> None:
    steps = (rng.uniform(-2, 2) * SIDE_DEG, rng.uniform(-2, 2) * SIDE_DEG)
    _place(ground, unit, affinity.translate(ground.shapes[unit.id], *steps))


def _place(ground: Ground, unit: Any, shape: Any) -> None:
    unit.geometry = from_shape(shape, srid=SRID)
    ground.shapes[unit.id] = shape


def _rename(ground: Ground, rng: random.Random, unit: Any) -> None:
    unit.name = f"{rng.randrange(10**6)}"


def _level(ground: Ground, rng: random.Random, unit: Any) -> None:
    unit.level = ground.levels[unit.id] = rng.choice(LEVELS)


def _parent(ground: Ground, rng: random.Random, unit: Any) -> None:
    # Often one of few, so that what was moved away also comes back.
    some = [None, *list(ground.codes.values())[:4]] if rng.random() < 0.5 else ground.codes.values()
    unit.parent_code = ground.parents[unit.id] = rng.choice(list(some))


_UNIT_CHANGES = {
    "reshape": _reshape, "move": _move, "rename": _rename, "level": _level, "parent": _parent,
}  # fmt: skip


@dataclass
class Tickets:
    """Tickets as they should be: where each is, and which unit has it."""

    places: dict[int, Any] = field(default_factory=dict)
    units: dict[int, int | None] = field(default_factory=dict)

    def change(self, session: Any, ground: Ground, rng: random.Random, code: str) -> Touched:
        """Add one, or let one be moved, closed, opened, decided anew, called else or deleted."""
        kind = rng.choice(("add", "move", "state", "state", "decide", "decide", "matter", "delete"))
        unit = rng.choice([None, *ground.shapes, *ground.shapes])
        if kind == "add" or not self.places:
            place = anywhere(rng)
            number = add_ticket(session, code, datetime.now(UTC), at=place, unit_id=unit)
            self.places[number], self.units[number] = shapely.Point(place), unit
            return Touched("tickets", [shapely.Point(place)], [unit])
        chosen = rng.choice(list(self.places))
        before, had = self.places[chosen], self.units[chosen]
        row = update(Ticket).where(Ticket.id == chosen)
        if kind == "delete":
            session.execute(delete(Decision).where(Decision.ticket_id == chosen))
            session.execute(delete(Ticket).where(Ticket.id == chosen))
            del self.places[chosen], self.units[chosen]
            return Touched("tickets", [before], [had])
        if kind == "decide":
            of_it = update(Decision).where(Decision.ticket_id == chosen)
            session.execute(of_it.values(is_current=False))
            decide(session, chosen, datetime.now(UTC), unit, flagged=rng.random() < 0.5)
            self.units[chosen] = unit
        elif kind == "move":
            self.places[chosen] = shapely.Point(anywhere(rng))
            session.execute(row.values(geometry=from_shape(self.places[chosen], srid=SRID)))
        elif kind == "state":
            session.execute(row.values(status=rng.choice(("open", "closed"))))
        else:
            session.execute(row.values(matter=rng.choice(("道路破损", "暴露垃圾"))))
        return Touched("tickets", [before, self.places[chosen]], [had, self.units[chosen]])


def change_place(session: Any, places: dict[int, Any], rng: random.Random) -> Touched:
    """Add a place, or let one be moved, called else, of another kind, or deleted."""
    kind = rng.choice(("add", "add", "move", "name", "kind", "delete"))
    column, line = rng.uniform(0, COLUMNS), rng.uniform(0, LINES)
    shape = square(column, line, rng.uniform(0.01, 0.1)).geoms[0]
    if kind == "add" or not places:
        place = Place(
            kind=rng.choice(KINDS), name=f"{rng.randrange(10**6)}", source="test",
            geometry=from_shape(shape, srid=SRID),
        )  # fmt: skip
        session.add(place)
        session.flush()
        places[place.id] = shape
        return Touched("places", [shape])
    chosen = rng.choice(list(places))
    place, before = session.get(Place, chosen), places[chosen]
    if kind == "delete":
        session.delete(place)
        return Touched("places", [places.pop(chosen)])
    if kind == "move":
        place.geometry = from_shape(shape, srid=SRID)
        places[chosen] = shape
    elif kind == "name":
        place.name = f"{rng.randrange(10**6)}"
    else:
        place.kind = rng.choice(KINDS)
    return Touched("places", [before, places[chosen]])


def add_duty(session: Any, ground: Ground, rng: random.Random, code: str) -> Touched:
    """Let somebody new answer for a unit."""
    person = Person(code=code, name=code)
    session.add(person)
    session.flush()
    session.add(
        Duty(
            person_id=person.id, role="grid_worker", scheme="general",
            unit_code=rng.choice(list(ground.codes.values())), valid_from=datetime.now(UTC),
        )
    )  # fmt: skip
    return Touched("duties")
