"""Triggers that log every change of what a map shows, whoever makes it."""

from __future__ import annotations

from importlib import resources
from string import Template

from alembic import op

from gridmap.storage.geopackage.schema import NAME as GEOPACKAGE

#: Tables whose rows are logged under their own ids, and whether they have a geometry.
TABLES = {
    "units": True,
    "seats": True,
    "people": False,
    "duties": False,
    "absences": False,
    "places": True,
    "streets": True,
    "circles": True,
    "bays": True,
    "sheds": True,
}

_COLUMNS = "table_name, row_id, last_row_id, unit_id, west, south, east, north, at"
#: Keys that INSERT OR REPLACE may meet besides the id.
_KEYS = {
    "units": ("scheme", "code", "valid_from"),
    "seats": ("unit_id",),
    "people": ("code",),
    "tickets": ("source", "number"),
}
_NO_BOX = "NULL, NULL, NULL, NULL"


def log_changes() -> None:
    """Let triggers log the changes of all tables in the table `changes`."""
    embedded = op.get_context().dialect.name == GEOPACKAGE
    if not embedded:
        return
    for table, has_geometry in TABLES.items():
        _log_embedded(table, _own_rows(table, has_geometry=has_geometry))
    _log_embedded("tickets", _ticket_rows())
    _log_embedded("decisions", _decision_rows())


def _log_embedded(table: str, rows: dict[str, str]) -> None:
    keys = " AND ".join(f"stored.{key} = NEW.{key}" for key in _KEYS.get(table, ()))
    words = rows | {
        "table": table,
        "columns": _COLUMNS,
        "same_key": f" OR ({keys})" if keys else "",
    }
    for statement in _statements("changes_embedded.sql"):
        op.execute(Template(statement).substitute(words))


def _statements(name: str) -> list[str]:
    content = resources.files(__package__).joinpath(name).read_text("utf-8")
    return [statement.strip() for statement in content.split("\n--\n")]


def _own_rows(table: str, *, has_geometry: bool) -> dict[str, str]:
    """Select what to log of rows: those that come and go, and those that are stored."""
    found = {
        key: _row(table, f"{name}.id", "NULL", _box(name) if has_geometry else _NO_BOX)
        for key, name in (("new", "NEW"), ("old", "OLD"))
    }
    box = "box.minx, box.miny, box.maxx, box.maxy" if has_geometry else _NO_BOX
    stored = f'{_row(table, "stored.id", "NULL", box)} FROM "{table}" AS stored'
    return found | {"stored": stored + (_kept_box(table) if has_geometry else "")}


def _ticket_rows() -> dict[str, str]:
    """Select the same of tickets, with the unit of the current decision."""
    found = {
        key: _row("tickets", f"{name}.id", _unit(f"{name}.id"), _box(name))
        for key, name in (("new", "NEW"), ("old", "OLD"))
    }
    box = "box.minx, box.miny, box.maxx, box.maxy"
    stored = _row("tickets", "stored.id", _unit("stored.id"), box)
    return found | {"stored": f"{stored} FROM tickets AS stored{_kept_box('tickets')}"}


def _decision_rows() -> dict[str, str]:
    """Select the same of decisions, as a change of the ticket where it is."""
    box = "box.minx, box.miny, box.maxx, box.maxy"
    rows = {}
    for key, name in (("new", "NEW"), ("old", "OLD"), ("stored", "stored")):
        source = "decisions AS stored" if name == "stored" else "(SELECT 1)"
        rows[key] = (
            f"{_row('tickets', f'{name}.ticket_id', f'{name}.unit_id', box)} FROM {source}"
            f" LEFT JOIN rtree_tickets_geometry AS box ON box.id = {name}.ticket_id"
        )
    return rows


def _row(table: str, row: str, unit: str, box: str) -> str:
    now = "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')"
    return f"SELECT '{table}', {row}, {row}, {unit}, {box}, {now}"


def _box(row: str) -> str:
    return ", ".join(f"ST_{side}({row}.geometry)" for side in ("MinX", "MinY", "MaxX", "MaxY"))


def _kept_box(table: str) -> str:
    """Join the box of the R*Tree; a DELETE that asks for no function is open to any program."""
    return f" LEFT JOIN rtree_{table}_geometry AS box ON box.id = stored.id"


def _unit(ticket: str) -> str:
    return (
        f"(SELECT unit_id FROM decisions WHERE ticket_id = {ticket} AND is_current"
        " ORDER BY id DESC LIMIT 1)"
    )
