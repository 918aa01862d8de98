"""The router: from what tickets say of place, time and matter to decisions.

It is a snapshot of a store, changes nothing, and can be sent to another process.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gridmap.columns import Columns, take
from gridmap.datum import to_store_point
from gridmap.locating import Found, Gazetteer, Located, Locator, Matcher
from gridmap.moments import now, to_moment, to_moments
from gridmap.routing import single
from gridmap.routing.assignment import Assignment
from gridmap.routing.decision import Decision, Decisions
from gridmap.routing.ground import Edition, Ground, UnitRow
from gridmap.routing.matters import Matters
from gridmap.routing.owners import Owners
from gridmap.routing.rules import Rules
from gridmap.routing.territory import Held, hold, override
from gridmap.settings import Settings
from gridmap.storage import Store

Floats = npt.NDArray[np.float64]
Moments = npt.NDArray[np.int64]


@dataclass
class Answer:
    """Where n tickets are and who they go to."""

    located: Located
    decisions: Decisions

    def ticket_columns(self) -> dict[str, Any]:
        """Give what locating adds to the table of tickets, as `storage.bulk.insert` takes it."""
        return {
            "locating_method": self.located.method,
            "confidence": self.located.confidence,
            "candidates": [codes or None for codes in self.located.candidates],
            "geometry": (self.located.lon, self.located.lat),
        }

    def decision_columns(self, as_of: Any, decided_at: np.datetime64) -> dict[str, Any]:
        """Give the table of decisions but the tickets' ids, as `storage.bulk.insert` takes it.

        Parameters
        ----------
        as_of
            The tickets' own times, datetime64[us] in UTC, shape (n,).
        decided_at
            This moment in UTC.
        """
        decisions = self.decisions
        return {
            "decided_at": np.full(len(decisions), decided_at, dtype="datetime64[us]"),
            "as_of": as_of,
            "rule": decisions.rule,
            "unit_id": [None if unit is None else unit.id for unit in decisions.unit],
            "person_id": [None if worker is None else worker.id for worker in decisions.worker],
            "department": decisions.department,
            "queue": [queue or None for queue in decisions.queue],
            "emergency": ~np.isnan(decisions.within_h),
            "flagged": decisions.flagged,
            "boundary_m": decisions.boundary_m,
            "alternatives": decisions.alternatives,
            "reason_zh": decisions.reason_zh,
            "reason_en": decisions.reason_en,
            "is_current": np.ones(len(decisions), dtype=bool),
        }


class Router:
    """Decides whose tickets are; build it with `from_store`."""

    def __init__(
        self, ground: Ground, owners: Owners, rules: Rules, locator: Locator, version: str
    ) -> None:
        self.ground, self.owners, self.rules, self.version = ground, owners, rules, version
        self.locator = locator
        self._matters = Matters(rules)
        self._assignment = Assignment(ground, owners, rules)
        self._chains: dict[tuple[int, str, str], tuple[UnitRow, ...]] = {}

    @classmethod
    def from_store(cls, store: Store, rules_file: Path | None = None) -> Router:
        """Take a snapshot of a store's units, people, duties and places, with the rules of a file.

        The version tells all: it is another one when any has changed.
        """
        settings = Settings.from_environ()
        rules = Rules.load(rules_file or settings.rules_file)
        gazetteer = Gazetteer.from_store(store)
        with store.read() as session:
            ground, owners = Ground.from_session(session), Owners.from_session(session)
        locator = Locator(Matcher(gazetteer), settings.locating_threshold)
        return cls(ground, owners, rules, locator, f"{gazetteer.version}-{rules.version}")

    def compile(self) -> None:
        """Make all indexes ready for single questions of today, as a service wants it."""
        edition = self.ground.edition(self.ground.edition_number(now()))
        territory = self.rules.territory
        for scheme in (territory.scheme, *self.rules.ownership_schemes):
            for layer in edition.layers(scheme, territory.levels):
                layer.partition.compile()
        self.locator.matcher.suggest("")

    def decide(
        self,
        lon: float,
        lat: float,
        *,
        datum: str = "wgs84",
        as_of: datetime | None = None,
        matter: str | None = None,
        text: str | None = None,
    ) -> Decision:
        """Decide on one place.

        Parameters
        ----------
        lon, lat
            Degrees in `datum`; DatumError when that is no known one.
        as_of
            The ticket's own time, now when missing.
        matter
            Name or code of the matter.
        text
            What was said: emergency words and departments are looked for in it.
        """
        moment = now() if as_of is None else to_moment(as_of)
        lon, lat = to_store_point(lon, lat, datum)
        number = self.ground.edition_number(moment)
        edition = self.ground.edition(number)
        found = single.plainly(self.ground, edition, self.rules, lon, lat)
        if found is not None:
            row, boundary_m = found
            if self._matters.ordinary(matter, matter, text, placed=row >= 0):
                said = self._assignment.say(edition, row, moment, matter or "")
                return said.decision(moment, boundary_m, self._chain(number, said.unit))
        columns = {
            "lon": np.array([lon]),
            "lat": np.array([lat]),
            "address": [None],
            "content": [text],
            "matter": [matter],
            "matter_code": [matter],
            "as_of": np.array([moment], dtype="datetime64[us]"),
        }
        decisions = self.answer(columns).decisions
        return decisions.one(0, moment, self._chain(number, decisions.unit[0]))

    def locate(self, text: str, *, as_of: datetime | None = None) -> Found:
        """Tell which place a text means, now or at another time."""
        moment = now() if as_of is None else to_moment(as_of)
        return self.locator.matcher.find(text, moment=moment)

    def _chain(self, number: int, unit: UnitRow | None) -> tuple[UnitRow, ...]:
        """Name the units above one, from the nearest to the widest."""
        if unit is None:
            return ()
        key = (number, unit.scheme, unit.code)
        if key not in self._chains:
            edition = self.ground.edition(number)
            above = edition.ancestors(edition.by_code[unit.scheme, unit.code])
            self._chains[key] = tuple(self.ground.units[row] for row in above)
        return self._chains[key]

    def answer(self, columns: Columns) -> Answer:
        """Locate n tickets and decide whose they are.

        Parameters
        ----------
        columns
            Values of equal length n: `lon`, `lat` (degrees in the store's datum, NaN for none),
            `address`, `content`, `matter`, `matter_code` (texts or None) and `as_of`
            (datetime64[us] in UTC, the tickets' own times).
        """
        as_of = to_moments(columns["as_of"])
        numbers = self.ground.edition_numbers(as_of)
        if len(numbers) and numbers.min() == numbers.max():
            return self._answer(int(numbers[0]), columns, as_of)
        answer = Answer(Located.nowhere(len(as_of)), Decisions.blank(len(as_of)))
        for number in np.unique(numbers).tolist():
            places = np.flatnonzero(numbers == number)
            part = self._answer(number, take(columns, places), as_of[places])
            _put(answer.located, places, part.located)
            _put(answer.decisions, places, part.decisions)
        return answer

    def _answer(self, number: int, columns: Columns, as_of: Moments) -> Answer:
        edition = self.ground.edition(number)
        located = self.locator.locate(
            np.asarray(columns["lon"], np.float64),
            np.asarray(columns["lat"], np.float64),
            columns["address"],
            columns["content"],
            columns["matter"],
            moments=as_of,
            bounds=self.ground.bounds,
            unit_row=partial(self._unit_row, edition),
        )
        about = self._matters.sort(columns["matter"], columns["matter_code"], columns["content"])
        held = self._hold(edition, located)
        decisions = self._assignment.decide(
            edition, located, held, about, as_of, columns["matter_code"]
        )
        return Answer(located, decisions)

    def _unit_row(self, edition: Edition, key: str) -> int:
        """Find a unit of the territory's scheme, valid then, by its key; -1 for none."""
        _, scheme, code = key.split("/", 2)
        if scheme != self.rules.territory.scheme:
            return -1
        return edition.by_code.get((scheme, code), -1)

    def _hold(self, edition: Edition, located: Located) -> Held:
        """Tell who holds each ticket's place: ground of its own, the territory, the named unit."""
        x, y = self.ground.project(located.lon, located.lat)
        territory = self.rules.territory
        held = hold(edition, territory.scheme, territory.levels, territory, x, y)
        for scheme in self.rules.ownership_schemes:
            override(held, edition, scheme, territory.levels, x, y)
        nowhere = np.isnan(located.lon)
        held.rule[nowhere] = "unlocated"
        named = located.unit >= 0
        held.unit[named], held.rule[named] = located.unit[named], "named"
        return held


def _put(whole: Located | Decisions, places: npt.NDArray[np.int64], part: Any) -> None:
    for field in fields(whole):
        getattr(whole, field.name)[places] = getattr(part, field.name)
