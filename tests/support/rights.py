"""Stores that hold all tickets, or only those of one sight, and stay so while tickets move.

What somebody with a sight is answered by the one must be what they are answered by the other: then
no ticket out of sight has any influence, be it by its number, a count, or that it exists.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import shapely
from sqlalchemy import delete
from sqlalchemy.orm import Session
from support.stock import shape
from support.town import UNITS, at

from gridmap.model import Correction, Decision, Duty, Person, Ticket, Unit
from gridmap.sight import Sight
from gridmap.storage import Store

BEGAN, MOVED = datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)
#: Recently, so that closed tickets are still on the map.
REPORTED = datetime.now(UTC) - timedelta(days=60)
#: Ids of the units; grid 1122 came from community 112 to 113, as a second version.
IDS = {("general", row.code): number for number, (row, _) in enumerate(UNITS, start=1)}
PARK, LATER = ("exclusive", "1129"), ("general", "1122")
IDS[PARK] = len(IDS) + 1
LATER_ID = len(IDS) + 1
NAMES = {number: name for name, number in IDS.items()} | {LATER_ID: LATER}
PARENTS = {("general", row.code): row.parent_code for row, _ in UNITS} | {PARK: None, LATER: "113"}
RULES = ("territory", "boundary", "nearest", "backstop", "unlocated", "ownership")
MATTERS = ("道路破损", "暴露垃圾", "占道经营")


@dataclass(frozen=True)
class Case:
    """A ticket as the test knows it; the last of its units is the current decision's."""

    id: int
    number: str
    is_open: bool
    place: tuple[float, float] | None
    matter: str
    rule: str
    units: tuple[int | None, ...]


@dataclass
class Ground:
    """Tickets, and the stores that hold them or those of one sight."""

    cases: dict[int, Case]
    stores: dict[Sight, Store] = field(default_factory=dict)

    def hold(self, store: Store, sight: Sight) -> None:
        """Fill an empty store with what a sight sees, and keep it so."""
        with store.write() as session:
            session.add_all([*_units(), *_people()])
            session.flush()
            session.add_all(_duties())
            for case in self.cases.values():
                if is_seen(sight, case):
                    _add(session, case)
        self.stores[sight] = store

    def change(self, case: Case) -> None:
        """Add a ticket, or put it in place of the one with its id, wherever it is seen."""
        self.cases[case.id] = case
        for sight, store in self.stores.items():
            _put(store, case, is_there=is_seen(sight, case))

    def remove(self, number: int) -> None:
        """Delete a ticket."""
        case = self.cases.pop(number)
        for store in self.stores.values():
            _put(store, case, is_there=False)


def is_seen(sight: Sight, case: Case) -> bool:
    """Tell by the tree of units alone whether a ticket is in sight."""
    if sight.grounds is None:
        return True
    unit = case.units[-1]
    scheme, code = NAMES[unit] if unit else ("", None)
    while code is not None:
        if (scheme, code) in sight.grounds:
            return True
        code = PARENTS[scheme, code]
    return False


def cases(count: int, seed: int) -> dict[int, Case]:
    """Make tickets anywhere, of any unit, some decided several times."""
    chance = random.Random(seed)
    return {number: case(number, chance) for number in range(1, count + 1)}


def case(number: int, chance: random.Random) -> Case:
    """Make one ticket; nothing in it but its number tells which it is."""
    units = [None, *NAMES]
    return Case(
        id=number,
        number=f"{'AB'[number % 2]}{number:05d}{chance.randrange(10**4):04d}",
        is_open=chance.random() < 0.7,
        place=at(chance.uniform(0, 6), chance.uniform(0, 2)) if chance.random() < 0.9 else None,
        matter=chance.choice(MATTERS),
        rule=chance.choice(RULES),
        units=tuple(chance.choice(units) for _ in range(chance.randint(1, 3))),
    )


def moved(known: Case, chance: random.Random) -> Case:
    """Decide a ticket anew, or close it, or let it be somewhere else."""
    other = case(known.id, chance)
    return chance.choice(
        [
            replace(known, units=(*known.units, other.units[-1])),
            replace(known, is_open=not known.is_open),
            replace(known, place=other.place, units=(*known.units, other.units[-1])),
        ]
    )


def _put(store: Store, case: Case, *, is_there: bool = True) -> None:
    """Let a store hold a ticket as it is now, changed as the program changes it, or not at all."""
    with store.write() as session:
        known = session.get(Ticket, case.id)
        if known is not None and is_there:
            session.merge(_ticket(case))
            _decide(session, case)
        elif known is not None:
            session.execute(delete(Decision).where(Decision.ticket_id == case.id))
            session.delete(known)
        elif is_there:
            _add(session, case)


def _decide(session: Session, case: Case) -> None:
    """Add the decisions that are new; the last one is current."""
    made = session.query(Decision).filter_by(ticket_id=case.id).order_by(Decision.id).all()
    if len(made) < len(case.units):
        for decision in made:
            decision.is_current = False
        session.flush()
        session.add_all(
            _decision(case, n, case.units[n]) for n in range(len(made), len(case.units))
        )


def _add(session: Session, case: Case) -> None:
    session.add(_ticket(case))
    if case.id % 2:
        session.merge(_correction(case))
    session.flush()
    for place, unit in enumerate(case.units):
        session.add(_decision(case, place, unit))


def words(case: Case) -> str:
    """Return the words of a ticket, which are no other's."""
    return f"{case.matter}处{case.number}旁老槐树下"


def _correction(case: Case) -> Correction:
    """Let somebody have confirmed what the words of a ticket mean."""
    return Correction(
        id=case.id, text=words(case), entry="unit/general/1111", method_before="none",
        confidence_before=0.0, confirmed_at=REPORTED, confirmed_by="示例调度员",
    )  # fmt: skip


def _ticket(case: Case) -> Ticket:
    reported = REPORTED + timedelta(hours=case.id)
    return Ticket(
        id=case.id, source="test", number=case.number, reported_at=reported, matter=case.matter,
        status="open" if case.is_open else "closed",
        closed_at=None if case.is_open else reported + timedelta(days=1),
        locating_method="coordinate" if case.place else "none", confidence=0.9, digest=case.id,
        address=words(case),
        geometry=shape(shapely.Point(*case.place)) if case.place else None,
    )  # fmt: skip


def _decision(case: Case, place: int, unit: int | None) -> Decision:
    return Decision(
        id=case.id * 100 + place, ticket_id=case.id, decided_at=REPORTED + timedelta(hours=place),
        as_of=REPORTED, rule=case.rule, unit_id=unit, queue=None if unit else "locating",
        emergency=False, flagged=case.rule != "territory", alternatives="",
        reason_zh=f"理由{case.number}", reason_en=f"Reason {case.number}",
        is_current=place == len(case.units) - 1,
    )  # fmt: skip


def _units() -> list[Unit]:
    areas = {("general", row.code): area for row, area in UNITS}
    levels = {("general", row.code): row.level for row, _ in UNITS}
    park = shapely.box(*at(2.2, 0.2), *at(2.6, 0.6))
    found = []
    for number, name in NAMES.items():
        unit = Unit(id=number, scheme=name[0], code=name[1], name=f"单元{name[1]}")
        unit.level, unit.parent_code = levels.get(name, "grid"), PARENTS[name]
        unit.geometry = shape(shapely.MultiPolygon([areas.get(name, park)]))
        unit.origin, unit.valid_from = "demonstration", BEGAN
        if name == LATER and number == LATER_ID:
            unit.valid_from = MOVED
        elif name == LATER:
            unit.parent_code, unit.valid_to = "112", MOVED
        found.append(unit)
    return found


def _people() -> list[Person]:
    return [
        Person(id=number, code=f"P{number}", name=f"示例{number}", phone=f"000-0000-{number:04d}")
        for number in NAMES
    ]


def _duties() -> list[Duty]:
    found = []
    for number, (scheme, code) in NAMES.items():
        if number != LATER_ID:
            duty = Duty(id=number, person_id=number, role="grid_worker", valid_from=BEGAN)
            duty.scheme, duty.unit_code = scheme, code
            found.append(duty)
    return found
