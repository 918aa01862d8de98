"""Who gets each ticket, once its place and matter are known, and in which words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import repeat

import numpy as np
import numpy.typing as npt

from gridmap.locating import Located
from gridmap.routing import explain
from gridmap.routing.decision import Decision, Decisions
from gridmap.routing.ground import Edition, Ground, UnitRow
from gridmap.routing.matters import Sorted
from gridmap.routing.owners import Owner, Owners, Worker
from gridmap.routing.rules import Department, Rules
from gridmap.routing.territory import Held

#: Rules whose decision somebody should look at before relying on it.
FLAGGED_RULES = {"boundary", "nearest", "backstop", "category", "unlocated", "outside"}


@dataclass(frozen=True)
class Said:
    """What a rule says of a unit during an epoch: found once, used for every ticket there.

    The sentences want the distance and the neighbours filled in.
    """

    rule: str
    unit: UnitRow | None
    owner_unit: UnitRow | None
    worker: Worker | None
    role: str | None
    queue: str
    flagged: bool
    zh: str
    en: str

    def decision(self, as_of: int, boundary_m: float, chain: tuple[UnitRow, ...]) -> Decision:
        """Make the decision on a ticket at this distance from the boundary, without neighbours."""
        distance = explain.metres(boundary_m)
        return Decision(
            rule=self.rule,
            unit=self.unit,
            owner_unit=self.owner_unit,
            worker=self.worker,
            role=self.role,
            department=None,
            queue=self.queue,
            within_h=None,
            flagged=self.flagged,
            boundary_m=boundary_m,
            alternatives="",
            reason_zh=self.zh.replace("{metres}", distance),
            reason_en=self.en.replace("{metres}", distance),
            as_of=as_of,
            chain=chain,
        )


class Assignment:
    """Gives tickets to workers, departments or queues."""

    def __init__(self, ground: Ground, owners: Owners, rules: Rules) -> None:
        self._units, self._owners, self._roles = ground.units, owners, rules.territory.roles
        self._finest = set(rules.territory.levels[:1])
        self._said: dict[tuple[int, int, str, str], Said] = {}
        self._outside = _waits_for_locating("outside", explain.NO_UNIT)

    def decide(
        self,
        edition: Edition,
        located: Located,
        held: Held,
        about: Sorted,
        as_of: npt.NDArray[np.int64],
        codes: Sequence[str | None],
    ) -> Decisions:
        """Decide on n tickets.

        Parameters
        ----------
        edition
            The units valid at the tickets' time.
        located, held, about
            What is known of their place, who holds it, and their matter.
        as_of
            Their own times as moments, shape (n,).
        codes
            Codes of their matters.
        """
        decisions = Decisions.blank(len(as_of))
        decisions.within_h, decisions.boundary_m = about.within_h, held.boundary_m
        decisions.queue.fill("")
        decisions.alternatives.fill("")
        self._to_units(decisions, edition, held, as_of, codes)
        for index in np.flatnonzero(held.unit < 0).tolist():
            why = _why_nobody(located, held, index)
            category = about.category[index]
            if category is not None:
                _to_department(decisions, index, "category", category, why)
                decisions.queue[index] = "locating"
            else:
                _to_locating_queue(decisions, index, held.rule[index], why)
            decisions.alternatives[index] = located.candidates[index]
        for index, specialist in enumerate(about.specialist.tolist()):
            if specialist is not None:
                _to_department(decisions, index, "specialist", specialist)
        for index in np.flatnonzero(located.by_words).tolist():
            _tell_words(decisions, index, located)
        for index in np.flatnonzero(~np.isnan(decisions.within_h)).tolist():
            zh, en = explain.emergency(decisions.within_h[index])
            decisions.reason_zh[index] = zh + decisions.reason_zh[index]
            decisions.reason_en[index] = en + decisions.reason_en[index]
        return decisions

    def say(self, edition: Edition, row: int, moment: int, matter_code: str) -> Said:
        """Say who answers at a moment for a ticket well inside one unit, or far from all (-1)."""
        if row < 0:
            return self._outside
        code = matter_code if self._owners.by_matter else ""
        key = (row, self._owners.epoch(moment), code, "territory")
        return self._remembered(edition, key, moment)

    def _remembered(self, edition: Edition, key: tuple[int, int, str, str], moment: int) -> Said:
        if key not in self._said:
            row, _epoch, matter, rule = key
            self._said[key] = self._say(edition, row, moment, matter, rule)
        return self._said[key]

    def _to_units(
        self,
        decisions: Decisions,
        edition: Edition,
        held: Held,
        as_of: npt.NDArray[np.int64],
        codes: Sequence[str | None],
    ) -> None:
        """Give tickets whose place a unit holds to whoever answers for it."""
        places = np.flatnonzero(held.unit >= 0)
        said = self._sayings(edition, held, as_of, codes, places)
        decisions.rule[places] = [one.rule for one in said]
        decisions.unit[places] = [one.unit for one in said]
        decisions.owner_unit[places] = [one.owner_unit for one in said]
        decisions.worker[places] = [one.worker for one in said]
        decisions.role[places] = [one.role for one in said]
        decisions.queue[places] = [one.queue for one in said]
        decisions.flagged[places] = [one.flagged for one in said]
        metres = [explain.metres(distance_m) for distance_m in held.boundary_m[places].tolist()]
        pairs = list(zip(said, metres, strict=True))
        decisions.reason_zh[places] = [one.zh.replace("{metres}", text) for one, text in pairs]
        decisions.reason_en[places] = [one.en.replace("{metres}", text) for one, text in pairs]
        for index, others in zip(places.tolist(), held.alternatives[places].tolist(), strict=True):
            if others:
                self._name_others(decisions, index, [self._units[other] for other in others])

    def _sayings(
        self,
        edition: Edition,
        held: Held,
        as_of: npt.NDArray[np.int64],
        codes: Sequence[str | None],
        places: npt.NDArray[np.int64],
    ) -> list[Said]:
        matters: Iterable[str] = repeat("", len(places))
        if self._owners.by_matter:
            matters = [codes[index] or "" for index in places.tolist()]
        moments = as_of[places]
        epochs = self._owners.epochs(moments).tolist()
        rows, rules = held.unit[places].tolist(), held.rule[places].tolist()
        keys = list(zip(rows, epochs, matters, rules, strict=True))
        first = dict(zip(reversed(keys), reversed(moments.tolist()), strict=True))
        for key, moment in first.items():
            self._remembered(edition, key, moment)
        return [self._said[key] for key in keys]

    def _say(self, edition: Edition, row: int, moment: int, code: str, rule: str) -> Said:
        """Look for somebody in the unit, then in the units above it."""
        unit = self._units[row]
        for place in (row, *edition.ancestors(row)):
            above = self._units[place]
            owner = self._owners.owner(above.scheme, above.code, moment, code, self._roles)
            if owner is not None:
                words = explain.owner_names(owner, above, moved_up=place != row)
                return self._saying(rule, unit, above, owner, "", words)
        if unit.scheme in self._owners.schemes:
            return self._saying(rule, unit, unit, None, "owner", explain.NOBODY)
        return self._saying(rule, unit, unit, None, "", explain.NO_DUTIES)

    def _saying(
        self,
        rule: str,
        unit: UnitRow,
        owner_unit: UnitRow,
        owner: Owner | None,
        queue: str,
        words: explain.Both,
    ) -> Said:
        zh, en = (
            f"{said.replace('{unit}', name)}{marks.between}{who}{marks.end}"
            for said, name, who, marks in zip(
                explain.RULES[rule], explain.unit_names(unit), words, explain.MARKS, strict=True
            )
        )
        return Said(
            rule=rule,
            unit=unit,
            owner_unit=owner_unit,
            worker=None if owner is None else owner.worker,
            role=None if owner is None else owner.role,
            queue=queue,
            flagged=rule in FLAGGED_RULES
            or owner_unit is not unit
            or bool(queue)
            or (rule == "named" and unit.level not in self._finest),
            zh=zh,
            en=en,
        )

    def _name_others(self, decisions: Decisions, index: int, others: list[UnitRow]) -> None:
        zh, en = explain.join(others)
        decisions.reason_zh[index] = decisions.reason_zh[index].replace("{others}", zh)
        decisions.reason_en[index] = decisions.reason_en[index].replace("{others}", en)
        decisions.alternatives[index] = " ".join(unit.code for unit in others)


def _to_department(
    decisions: Decisions,
    index: int,
    rule: str,
    department: Department,
    why: explain.Both = ("", ""),
) -> None:
    """Give it to a department; the unit that holds the place stays to be seen."""
    names = (department.name_zh, department.name_en)
    zh, en = (
        said.replace("{department}", name).replace("{problem}", because) + marks.end
        for said, name, because, marks in zip(
            explain.RULES[rule], names, why, explain.MARKS, strict=True
        )
    )
    decisions.rule[index], decisions.department[index] = rule, department.name_zh
    decisions.worker[index] = decisions.role[index] = decisions.owner_unit[index] = None
    decisions.queue[index] = ""
    decisions.flagged[index] = rule in FLAGGED_RULES
    decisions.reason_zh[index], decisions.reason_en[index] = zh, en


def _why_nobody(located: Located, held: Held, index: int) -> explain.Both:
    """Say why no unit holds a ticket's place: it is not known, or nobody's ground."""
    if held.rule[index] == "outside":
        return explain.NO_UNIT
    return explain.problem(located.problem[index], located.unusable[index])


def _to_locating_queue(decisions: Decisions, index: int, rule: str, why: explain.Both) -> None:
    said = _waits_for_locating(rule, why)
    decisions.reason_zh[index], decisions.reason_en[index] = said.zh, said.en
    decisions.rule[index], decisions.queue[index] = said.rule, said.queue
    decisions.flagged[index] = said.flagged


def _waits_for_locating(rule: str, why: explain.Both) -> Said:
    zh, en = (
        said.replace("{problem}", because) + marks.end
        for said, because, marks in zip(explain.RULES[rule], why, explain.MARKS, strict=True)
    )
    return Said(rule, None, None, None, None, "locating", flagged=True, zh=zh, en=en)


def _tell_words(decisions: Decisions, index: int, located: Located) -> None:
    """Say where the words of a ticket led; a coordinate that is wrong may mean another place."""
    rule, unusable = decisions.rule[index], located.unusable[index]
    zh, en = explain.words(
        unusable,
        located.method[index],
        located.label[index],
        located.confidence[index],
        to_unit=rule == "named",
    )
    decisions.reason_zh[index] = zh + decisions.reason_zh[index]
    decisions.reason_en[index] = en + decisions.reason_en[index]
    decisions.flagged[index] |= bool(unusable) and rule != "specialist"
