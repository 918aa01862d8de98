"""The store: where units, people, tickets and decisions are kept, in one of two back ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import Session

from gridmap.errors import StoreError
from gridmap.model import Revision
from gridmap.storage import migrate
from gridmap.storage.failures import explain
from gridmap.storage.geopackage.schema import NAME as GEOPACKAGE


class Store:
    """An open store.

    Attributes
    ----------
    url
        Where it is, without a password.
    backend
        `geopackage` or `postgis`.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.url = engine.url.render_as_string(hide_password=True)
        self.backend = "geopackage" if engine.dialect.name == GEOPACKAGE else "postgis"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session for one read; what it sees does not change while it is open."""
        with self._explained(), Session(self.engine) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a session for one change: committed whole at the end, or not at all.

        On the embedded store it waits for another writer at the beginning, so that it can not
        fail in the middle.
        """
        level = {"isolation_level": "IMMEDIATE"} if self.backend == "geopackage" else {}
        with (
            self._explained(),
            Session(self.engine.execution_options(**level)) as session,
            session.begin(),
        ):
            session.connection()
            yield session

    def organisation_version(self) -> int:
        """Tell the number that rises with every change of units, people, duties or absences."""
        with self.read() as session:
            query = select(Revision.value).where(Revision.subject == "organisation")
            return session.scalars(query).one()

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise explain(error, self.url) from error


def create_store(url: str) -> Store:
    """Make the schema of a store, or bring an older one up to date; nothing stored is lost.

    Raises
    ------
    StoreError
        When the store cannot be reached or a right is missing; the message says which.
    """
    store = Store(_engine(url))
    try:
        with store._explained():
            migrate.upgrade(store.engine)
    except BaseException:
        store.close()
        raise
    return store


def open_store(url: str) -> Store:
    """Open a store that exists.

    Raises
    ------
    StoreError
        When there is none, or its schema is older or newer than this program's.
    """
    engine = _engine(url)
    _require_file(engine.url)
    store = Store(engine)
    try:
        with store._explained():
            found = migrate.current(engine)
        _require_current(found, store.url)
    except BaseException:
        store.close()
        raise
    return store


def _engine(url: str) -> Engine:
    if url.endswith(".gpkg") and "://" not in url:
        url = f"geopackage:///{url}"
    try:
        parsed = sqlalchemy.make_url(url)
        if parsed.drivername in {"postgresql", "postgres"}:
            parsed = parsed.set(drivername="postgresql+psycopg")
        engine = create_engine(parsed, pool_pre_ping=parsed.get_backend_name() == "postgresql")
    except (ArgumentError, NoSuchModuleError, SQLAlchemyError, ValueError) as error:
        message = f"The database URL {url!r} cannot be used: write geopackage:///FILE.gpkg or postgresql://…"
        raise StoreError(message) from error
    if engine.dialect.name not in {GEOPACKAGE, "postgresql"}:
        message = f"{engine.dialect.name} is no store of gridmap: use geopackage:///FILE.gpkg or postgresql://…"
        raise StoreError(message)
    return engine


def _require_file(url: sqlalchemy.URL) -> None:
    if url.drivername == "geopackage" and not Path(url.database or "").is_file():
        message = f"There is no store {url.database}: make one with `gridmap init`."
        raise StoreError(message)


def _require_current(found: str | None, url: str) -> None:
    if found is None:
        message = f"{url} holds no gridmap schema: make it with `gridmap init`."
        raise StoreError(message)
    if found not in migrate.known():
        message = f"{url} was made by a newer gridmap (schema {found}): update this program."
        raise StoreError(message)
    if found != migrate.head():
        message = f"{url} has the older schema {found}: bring it up to date with `gridmap init`."
        raise StoreError(message)
