"""What people have confirmed: kept with who and when, used from then on, and taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite

from geoalchemy2.shape import from_shape, to_shape
from shapely import Point
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from gridmap.errors import InputError, NotFoundError
from gridmap.locating.examples import Example, names_something, writing_of
from gridmap.locating.found import Found
from gridmap.locating.gazetteer import Entry, Gazetteer
from gridmap.locating.rows import GROUND_KINDS
from gridmap.model import SRID, Alias, Correction, Event, Street
from gridmap.settings import Settings
from gridmap.storage import Store

MAX_TEXT, MAX_NAME = 2_000, 100
#: Where an alias that was given with a confirmation is from.
SOURCE = "correction"
_NAMED = ("place/", "unit/", "street/")


@dataclass(frozen=True)
class Confirmation:
    """What somebody confirms; an InputError when it cannot be kept.

    Attributes
    ----------
    text
        The words.
    by
        Who confirms.
    entry
        What they mean; None where only the point is known.
    lon, lat
        Where that is, in degrees of the store's datum; the entry's own point when missing, none
        for an entry that is ground.
    before
        What had been found for the text.
    alias
        Another name of the entry, used in any text from then on.
    is_lasting
        Whether the words are to mean this from then on; else it is said of one ticket only.
    """

    text: str
    by: str
    entry: Entry | None = None
    lon: float | None = None
    lat: float | None = None
    before: Found | None = None
    alias: str | None = None
    is_lasting: bool = True

    def __post_init__(self) -> None:
        for fault in (self._bad_words(), self._bad_place(), self._bad_alias()):
            if fault:
                raise InputError(fault)

    def point(self) -> tuple[float, float] | None:
        """Return the confirmed point; None where ground was confirmed as a whole."""
        if self.lon is not None and self.lat is not None:
            return self.lon, self.lat
        entry = self.entry
        if entry is None or entry.kind in GROUND_KINDS or entry.lon is None or entry.lat is None:
            return None
        return entry.lon, entry.lat

    def _bad_words(self) -> str:
        if not 0 < len(self.text.strip()) <= MAX_TEXT:
            return f"The text to confirm must have 1 to {MAX_TEXT:,} characters."
        if self.is_lasting and not names_something(self.text):
            return (
                "The text names no place that would be the same in another ticket: add the estate "
                "or the street to it."
            )
        if not 0 < len(self.by.strip()) <= MAX_NAME:
            return f"Say who confirms, in 1 to {MAX_NAME} characters."
        return ""

    def _bad_place(self) -> str:
        if (self.lon is None) != (self.lat is None):
            return "A point needs both longitude and latitude."
        if self.lon is None or self.lat is None:
            return "" if self.entry is not None else "Say which place or point the text means."
        known = isfinite(self.lon) and isfinite(self.lat)
        if not known or abs(self.lon) > 180 or abs(self.lat) > 90:
            return f"{self.lon:g}, {self.lat:g} is no longitude and latitude in degrees."
        return ""

    def _bad_alias(self) -> str:
        if self.alias is None:
            return ""
        if self.entry is None or not self.entry.key.startswith(_NAMED):
            return "Another name needs a place of the gazetteer that it names."
        if not self.is_lasting:
            return "Another name is kept only together with the words: let them be used again."
        if len(self.alias) > MAX_NAME or not names_something(self.alias):
            return f"Another name has 2 to {MAX_NAME} characters, and not only a number."
        return ""


def require_own_name(gazetteer: Gazetteer, alias: str | None, entry: Entry | None) -> None:
    """Refuse, as an InputError, another name for a place that another one bears already."""
    others = [gazetteer.entry(at) for at in gazetteer.bearers(alias or "")]
    taken = next((one for one in others if entry is None or one.key != entry.key), None)
    if taken is not None:
        message = f"{alias} is the name of {taken.label} ({taken.key}) already: choose another one."
        raise InputError(message)


@dataclass(frozen=True)
class Confirmed:
    """A confirmation that is kept; `alias` is the name that came with it."""

    id: int
    text: str
    entry: str | None
    lon: float | None
    lat: float | None
    alias: str | None
    method_before: str
    confidence_before: float
    entry_before: str | None
    confirmed_at: datetime
    confirmed_by: str


def confirm(
    store: Store,
    *,
    text: str,
    by: str,
    entry: Entry | None = None,
    lon: float | None = None,
    lat: float | None = None,
    before: Found | None = None,
    alias: str | None = None,
) -> int:
    """Keep what somebody confirms, as `Confirmation` describes it, and return its id.

    Raises
    ------
    InputError
        When the text names nothing, nobody confirms, or the place or alias cannot be one.
    """
    said = Confirmation(text, by, entry, lon, lat, before, alias)
    with store.write() as session:
        return keep(session, said)


def keep(session: Session, said: Confirmation) -> int:
    """Keep a confirmation within a change of the store, and return its id."""
    at, by = datetime.now(UTC), said.by.strip()
    key = None if said.entry is None else said.entry.key
    before, point = said.before, said.point()
    correction = Correction(
        text=said.text.strip(),
        entry=key,
        method_before="none" if before is None else before.method,
        confidence_before=0.0 if before is None else before.confidence,
        entry_before=None if before is None or before.entry is None else before.entry.key,
        confirmed_at=at,
        confirmed_by=by,
        geometry=None if point is None else from_shape(Point(point), srid=SRID),
    )
    session.add(correction)
    if said.alias is not None and key is not None:
        _require_registered(session, key)
        session.add(
            Alias(
                name=said.alias.strip(),
                entry=key,
                kind="nickname",
                source=SOURCE,
                created_at=at,
                created_by=by,
            )
        )
    session.flush()
    _tell(session, correction.id, at, by, "place confirmed", key)
    return correction.id


def withdraw(store: Store, correction_id: int, *, by: str) -> None:
    """Take a confirmation back, with the alias that came with it.

    Raises
    ------
    NotFoundError
        When there is none of that id that still counts.
    InputError
        When nobody is named.
    """
    by = by.strip()
    if not 0 < len(by) <= MAX_NAME:
        message = f"Say who takes it back, in 1 to {MAX_NAME} characters."
        raise InputError(message)
    with store.write() as session:
        found = session.get(Correction, correction_id) if 0 < correction_id < 2**31 else None
        if found is None or found.withdrawn_at is not None:
            message = f"There is no confirmation {correction_id} that still counts."
            raise NotFoundError(message)
        at = datetime.now(UTC)
        found.withdrawn_at, found.withdrawn_by = at, by
        for alias in session.scalars(select(Alias).where(*_came_with(found))):
            alias.withdrawn_at, alias.withdrawn_by = at, by
        _tell(session, found.id, at, by, "confirmation withdrawn", found.entry)


def confirmed(store: Store) -> list[Confirmed]:
    """List the confirmations that count, the newest first."""
    with store.read() as session:
        return read_confirmed(session)


def read_confirmed(session: Session) -> list[Confirmed]:
    """List the confirmations that count, the newest first."""
    aliases = {
        (alias.entry, alias.created_at, alias.created_by): alias.name
        for alias in session.scalars(
            select(Alias).where(Alias.source == SOURCE, Alias.withdrawn_at.is_(None))
        )
    }
    query = select(Correction).where(Correction.withdrawn_at.is_(None))
    return [
        _confirmed(one, aliases.get((one.entry or "", one.confirmed_at, one.confirmed_by)))
        for one in session.scalars(query.order_by(Correction.id.desc()))
    ]


def examples(store: Store) -> dict[str, Example]:
    """Collect the confirmed texts, as `writing.write` writes them, with what they mean.

    A text that was confirmed as two places means neither without a doubt, and is left out.
    """
    zone = Settings.from_environ().time_zone
    found: dict[str, list[Example]] = {}
    for one in confirmed(store):
        day = f"{one.confirmed_at.astimezone(zone):%Y-%m-%d}"
        example = Example(one.id, one.entry, one.lon, one.lat, day)
        found.setdefault(writing_of(one.text), []).append(example)
    return {
        text: told[0]
        for text, told in found.items()
        if all(other.is_same(told[0]) for other in told)
    }


def _confirmed(one: Correction, alias: str | None) -> Confirmed:
    point = None if one.geometry is None else to_shape(one.geometry)
    return Confirmed(
        id=one.id,
        text=one.text,
        entry=one.entry,
        lon=None if point is None else point.x,
        lat=None if point is None else point.y,
        alias=alias,
        method_before=one.method_before,
        confidence_before=one.confidence_before,
        entry_before=one.entry_before,
        confirmed_at=one.confirmed_at,
        confirmed_by=one.confirmed_by,
    )


def _came_with(one: Correction) -> tuple[ColumnElement[bool], ...]:
    """Give the condition for the alias that came with a confirmation: one act, one moment."""
    return (
        Alias.source == SOURCE,
        Alias.entry == (one.entry or ""),
        Alias.created_at == one.confirmed_at,
        Alias.created_by == one.confirmed_by,
        Alias.withdrawn_at.is_(None),
    )


def _require_registered(session: Session, key: str) -> None:
    """Refuse another name for a street that only addresses name: nothing would bear it."""
    name = key.removeprefix("street/").partition("#")[0]
    wanted = select(Street.id).where(Street.name == name).limit(1)
    if key.startswith("street/") and session.scalar(wanted) is None:
        message = f"{name} is no registered street: bring it in before it gets another name."
        raise InputError(message)


def _tell(session: Session, number: int, at: datetime, by: str, kind: str, key: str | None) -> None:
    session.add(
        Event(at=at, actor=by, kind=kind, subject="correction", subject_id=number, detail=key)
    )
