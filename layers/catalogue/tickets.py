"""Tickets: clusters from afar, single ones from near, with their state and kind of exception."""

from __future__ import annotations

from gridmap.routing.kinds import KINDS
from layers.layer import By, Entry, Field, MapLayer, Page, Paint, Points
from layers.tickets_asked import (
    EXCEPTION,
    MATTER,
    SINCE,
    STATE,
    UNIT,
    UNTIL,
    chosen,
    settle,
)
from layers.words import WORDS

FIELDS = (
    Field("number", ("工单号", "Number")),
    Field("status", ("状态", "State"), {state: WORDS[state] for state in ("open", "closed")}),
    Field("matter", ("事项", "Matter")),
    Field("unit", ("单元", "Unit")),
    Field("flagged", WORDS["flagged"], {"true": ("是", "Yes"), "false": ("否", "No")}),
    Field("exception", ("例外", "Exception"), {kind: WORDS[kind] for kind in KINDS}),
)
STATUS = By("status", {"open": "ticket_open", "closed": "ticket_closed"}, "ticket_closed")
CLUSTER = Paint("cluster", "clusters", "cluster", radius=14.0, outline="mark_edge", text="count")

LAYER = MapLayer(
    key="tickets",
    name=WORDS["tickets"],
    about=(
        "有位置的工单：未结的全部，已结的限最近366天",
        "Tickets that have a place: all open ones, closed ones of the last 366 days",
    ),
    audience="sight",
    source=Points(chosen),
    fields=FIELDS,
    paints=(
        CLUSTER,
        Paint("dot", "tickets", STATUS, radius=((13, 3.5), (17, 6.0)), outline="mark_edge"),
    ),
    legend=(
        Entry("dot", "ticket_open", WORDS["open"]),
        Entry("dot", "ticket_closed", WORDS["closed"]),
        Entry("cluster", "cluster", ("多个工单", "Several tickets")),
    ),
    label="number",
    page=Page("tickets.show", "ticket_id", "id"),
    parameters=(STATE, MATTER, SINCE, UNTIL, UNIT, EXCEPTION),
    settle=settle,
    rank=80,
)
