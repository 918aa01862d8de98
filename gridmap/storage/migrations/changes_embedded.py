"""Triggers of the embedded store that log changes.

They ask for no function that the R*Tree's own triggers do not ask for, and none where those ask
for none: whoever may write a table without gridmap's functions still may.
"""

from __future__ import annotations

from importlib import resources
from string import Template

from alembic import op

_COLUMNS = "table_name, row_id, last_row_id, unit_id, west, south, east, north, at"
_NOW = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"
_NO_BOX = "NULL, NULL, NULL, NULL"
_KEPT_BOX = "box.minx, box.miny, box.maxx, box.maxy"
#: Keys that INSERT OR REPLACE may meet besides the id.
_KEYS = {
    "units": ("scheme", "code", "valid_from"),
    "seats": ("unit_id",),
    "people": ("code",),
    "tickets": ("source", "number"),
}


def log_own(table: str, *, has_geometry: bool) -> None:
    """Log the rows of a table under their own ids."""
    if not has_geometry:
        _create(
            table,
            new=_row(table, "NEW.id", "NULL", _NO_BOX),
            old=_row(table, "OLD.id", "NULL", _NO_BOX),
            stored=f"{_row(table, 'stored.id', 'NULL', _NO_BOX)} FROM {table} AS stored",
        )
        return
    _create(
        table,
        new=_row(table, "NEW.id", "NULL", _box("NEW")),
        old=_row(table, "OLD.id", "NULL", _box("OLD")),
        stored=f"{_row(table, 'stored.id', 'NULL', _KEPT_BOX)} FROM {_with_box(table)}",
    )


def log_tickets() -> None:
    """Log tickets with the unit of their current decision."""
    _create(
        "tickets",
        new=_row("tickets", "NEW.id", _unit("NEW.id"), _box("NEW")),
        old=_row("tickets", "OLD.id", _unit("OLD.id"), _box("OLD")),
        stored=(
            f"{_row('tickets', 'stored.id', _unit('stored.id'), _KEPT_BOX)}"
            f" FROM {_with_box('tickets')}"
        ),
    )


def log_decisions() -> None:
    """Log decisions as changes of their tickets, with their own units: those that are current."""
    rows = {
        key: (
            f"{_row('tickets', f'{name}.ticket_id', f'{name}.unit_id', _KEPT_BOX)} FROM {source}"
            f" LEFT JOIN rtree_tickets_geometry AS box ON box.id = {name}.ticket_id"
        )
        for key, name, source in (
            ("new", "NEW", "(SELECT 1 WHERE NEW.is_current)"),
            ("old", "OLD", "(SELECT 1 WHERE OLD.is_current)"),
            ("stored", "stored", "(SELECT * FROM decisions WHERE is_current) AS stored"),
        )
    }
    _create("decisions", **rows)


def _create(table: str, *, new: str, old: str, stored: str) -> None:
    """Create the triggers, given what to log of rows that come, go, or are stored."""
    keys = " AND ".join(f"stored.{key} = NEW.{key}" for key in _KEYS.get(table, ()))
    words = {
        "table": table,
        "columns": _COLUMNS,
        "new": new,
        "old": old,
        "stored": stored,
        "same_key": f" OR ({keys})" if keys else "",
    }
    content = resources.files(__package__).joinpath("changes_embedded.sql").read_text("utf-8")
    for statement in content.split("\n--\n"):
        op.execute(Template(statement).substitute(words))


def _row(table: str, row: str, unit: str, box: str) -> str:
    return f"SELECT '{table}', {row}, {row}, {unit}, {box}, {_NOW}"


def _box(row: str) -> str:
    return ", ".join(f"ST_{side}({row}.geometry)" for side in ("MinX", "MinY", "MaxX", "MaxY"))


def _with_box(table: str) -> str:
    """Join the box that the R*Tree holds: rounded outwards by about a metre, and no function."""
    return f"{table} AS stored LEFT JOIN rtree_{table}_geometry AS box ON box.id = stored.id"


def _unit(ticket: str) -> str:
    return (
        f"(SELECT unit_id FROM decisions WHERE ticket_id = {ticket} AND is_current"
        " ORDER BY id DESC LIMIT 1)"
    )
