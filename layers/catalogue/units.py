"""Units of one level, or of the level that fits the zoom, coloured by their open tickets."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
from sqlalchemy import Select
from sqlalchemy.orm import Session

from layers import signs
from layers.divisions import tree
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
from layers.tickets_asked import open_by_unit
from layers.tickets_held import HeldTickets
from layers.unit_rows import (
    ALSO,
    FIELDS,
    LEVEL,
    SCHEME,
    at_level,
    below,
    level_above,
    level_at,
    next_moment,
    settle_levels,
    zooms,
)
from layers.units import class_bounds, legend

RANKS = ("rank_0", "rank_1", "rank_2", "rank_3", "rank_4")
PAINTS = (
    Paint("fill", "units", ByState("rank", RANKS), to_zoom=14, opacity=0.66),
    Paint("fill", "units", ByState("rank", RANKS), from_zoom=15, opacity=0.5),
    Paint("line", "units", "unit_edge", width=((10, 0.4), (13, 0.8), (16, 1.4))),
    Paint("line", "above", "unit_above", width=((9, 1.0), (13, 2.2), (16, 3.0))),
    Paint("label", "units", "ink", text="label", size=12, rank=20),
    Paint("label", "above", "unit_above", text="name", size=14, bold=True, rank=30),
)


def _units(asked: Asked, zoom: int) -> Select[Any] | None:
    return at_level(asked, level_at(asked, zoom))


def _above(asked: Asked, zoom: int) -> Select[Any] | None:
    return at_level(asked, level_above(asked, zoom))


def _open_tickets(session: Session, held: HeldTickets | None, asked: Asked) -> State:
    """Count open tickets by unit, those of the units below included; rank them by level."""
    assert held is not None
    scheme = asked.values["scheme"]
    level_of = tree(session).level_of
    by_level: dict[str, dict[str, int]] = defaultdict(dict)
    for code, count in open_by_unit(held, session, asked, scheme).items():
        by_level[level_of[scheme, code]][code] = count
    told: dict[str, list[Any]] = {}
    entries: list[Entry] = []
    for level, from_zoom, to_zoom in zooms(asked):
        counts = by_level[level]
        bounds = class_bounds(list(counts.values()))
        ranks = np.searchsorted(bounds, list(counts.values()), side="right").tolist()
        told |= {code: [counts[code], rank] for code, rank in zip(counts, ranks, strict=True)}
        entries += _legend(bounds, from_zoom, to_zoom)
    return State(("open", "rank"), told, tuple(entries))


def _legend(bounds: list[int], from_zoom: int, to_zoom: int) -> list[Entry]:
    """Say which numbers each class holds."""
    classes = [
        Entry("fill", colour, (text, text), from_zoom=from_zoom, to_zoom=to_zoom)
        for colour, (_old, text) in zip(RANKS, legend(bounds), strict=False)
    ]
    return signs.shown(PAINTS, classes)


LAYER = MapLayer(
    key="units",
    name=("单元", "Units"),
    about=(
        "所选层级的单元，颜色按未结工单数",
        "The units of a level, coloured by their number of open tickets",
    ),
    source=Shapes(
        "units",
        (
            Part("units", _units, "coverage", label="label", also=ALSO),
            Part("above", _above, "coverage", label="name", also=ALSO),
        ),
        next_moment,
        below,
    ),
    fields=FIELDS,
    paints=PAINTS,
    label="label",
    page=Page("units.show", "code", "code", ("scheme",)),
    parameters=(LEVEL, SCHEME),
    settle=settle_levels,
    values=Values(
        ("tickets", "units"),
        _open_tickets,
        fields=(Field("open", ("未结工单", "Open tickets")),),
        needs_tickets=True,
        moment=next_moment,
    ),
    shown=True,
    rank=20,
)
