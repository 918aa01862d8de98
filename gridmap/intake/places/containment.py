"""What a place of a list lies in: an estate, a building, a unit, by their names or codes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import shapely
from geoalchemy2.shape import to_shape
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from gridmap.intake.areas.placing import Shapes
from gridmap.intake.findings import Finding, counted, listed
from gridmap.intake.places.rows import PlaceRow, plain_building
from gridmap.model import GENERAL_SCHEME, Place, Unit

#: No place lies so far from what contains it, in degrees (about a kilometre).
FAR_DEG = 0.01

_CHUNK = 500  # SQLite takes some thousand parameters at a time

_UNIT_ENDINGS = ("", "社区", "社区居委会", "街道", "街道办事处", "区")


class Units:
    """The units of a store, by code and by name."""

    def __init__(self, session: Session) -> None:
        self._parents: dict[str, str | None] = {}
        self._codes: dict[str, list[str]] = defaultdict(list)
        query = select(Unit.code, Unit.name, Unit.parent_code).where(Unit.valid_to.is_(None))
        general = Unit.scheme == GENERAL_SCHEME
        for code, name, parent in session.execute(query.order_by(general.desc(), Unit.id)):
            if code not in self._parents:
                self._parents[code] = parent
                self._codes[name].append(code)
        self._found: dict[tuple[str, ...], list[str]] = {}

    def find(self, cells: tuple[str, ...]) -> list[str]:
        """
        Find the unit that cells mean, from the widest to the narrowest.

        Returns
        -------
        codes
            One, when it is clear; several, when they share the name; none for an unknown one.
        """
        if cells not in self._found:
            found: list[str] = []
            for cell in filter(None, cells):
                found = [code for code in self._named(cell) if self._is_within(code, found)]
            self._found[cells] = found
        return self._found[cells]

    def _named(self, cell: str) -> list[str]:
        if cell in self._parents:
            return [cell]
        names = (cell + ending for ending in _UNIT_ENDINGS)
        return next((self._codes[name] for name in names if name in self._codes), [])

    def _is_within(self, code: str, above: list[str]) -> bool:
        up: str | None = code
        for _ in range(len(self._parents)):
            if not above or up in above:
                return True
            up = self._parents.get(up or "")
            if up is None:
                break
        return False


class Parent(NamedTuple):
    """What a place lies in: the position of another row, or the id of a stored place; or nothing.

    `kind` is what that is; it is empty for nothing.
    """

    row: int | None = None
    place_id: int | None = None
    kind: str = ""


class _Candidate(NamedTuple):
    parent: Parent
    shape: Any
    unit_code: str | None


@dataclass
class Containment:
    """
    What the rows of a list lie in.

    Attributes
    ----------
    parents
        Of each row.
    unit_codes
        Of each row; None where the list names none, or none that is known.
    findings
        Names that are not known, or not clear.
    """

    parents: list[Parent] = field(default_factory=list)
    unit_codes: list[str | None] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def find_containment(
    session: Session, rows: list[PlaceRow], shapes: Shapes, source: str
) -> Containment:
    """
    Find what each row lies in, first among the rows themselves, then in the store.

    Parameters
    ----------
    shapes
        Of the rows, shape (n,).
    source
        The file's name: what the store has of it from before is not looked at.
    """
    unknown: dict[str, Counter[str]] = {"unit": Counter(), "place": Counter()}
    units = Units(session)
    codes = [units.find(row.units) or units.find((row.parent,)) for row in rows]
    found = Containment(unit_codes=[code[0] if len(code) == 1 else None for code in codes])
    found.findings += _shared(rows, codes)
    index = _Index(session, rows, shapes, found.unit_codes, source)
    for position, row in enumerate(rows):
        if any(row.units) and not units.find(row.units):
            unknown["unit"][" ".join(filter(None, row.units))] += 1
        parent, missing = index.parent_of(position)
        if missing and not (missing == row.parent and codes[position]):
            unknown["place"][missing] += 1
        found.parents.append(parent)
    found.findings += _not_found(unknown)
    return found


def _shared(rows: list[PlaceRow], codes: list[list[str]]) -> Iterator[Finding]:
    for row, several in zip(rows, codes, strict=True):
        if len(several) > 1:
            message = (
                f"{row.label.capitalize()}: {' '.join(filter(None, row.units))} is the name of "
                f"{len(several)} units ({listed(several)}): give the code, or the unit above."
            )
            yield Finding("unit", message)


def _not_found(unknown: dict[str, Counter[str]]) -> Iterator[Finding]:
    for noun, names in unknown.items():
        if names:
            count = counted(names.total(), "row")
            message = f"{count} in a {noun} that is not known, or not clear: {listed(names)}."
            yield Finding(f"unknown {noun}", message)


class _Index:
    """Estates and buildings, of the list and of the store, by their names and codes."""

    def __init__(
        self,
        session: Session,
        rows: list[PlaceRow],
        shapes: Shapes,
        unit_codes: list[str | None],
        source: str,
    ) -> None:
        self._rows, self._shapes, self._unit_codes = rows, shapes, unit_codes
        self._codes: dict[str, list[_Candidate]] = defaultdict(list)
        self._estates: dict[str, list[_Candidate]] = defaultdict(list)
        self._buildings: dict[tuple[str, str], list[_Candidate]] = defaultdict(list)
        for position, row in enumerate(rows):
            own = _Candidate(
                Parent(row=position, kind=row.kind), shapes[position], unit_codes[position]
            )
            if row.code:
                self._codes[row.code].append(own)
            if row.kind == "estate" and row.name:
                self._estates[row.name].append(own)
            if row.kind == "building" and row.building:
                self._buildings[row.estate, plain_building(row.building)].append(own)
        self._load(session, source)

    def _load(self, session: Session, source: str) -> None:
        """Look into the store for what the list names and does not hold itself."""
        codes = {row.parent for row in self._rows} - self._codes.keys() - {""}
        for place in _stored(session, source, Place.code, codes):
            self._codes[place.code or ""].append(_candidate(place))
        names = {row.estate for row in self._rows} - self._estates.keys() - {""}
        known: dict[int | None, str] = {}
        for place in _stored(session, source, Place.name, names):
            if place.kind == "estate" and place.name:
                self._estates[place.name].append(_candidate(place))
                known[place.id] = place.name
        for place in _stored(session, source, Place.parent_id, known):
            if place.kind == "building":
                estate = known[place.parent_id]
                for number in {place.number or "", (place.name or "").removeprefix(estate)}:
                    self._buildings[estate, plain_building(number)].append(_candidate(place))

    def parent_of(self, position: int) -> tuple[Parent, str]:
        """Find what a row lies in, and the name of what it should lie in but is not there."""
        row, missing = self._rows[position], ""
        for candidates, name in self._ways(row):
            found = self._chosen(position, candidates)
            if found is not None:
                return found, missing
            missing = missing or name
        return Parent(), missing

    def _ways(self, row: PlaceRow) -> Iterator[tuple[list[_Candidate], str]]:
        """Name the ways to say where a row lies, the narrowest first."""
        if row.parent:
            yield self._codes.get(row.parent, []), row.parent
        if row.building and row.kind not in ("building", "estate"):
            key = (row.estate, plain_building(row.building))
            yield self._buildings.get(key, []), f"{row.estate}{row.building}"
        if row.estate and not (row.kind == "estate" and row.name == row.estate):
            yield self._estates.get(row.estate, []), row.estate

    def _chosen(self, position: int, candidates: list[_Candidate]) -> Parent | None:
        """Choose the candidate that is near, and of several the one around it or in its unit."""
        shape, unit_code = self._shapes[position], self._unit_codes[position]
        near = [
            candidate
            for candidate in candidates
            if candidate.parent.row != position
            and (shape is None or candidate.shape is None or _distance(candidate, shape) < FAR_DEG)
        ]
        if len({candidate.parent for candidate in near}) > 1:
            around = [c for c in near if shape is not None and c.shape is not None]
            around = [c for c in around if c.shape.intersects(shape)]
            near = around or [c for c in near if unit_code and c.unit_code == unit_code]
        found = {candidate.parent for candidate in near}
        return found.pop() if len(found) == 1 else None


def _distance(candidate: _Candidate, shape: Any) -> float:
    return float(shapely.distance(candidate.shape, shape))


def _candidate(place: Place) -> _Candidate:
    shape = None if place.geometry is None else to_shape(place.geometry)
    return _Candidate(Parent(place_id=place.id, kind=place.kind), shape, place.unit_code)


def _stored(session: Session, source: str, column: Any, values: Iterable[Any]) -> Iterator[Place]:
    wanted = sorted(values)
    for start in range(0, len(wanted), _CHUNK):
        query = select(Place).where(
            column.in_(wanted[start : start + _CHUNK]),
            or_(Place.source != source, Place.edited_at.is_not(None)),
        )
        yield from session.scalars(query)
