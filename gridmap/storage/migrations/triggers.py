"""Triggers that both stores carry: rising revisions, and a log that refuses change."""

from __future__ import annotations

from alembic import op

from gridmap.storage.geopackage.schema import NAME as GEOPACKAGE


def raise_revision(table: str, subject: str) -> None:
    """Let every change of a table raise the revision of a subject, whoever makes it."""
    op.execute(
        f"INSERT INTO revisions (subject, value) VALUES ('{subject}', 0) ON CONFLICT DO NOTHING"
    )
    raised = f"UPDATE revisions SET value = value + 1 WHERE subject = '{subject}'"
    if _embedded():
        for change in ("INSERT", "UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER revision_{table}_{change.lower()} AFTER {change} ON {table}"
                f" BEGIN {raised}; END"
            )
        return
    op.execute(
        f"CREATE OR REPLACE FUNCTION raise_revision_{subject}() RETURNS trigger LANGUAGE plpgsql"
        f" AS $$ BEGIN {raised}; RETURN NULL; END $$"
    )
    op.execute(
        f"CREATE TRIGGER revision_{table} AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION raise_revision_{subject}()"
    )


def keep_events() -> None:
    """Make the event log append-only in the store itself."""
    said = "the event log is append-only"
    if _embedded():
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER events_keep_{change.lower()} BEFORE {change} ON events"
                f" BEGIN SELECT RAISE(ABORT, '{said}'); END"
            )
        # INSERT OR REPLACE deletes without a word to the trigger on DELETE.
        op.execute(
            "CREATE TRIGGER events_keep_insert BEFORE INSERT ON events"
            " WHEN NEW.id IN (SELECT id FROM events)"
            f" BEGIN SELECT RAISE(ABORT, '{said}'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION keep_events() RETURNS trigger LANGUAGE plpgsql"
        f" AS $$ BEGIN RAISE EXCEPTION '{said}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER events_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON events"
        " FOR EACH STATEMENT EXECUTE FUNCTION keep_events()"
    )


def _embedded() -> bool:
    return op.get_context().dialect.name == GEOPACKAGE
