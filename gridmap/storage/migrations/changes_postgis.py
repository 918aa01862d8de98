"""Triggers of PostGIS that log changes, a statement at a time, and notify who listens."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from string import Template

from alembic import op

#: Whom the triggers notify.
CHANNEL = "gridmap_changes"
#: A statement that touches more rows logs their range.
SINGLY = 1_000

_TRANSITIONS = {
    "INSERT": ("REFERENCING NEW TABLE AS new_rows", "new_rows", "new_rows"),
    "UPDATE": (
        "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
        "new_rows",
        "(SELECT * FROM old_rows UNION ALL SELECT * FROM new_rows)",
    ),
    "DELETE": ("REFERENCING OLD TABLE AS old_rows", "old_rows", "old_rows"),
}
_ANYWHERE = "'BOX3D(-180 -90, 180 90)'::box3d"


@dataclass(frozen=True)
class _Logged:
    """What to log of a table, as selections from the rows touched: each row, or their range."""

    table: str
    subject: str
    each: str
    range: str


def log_own(table: str, *, has_geometry: bool) -> None:
    """Log the rows of a table under their own ids."""
    box = "geometry::box3d" if has_geometry else "NULL::box3d"
    extent = "ST_Extent(geometry)::box3d" if has_geometry else "NULL::box3d"
    logged = _Logged(
        table,
        table,
        f"SELECT id AS row_id, NULL::bigint AS unit_id, {box} AS box FROM ${{touched}} AS touched",
        f"SELECT min(id) AS first, max(id) AS last, {extent} AS box FROM ${{touched}} AS touched",
    )
    _log_statements(logged, "INSERT", "UPDATE", "DELETE")
    _log_truncation(logged)


def log_tickets() -> None:
    """Log tickets with the unit of their current decision.

    Those that are deleted are logged one by one beforehand: afterwards their decisions are gone.
    """
    unit = (
        "(SELECT unit_id FROM decisions WHERE ticket_id = touched.id AND is_current"
        " ORDER BY id DESC LIMIT 1)"
    )
    logged = _Logged(
        "tickets",
        "tickets",
        f"SELECT id AS row_id, {unit} AS unit_id, geometry::box3d AS box"
        " FROM ${touched} AS touched",
        "SELECT min(id) AS first, max(id) AS last, ST_Extent(geometry)::box3d AS box"
        " FROM ${touched} AS touched",
    )
    _log_statements(logged, "INSERT", "UPDATE")
    _create(
        logged,
        "DELETE",
        many="false",
        touched="(SELECT OLD.id, OLD.geometry)",
        moment="BEFORE",
        scope="ROW",
        answer="OLD",
    )
    _log_truncation(logged)


def log_decisions() -> None:
    """Log decisions as changes of their tickets, with their own units: those that are current.

    Those of a ticket that is gone are not logged: the ticket itself was.
    """
    logged = _Logged(
        "decisions",
        "tickets",
        "SELECT tickets.id AS row_id, touched.unit_id, tickets.geometry::box3d AS box"
        " FROM ${touched} AS touched JOIN tickets ON tickets.id = touched.ticket_id"
        " WHERE touched.is_current",
        f"SELECT min(ticket_id) AS first, max(ticket_id) AS last, {_ANYWHERE} AS box"
        " FROM ${touched} AS touched",
    )
    _log_statements(logged, "INSERT", "UPDATE", "DELETE")
    _log_truncation(logged)


def _log_statements(logged: _Logged, *events: str) -> None:
    for event in events:
        transition, counted, touched = _TRANSITIONS[event]
        _create(
            logged,
            event,
            many=f"(SELECT count(*) FROM {counted}) > {SINGLY}",
            touched=touched,
            transition=transition,
        )


def _log_truncation(logged: _Logged) -> None:
    _create(logged, "TRUNCATE", many="true", touched=logged.table, moment="BEFORE")


def _create(
    logged: _Logged,
    event: str,
    *,
    many: str,
    touched: str,
    transition: str = "",
    moment: str = "AFTER",
    scope: str = "STATEMENT",
    answer: str = "NULL",
) -> None:
    words = {
        "table": logged.table,
        "subject": logged.subject,
        "event": event.lower(),
        "each": Template(logged.each).substitute(touched=touched),
        "range": Template(logged.range).substitute(touched=touched),
        "many": many,
        "transition": transition,
        "moment": moment,
        "scope": scope,
        "answer": answer,
        "channel": CHANNEL,
    }
    content = resources.files(__package__).joinpath("changes_postgis.sql").read_text("utf-8")
    for statement in content.split("\n--\n"):
        op.execute(Template(statement).substitute(words))
