"""Who gets each ticket, once its place and matter are known, and in which words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from gridmap.locating import Located
from gridmap.routing import explain
from gridmap.routing.decision import Decisions
from gridmap.routing.ground import Edition, Ground, UnitRow
from gridmap.routing.matters import Sorted
from gridmap.routing.owners import Owner, Owners
from gridmap.routing.rules import Department, Rules
from gridmap.routing.territory import Held

#: Rules whose decision somebody should look at before relying on it.
FLAGGED_RULES = {"boundary", "nearest", "backstop", "category", "unlocated", "outside"}


@dataclass(frozen=True)
class _Responsible:
    """Who answers for a unit during an epoch: found once, used for every ticket there."""

    unit: UnitRow
    owner: Owner | None
    owner_unit: UnitRow
    moved_up: bool
    queue: str
    words: explain.Both
    sentences: dict[str, explain.Both] = field(default_factory=dict)

    def sentence(self, rule: str) -> explain.Both:
        """Give the sentence of a rule with all but the distance and the neighbours filled in."""
        if rule not in self.sentences:
            pairs = zip(
                explain.RULES[rule],
                explain.unit_names(self.unit),
                self.words,
                explain.MARKS,
                strict=True,
            )
            zh, en = (
                f"{said.replace('{unit}', unit)}{marks.between}{words}{marks.end}"
                for said, unit, words, marks in pairs
            )
            self.sentences[rule] = zh, en
        return self.sentences[rule]


class Assignment:
    """Gives tickets to workers, departments or queues."""

    def __init__(self, ground: Ground, owners: Owners, rules: Rules) -> None:
        self._units, self._owners, self._roles = ground.units, owners, rules.territory.roles
        self._finest = set(rules.territory.levels[:1])
        self._found: dict[tuple[int, int, str], _Responsible] = {}

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
        epochs = self._owners.epochs(as_of).tolist()
        moments = as_of.tolist()
        for index, row in enumerate(held.unit.tolist()):
            specialist, category = about.specialist[index], about.category[index]
            if row >= 0:
                code = (codes[index] or "") if self._owners.by_matter else ""
                key = (row, epochs[index], code)
                responsible = self._found.get(key)
                if responsible is None:
                    responsible = self._find(edition, row, moments[index], code)
                    self._found[key] = responsible
                self._to_unit(decisions, index, held, responsible)
            elif category is not None:
                self._to_department(decisions, index, located, "category", category)
                decisions.queue[index] = "locating"
            else:
                self._to_locating_queue(decisions, index, located, held.rule[index])
            if specialist is not None:
                self._to_department(decisions, index, located, "specialist", specialist)
        for index in np.flatnonzero(~np.isnan(decisions.within_h)).tolist():
            zh, en = explain.emergency(decisions.within_h[index])
            decisions.reason_zh[index] = zh + decisions.reason_zh[index]
            decisions.reason_en[index] = en + decisions.reason_en[index]
        return decisions

    def _find(self, edition: Edition, row: int, moment: int, code: str) -> _Responsible:
        """Look for somebody in the unit, then in the units above it."""
        unit = self._units[row]
        for place in (row, *edition.ancestors(row)):
            above = self._units[place]
            owner = self._owners.owner(above.scheme, above.code, moment, code, self._roles)
            if owner is not None:
                words = explain.owner_names(owner, above, moved_up=place != row)
                return _Responsible(unit, owner, above, place != row, "", words)
        if unit.scheme in self._owners.schemes:
            return _Responsible(unit, None, unit, False, "owner", explain.NOBODY)
        return _Responsible(unit, None, unit, False, "", explain.NO_DUTIES)

    def _to_unit(
        self, decisions: Decisions, index: int, held: Held, responsible: _Responsible
    ) -> None:
        rule = held.rule[index]
        zh, en = responsible.sentence(rule)
        distance = explain.metres(held.boundary_m[index])
        zh, en = zh.replace("{metres}", distance), en.replace("{metres}", distance)
        others = held.alternatives[index]
        if others:
            units = [self._units[other] for other in others]
            others_zh, others_en = explain.join(units)
            zh, en = zh.replace("{others}", others_zh), en.replace("{others}", others_en)
            decisions.alternatives[index] = " ".join(unit.code for unit in units)
        decisions.rule[index] = rule
        decisions.unit[index], decisions.owner_unit[index] = (
            responsible.unit,
            responsible.owner_unit,
        )
        if responsible.owner is not None:
            decisions.worker[index] = responsible.owner.worker
            decisions.role[index] = responsible.owner.role
        decisions.queue[index] = responsible.queue
        decisions.flagged[index] = (
            rule in FLAGGED_RULES
            or responsible.moved_up
            or bool(responsible.queue)
            or (rule == "named" and responsible.unit.level not in self._finest)
        )
        decisions.reason_zh[index], decisions.reason_en[index] = zh, en

    def _to_department(
        self,
        decisions: Decisions,
        index: int,
        located: Located,
        rule: str,
        department: Department,
    ) -> None:
        """Give it to a department; the unit that holds the place stays to be seen."""
        problem = explain.problem(located.problem[index] or "outside")
        names = (department.name_zh, department.name_en)
        zh, en = (
            said.replace("{department}", name).replace("{problem}", why) + marks.end
            for said, name, why, marks in zip(
                explain.RULES[rule], names, problem, explain.MARKS, strict=True
            )
        )
        decisions.rule[index], decisions.department[index] = rule, department.name_zh
        decisions.worker[index] = decisions.role[index] = decisions.owner_unit[index] = None
        decisions.queue[index] = ""
        decisions.flagged[index] = rule in FLAGGED_RULES
        decisions.reason_zh[index], decisions.reason_en[index] = zh, en

    def _to_locating_queue(
        self, decisions: Decisions, index: int, located: Located, rule: str
    ) -> None:
        problem = explain.problem(located.problem[index] or "outside")
        decisions.reason_zh[index], decisions.reason_en[index] = (
            said.replace("{problem}", why) + marks.end
            for said, why, marks in zip(explain.RULES[rule], problem, explain.MARKS, strict=True)
        )
        decisions.rule[index], decisions.queue[index] = rule, "locating"
        decisions.alternatives[index] = located.candidates[index]
        decisions.flagged[index] = True
