"""Duties: who answers for each unit now, in which role, and where a substitute does or nobody."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from gridmap.model import ROLES, Person
from gridmap.moments import to_moment
from gridmap.routing.owners import Owner, Owners
from layers.divisions import seen_rows, tree
from layers.kept import kept
from layers.layer import (
    Asked,
    ByState,
    Entry,
    Field,
    MapLayer,
    Page,
    Paint,
    Part,
    Shapes,
    State,
    Values,
)
from layers.site_rules import site_rules
from layers.tickets_held import HeldTickets
from layers.unit_rows import (
    ALSO,
    FIELDS,
    LEVEL,
    SCHEME,
    at_level,
    below,
    level_at,
    next_moment,
    next_on_duty,
    settle_levels,
    zooms,
)
from layers.words import WORDS

#: By the number `on_duty` of a unit's state; a unit without state has nobody.
COLOURS = ("duty_nobody", "duty_present", "duty_substitute")
NOBODY, PRESENT, SUBSTITUTE = range(3)


def _units(asked: Asked, zoom: int) -> Select[Any] | None:
    return at_level(asked, level_at(asked, zoom))


def _answering(session: Session, held: HeldTickets | None, asked: Asked) -> State:
    """Tell of every unit that has somebody who answers; telephones only in sight."""
    known = kept(session, "organisation")
    owners = known.once("owners", lambda: Owners.from_session(session))
    phones = known.once("phones", lambda: _phones(session))
    scheme, moment = asked.values["scheme"], to_moment(asked.now)
    roles = list(dict.fromkeys([*site_rules(asked).territory.roles, *ROLES]))
    told: dict[str, list[Any]] = {}
    for code, is_seen in _codes(session, asked):
        owner = owners.owner(scheme, code, moment, "", roles)  # whatever it is about
        if owner is not None:
            told[code] = _told(owner, phones.get(owner.worker.id) if is_seen else None)
    return State(("on_duty", "answers", "role", "stands_in_for", "phone"), told)


def _told(owner: Owner, phone: str | None) -> list[Any]:
    absent = owner.substitute_for
    return [
        PRESENT if absent is None else SUBSTITUTE,
        owner.worker.name,
        owner.role,
        None if absent is None else absent.name,
        phone,
    ]


def _codes(session: Session, asked: Asked) -> list[tuple[str, bool]]:
    """Return the units of the scheme at the levels drawn, and whether they are in sight."""
    units = tree(session)
    levels = {level for level, _from_zoom, _to_zoom in zooms(asked)}
    seen = seen_rows(session, asked.sight, asked.now)
    found: dict[str, bool] = {}
    for place, ((scheme, code, _above), level) in enumerate(
        zip(units.rows, units.levels, strict=True)
    ):
        if scheme == asked.values["scheme"] and level in levels:
            found[code] = seen is None or bool(seen[place])
    return list(found.items())


def _phones(session: Session) -> dict[int, str | None]:
    return dict(session.execute(select(Person.id, Person.phone)).all())


LAYER = MapLayer(
    key="duties",
    name=("职责", "Duties"),
    about=(
        "各单元此刻由谁负责，谁在代岗，哪里无人",
        "Who answers for each unit now, where a substitute does, and where nobody",
    ),
    source=Shapes(
        "units", (Part("units", _units, "coverage", label="label", also=ALSO),), next_moment, below
    ),
    fields=FIELDS,
    paints=(
        Paint("fill", "units", ByState("on_duty", COLOURS), opacity=0.55),
        Paint("line", "units", "unit_edge", width=((10, 0.4), (13, 0.8), (16, 1.4))),
        Paint("label", "units", "ink", text="label", size=12, rank=20),
    ),
    legend=(
        Entry("fill", "duty_present", ("在岗", "On duty")),
        Entry("fill", "duty_substitute", ("代岗", "A substitute")),
        Entry("fill", "duty_nobody", WORDS["nobody"]),
    ),
    label="label",
    page=Page("units.show", "code", "code", ("scheme",)),
    parameters=(LEVEL, SCHEME),
    settle=settle_levels,
    values=Values(
        ("duties", "people", "absences", "units"),
        _answering,
        fields=(
            Field("answers", WORDS["worker"]),
            Field("role", ("角色", "Role"), ROLES),
            Field("stands_in_for", ("代替", "Stands in for")),
            Field("phone", ("电话", "Telephone")),
        ),
        moment=next_on_duty,
    ),
    rank=22,
)
