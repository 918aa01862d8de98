"""A district that is edited without waiting while others ask, and what it is in each state.

Each edit is one commit that changes several units and tickets at once, and writes its number into
the names of these units and the numbers of these tickets. So what an answer shows tells of which
states of the store it may be, and an answer made of two of them is of none.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from subprocess import Popen
from threading import Event
from typing import Any, NamedTuple

import orjson
from geoalchemy2.shape import from_shape
from mapbox_vector_tile import decode
from shapely import Point
from sqlalchemy import update
from support.living import SIDE_DEG, SOUTH, WEST, square
from support.many_tickets import add_ticket
from support.partition import START
from support.tile_workers import hear, line_of, tell

from gridmap.model import Decision, Ticket, Unit
from gridmap.model.base import SRID
from gridmap.sight import EVERYTHING, Sight
from layers.tickets_points import MARGIN as AROUND_POINTS
from layers.tiles.drawing import MARGIN
from layers.tiles.mercator import Tile, tile_at

SCHEME = "racing"
COLUMNS, LINES, BLOCK = 4, 2, 2
TICKETS = 30
MOST_FURTHER = 4
#: What reaches less far into a tile, in tile widths, may be left out of it or not.
_EDGE = 0.02

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Area:
    """A unit as it should be; `box` is its ground."""

    level: str
    name: str
    parent: str | None
    box: Box


@dataclass(frozen=True)
class Mark:
    """A ticket as it should be."""

    number: str
    place: tuple[float, float]
    unit: str
    is_open: bool


@dataclass(frozen=True)
class State:
    """All units by their code and all tickets by their id, between two edits."""

    areas: dict[str, Area]
    marks: dict[int, Mark]

    def seen(self, sight: Sight) -> list[Mark]:
        """Return the tickets in a sight."""
        if sight.grounds is None:
            return list(self.marks.values())
        codes = {code for _, code in sight.grounds}
        return [
            one for one in self.marks.values() if codes & {one.unit, self.areas[one.unit].parent}
        ]


@dataclass(frozen=True)
class Wish:
    """A tile of units and tickets, or the open tickets of units where there is no tile."""

    level: str
    tile: Tile | None
    sight: Sight = EVERYTHING

    @property
    def layers(self) -> list[tuple[str, dict[str, str]]]:
        """What is asked, in one question."""
        units = ("units", {"scheme": SCHEME, "level": self.level})
        return [units] if self.tile is None else [units, ("tickets", {"state": "all"})]

    def line(self) -> str:
        """Write it for a worker."""
        return line_of(self.layers, self.sight, self.tile)

    def is_of(self, state: State, body: Any) -> bool:
        """Tell whether an answer, read, is the one of a state: all that it shows, at once."""
        if self.tile is None:
            return bool(self._counts(state) == body)
        parts = {name: dict(shown) for name, shown in body.items()}
        levels = {"units": self.level} | ({"above": "community"} if self.level == "grid" else {})
        for part, level in levels.items():
            areas = {
                code: (one.name, one.box) for code, one in state.areas.items() if one.level == level
            }
            if not self._shows(parts.get(part, {}), areas, MARGIN):
                return False
        marks = {
            one.number: ((one.unit, one.is_open), one.place * 2) for one in state.seen(self.sight)
        }
        return self.tile.z < 15 or self._shows(parts.get("tickets", {}), marks, AROUND_POINTS)

    def read(self, body: bytes) -> Any:
        """Read what an answer shows: the units' names by part, and the tickets' units, states."""
        if self.tile is None:
            rows = orjson.loads(body)["rows"]
            return {code: row[0] for code, row in rows.items() if row[0]}
        features = {
            name: [one["properties"] for one in part["features"]]
            for name, part in decode(body).items()
        }
        read: dict[str, dict[str, Any]] = {
            name: {one["code"]: one["name"] for one in features.get(name, [])}
            for name in ("units", "above")
        }
        read["tickets"] = {
            one["number"]: (one["unit"], one["status"] == "open")
            for one in features.get("tickets", [])
            if one["number"].startswith(SCHEME)
        }
        return read

    def _counts(self, state: State) -> dict[str, int]:
        counts: Counter[str] = Counter()
        for one in state.seen(self.sight):
            above = state.areas[one.unit].parent
            counts.update({one.unit, above or one.unit} if one.is_open else ())
        return {code: n for code, n in counts.items() if state.areas[code].level == self.level}

    def _shows(
        self, shown: dict[str, Any], there: dict[str, tuple[Any, Box]], margin: float
    ) -> bool:
        """Compare what is shown with what there is: all in the tile, nothing far from it."""
        assert self.tile is not None
        inner, outer = self.tile.box(-_EDGE), self.tile.box(margin + _EDGE / 10)
        return all(
            key in there and there[key][0] == what and _meet(there[key][1], outer)
            for key, what in shown.items()
        ) and all(key in shown for key, (_, box) in there.items() if _meet(box, inner))


def _meet(one: Box, other: Box) -> bool:
    return one[0] <= other[2] and one[2] >= other[0] and one[1] <= other[3] and one[3] >= other[1]


def wishes() -> list[Wish]:
    """Ask for every tile of the ground from near, some from afar, and values, in two sights."""
    sights = (EVERYTHING, Sight(frozenset({(SCHEME, "r0")})))
    places = [
        (WEST + column / 2 * SIDE_DEG, SOUTH + line / 2 * SIDE_DEG)
        for column in range(2 * COLUMNS + 1)
        for line in range(2 * LINES + 1)
    ]
    tiles = sorted({tile_at(*place, z) for z in (13, 15) for place in places})
    return [
        Wish(level, tile, sight)
        for sight in sights
        for level in ("grid", "community")
        for tile in (None, *tiles)
    ]


@dataclass
class Racing:
    """
    Units and tickets, edited by one who does not wait.

    Attributes
    ----------
    states
        By the number of edits; one may be seen from before its commit ends.
    committed
        How many edits certainly are seen.
    """

    rng: random.Random
    states: list[State] = field(default_factory=list)
    committed: int = 0
    _rows: dict[str, int] = field(default_factory=dict)
    _further: list[str] = field(default_factory=list)

    def begin(self, session: Any) -> None:
        """Add what there is before the first edit."""
        areas: dict[str, Area] = {}
        for place in range(COLUMNS // BLOCK):
            self._add(session, areas, f"r{place}", None, square(place * BLOCK, 0, BLOCK))
        for place in range(COLUMNS * LINES):
            column, line = place % COLUMNS, place // COLUMNS
            self._add(session, areas, f"q{place}", f"r{column // BLOCK}", square(column, line, 1))
        marks: dict[int, Mark] = {}
        for place in range(TICKETS):
            mark = Mark(f"{SCHEME} {place} 0", self._place(), self._grid(areas), is_open=True)
            ticket_id = add_ticket(
                session, mark.number, datetime.now(UTC), at=mark.place,
                unit_id=self._rows[mark.unit],
            )  # fmt: skip
            marks[ticket_id] = mark
        self.states.append(State(areas, marks))

    def edit(self, session: Any) -> None:
        """Rename units, add or end one, and give tickets another unit, place, state and number."""
        number = len(self.states)
        areas, marks = dict(self.states[-1].areas), dict(self.states[-1].marks)
        for code in self.rng.sample(sorted(areas), 3):
            areas[code] = replace(areas[code], name=f"{code} {number}")
            self._change(session, Unit, self._rows[code], name=areas[code].name)
        moved = set(self.rng.sample(sorted(marks), 3))
        if len(self._further) < MOST_FURTHER:
            column, line = self.rng.uniform(0, COLUMNS - 1), self.rng.uniform(0, LINES - 1)
            unit, parent = f"x{number}", self.rng.choice(("r0", "r1"))
            self._add(session, areas, unit, parent, square(column, line, self.rng.uniform(0.3, 1)))
            self._further.append(unit)
        else:
            gone = self._further.pop(0)
            self._change(session, Unit, self._rows[gone], valid_to=START + timedelta(days=1))
            del areas[gone]
            moved |= {one for one, mark in marks.items() if mark.unit == gone}
            unit = self._grid(areas)
        for ticket_id in moved:
            told = f"{SCHEME} {ticket_id} {number}"
            marks[ticket_id] = Mark(told, self._place(), unit, self.rng.random() < 0.8)
            self._move(session, ticket_id, marks[ticket_id])
        session.flush()
        self.states.append(State(areas, marks))

    def _add(
        self, session: Any, areas: dict[str, Area], code: str, parent: str | None, shape: Any
    ) -> None:
        level = "grid" if parent else "community"
        areas[code] = Area(level, f"{code} {len(self.states)}", parent, shape.bounds)
        unit = Unit(
            scheme=SCHEME, level=level, code=code, name=areas[code].name, parent_code=parent,
            valid_from=START, geometry=from_shape(shape, srid=SRID),
        )  # fmt: skip
        session.add(unit)
        session.flush()
        self._rows[code] = unit.id

    def _change(self, session: Any, table: Any, row_id: int, **values: Any) -> None:
        session.execute(update(table).where(table.id == row_id).values(**values))

    def _move(self, session: Any, ticket_id: int, mark: Mark) -> None:
        place = from_shape(Point(mark.place), srid=SRID)
        status = "open" if mark.is_open else "closed"
        self._change(session, Ticket, ticket_id, number=mark.number, geometry=place, status=status)
        of_it = update(Decision).where(Decision.ticket_id == ticket_id, Decision.is_current)
        session.execute(of_it.values(unit_id=self._rows[mark.unit]))

    def _place(self) -> tuple[float, float]:
        east, north = self.rng.uniform(0, COLUMNS), self.rng.uniform(0, LINES)
        return WEST + east * SIDE_DEG, SOUTH + north * SIDE_DEG

    def _grid(self, areas: dict[str, Area]) -> str:
        return self.rng.choice([code for code in areas if code.startswith("q")])


class Heard(NamedTuple):
    """An answer, and the numbers of the states between which it was given."""

    wish: Wish
    first: int
    last: int
    body: bytes


def heard_of(worker: Popen[str], racing: Racing, over: Event, rng: random.Random) -> list[Heard]:
    """Ask a worker until nobody edits any longer."""
    heard, several = [], wishes()
    while not over.is_set():
        wish, first = rng.choice(several), racing.committed
        tell(worker, wish.line())
        body = hear(worker).body
        heard.append(Heard(wish, first, len(racing.states) - 1, body))
    return heard


def check_order(place: int, heard: list[Heard], states: list[State]) -> None:
    """Find for each answer a state between its question and itself, none before the last one."""
    least = 0
    for wish, first, last, body in heard:
        shown = wish.read(body)
        between = range(max(first, least), last + 1)
        found = next((one for one in between if wish.is_of(states[one], shown)), None)
        if found is None:
            others = [one for one, state in enumerate(states) if wish.is_of(state, shown)]
            message = f"Worker {place} answers {wish} as in {others[-5:]}, not one of {between}."
            raise AssertionError(message)
        least = found
