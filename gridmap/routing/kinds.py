"""The kinds of exception: which decisions a person should look at, as conditions for a query."""

from __future__ import annotations

from sqlalchemy import ColumnElement, case

from gridmap.model import Decision

#: In the order in which a ticket is counted: each is one kind only.
KINDS: dict[str, ColumnElement[bool]] = {
    "unlocated": Decision.rule.in_(("unlocated", "outside", "category")),
    "no_owner": Decision.queue == "owner",
    "gap": Decision.rule.in_(("nearest", "backstop")),
    "boundary": Decision.rule == "boundary",
}

#: The kind of a ticket with its current decision, or none.
kind_column = case(*((condition, name) for name, condition in KINDS.items()), else_=None)
