"""Schema versions: what a store has, what this program needs, and the way between."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.ddl.sqlite import SQLiteImpl
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import ProgrammingError

from gridmap.errors import StoreError
from gridmap.model import SRID
from gridmap.storage.geopackage import schema


class GeoPackageImpl(SQLiteImpl):
    """Alembic on the embedded store: its DDL is part of the transaction."""

    __dialect__ = schema.NAME
    transactional_ddl = True


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring a store to a revision in one transaction; two programs at once wait for each other."""
    embedded = engine.dialect.name == schema.NAME
    options = {"isolation_level": "IMMEDIATE"} if embedded else {}
    with engine.execution_options(**options).begin() as connection:
        if embedded:
            schema.initialise(connection, SRID)
        else:
            connection.execute(text("SELECT pg_advisory_xact_lock(47504247)"))
            _require_postgis(connection)
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def current(engine: Engine) -> str | None:
    """Tell the revision of a store; none when it holds no schema."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """Tell the revision that this program needs."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    assert revision is not None
    return revision


def known() -> set[str]:
    """Tell every revision that this program can bring up to date."""
    return {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def _require_postgis(connection: Connection) -> None:
    installed = "SELECT 1 FROM pg_extension WHERE extname = 'postgis'"
    if connection.execute(text(installed)).first():
        return
    database = connection.engine.url.database
    available = "SELECT 1 FROM pg_available_extensions WHERE name = 'postgis'"
    if not connection.execute(text(available)).first():
        message = (
            f"The server of database {database} has no PostGIS: install its package "
            "(Debian: postgresql-NN-postgis-3), then run `gridmap init` again."
        )
        raise StoreError(message)
    try:
        connection.execute(text("CREATE EXTENSION postgis"))
    except ProgrammingError as error:
        message = (
            f"This user may not create the extension postgis in database {database}: ask a "
            f"superuser to run `CREATE EXTENSION postgis` there, then run `gridmap init` again."
        )
        raise StoreError(message) from error
