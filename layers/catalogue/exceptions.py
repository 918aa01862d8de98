"""Exceptions: what a person should look at, by kind; from afar gathered as tickets are.

Of tickets that wait for somebody to locate them those are here that have a place, outside of the
area served; a page lists the others.
"""

from __future__ import annotations

from dataclasses import replace

from layers.catalogue.tickets import CLUSTER, FIELDS
from layers.layer import Entry, MapLayer, Page, Paint, Points
from layers.tickets_asked import EXCEPTION, MATTER, SINCE, STATE, UNIT, UNTIL, chosen, settle
from layers.words import WORDS

#: Number of corners of each kind (0 is a circle), so that colour is not all that tells.
CORNERS = {"boundary": 4, "gap": 3, "no_owner": 0, "unlocated": 6}

LAYER = MapLayer(
    key="exceptions",
    name=WORDS["exceptions"],
    about=(
        "需要人工查看的工单：压边界、落空隙、无责任人、辖区外",
        "Tickets to be looked at: on a boundary, in a gap, without an owner, outside the area",
    ),
    audience="sight",
    source=Points(chosen, single_from=13, aside=0.7),
    fields=FIELDS,
    paints=(
        replace(CLUSTER, colour="exception_cluster"),
        *(
            Paint(
                "dot",
                "tickets",
                kind,
                where={"exception": (kind,)},
                radius=((13, 4.5), (17, 7.5)),
                corners=corners,
                outline="mark_edge",
            )
            for kind, corners in CORNERS.items()
        ),
    ),
    legend=(
        *(Entry("dot", kind, WORDS[kind], corners) for kind, corners in CORNERS.items()),
        Entry("cluster", "exception_cluster", ("多个例外", "Several exceptions")),
    ),
    label="number",
    page=Page("tickets.show", "ticket_id", "id"),
    parameters=(replace(EXCEPTION, default="any"), STATE, MATTER, SINCE, UNTIL, UNIT),
    settle=settle,
    rank=85,
)
