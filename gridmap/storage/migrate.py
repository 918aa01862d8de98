"""Schema versions: what a store has, what this program needs, and the way between."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.ddl.sqlite import SQLiteImpl
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import ProgrammingError

from gridmap.errors import StoreError
from gridmap.model import SRID
from gridmap.storage.address import shown
from gridmap.storage.geopackage import schema


class GeoPackageImpl(SQLiteImpl):
    """Alembic on the embedded store: its DDL is part of the transaction."""

    __dialect__ = schema.NAME
    transactional_ddl = True


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring a store to a revision in one transaction; two programs at once wait for each other.

    StoreError when its schema is newer than this program, or when PostGIS is missing there and
    cannot be had.
    """
    embedded = engine.dialect.name == schema.NAME
    options = {"isolation_level": "IMMEDIATE"} if embedded else {}
    with engine.execution_options(**options).begin() as connection:
        if not embedded:
            connection.execute(text("SELECT pg_advisory_xact_lock(47504247)"))
        require_known(_revision(connection), shown(engine.url))
        if embedded:
            schema.initialise(connection, SRID)
        else:
            _require_postgis(connection)
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def current(engine: Engine) -> str | None:
    """Tell the revision of a store; none when it holds no schema."""
    with engine.connect() as connection:
        return _revision(connection)


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """Tell the revision that this program needs."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    assert revision is not None
    return revision


def require_known(revision: str | None, url: str) -> None:
    """Raise StoreError for a revision that is none of this program's."""
    scripts = ScriptDirectory.from_config(_config()).walk_revisions()
    if revision is not None and revision not in {script.revision for script in scripts}:
        message = f"{url} was made by a newer gridmap (schema {revision}): update this program."
        raise StoreError(message)


def require_srid(engine: Engine, url: str) -> None:
    """Raise StoreError when a store was made for another CRS than the settings name."""
    table = (
        "SELECT srs_id FROM gpkg_geometry_columns WHERE table_name = 'units'"
        if engine.dialect.name == schema.NAME
        else "SELECT Find_SRID(current_schema()::text, 'units', 'geometry')"
    )
    with engine.connect() as connection:
        found = connection.scalar(text(table))
    if found != SRID:
        message = f"{url} holds EPSG:{found} and GRIDMAP_SRID is {SRID}: set it to {found}."
        raise StoreError(message)


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
        if not isinstance(error.orig, InsufficientPrivilege):
            raise
        message = (
            f"This user may not create the extension postgis in database {database}: ask a "
            f"superuser to run `CREATE EXTENSION postgis` there, then run `gridmap init` again."
        )
        raise StoreError(message) from error
