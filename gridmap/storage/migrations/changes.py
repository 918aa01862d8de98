"""Triggers that log every change of what a map shows, whoever makes it."""

from __future__ import annotations

from alembic import op

from gridmap.storage.geopackage.schema import NAME as GEOPACKAGE
from gridmap.storage.migrations import changes_embedded, changes_postgis

#: Tables whose rows are logged under their own ids, and whether they have a geometry.
OWN = {
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


def log_changes() -> None:
    """Let triggers log the changes of what a map shows in the table `changes`."""
    embedded = op.get_context().dialect.name == GEOPACKAGE
    store = changes_embedded if embedded else changes_postgis
    for table, has_geometry in OWN.items():
        store.log_own(table, has_geometry=has_geometry)
    store.log_tickets()
    store.log_decisions()
