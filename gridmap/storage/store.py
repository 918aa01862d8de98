"""The store: where units, people, tickets and decisions are kept, in one of two back ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from gridmap.errors import StoreError
from gridmap.model import Revision
from gridmap.storage import changes, migrate
from gridmap.storage.address import engine_of, shown
from gridmap.storage.failures import ERRORS, explain
from gridmap.storage.geopackage import schema


class Store:
    """An open store; threads may share it.

    Attributes
    ----------
    url
        Where it is, without a password.
    backend
        `geopackage` or `postgis`.
    file
        The GeoPackage; None on PostGIS.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.url = shown(engine.url)
        embedded = engine.dialect.name == schema.NAME
        self.backend = "geopackage" if embedded else "postgis"
        self.file = Path(engine.url.database or "") if embedded else None
        snapshot = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._reading = engine.execution_options(**({} if embedded else snapshot))
        self._glancing = engine.execution_options(
            **({} if embedded else {"isolation_level": "AUTOCOMMIT"})
        )
        locked = {"isolation_level": "IMMEDIATE"}
        self._writing = engine.execution_options(**(locked if embedded else {}))

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session for one read; what it sees does not change while it is open.

        Its `info` says so, as `is_snapshot`, to whoever keeps what was made of it.
        """
        with self.explained(), Session(self._reading, info={"is_snapshot": True}) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a session for one change: committed whole at the end, or not at all.

        On the embedded store it waits for another writer at the beginning, so that it can not
        fail in the middle.
        """
        with self.explained(), Session(self._writing) as session, session.begin():
            session.connection()
            yield session

    def organisation_version(self) -> int:
        """Tell the number that rises with every change of units, people, duties or absences."""
        return self._version("organisation")

    def gazetteer_version(self) -> int:
        """Tell the number that rises with every change of what has a name on the ground.

        That is places, streets, aliases, corrections and units; it also rises with people and
        duties, which is no harm.
        """
        return self._version("organisation", "gazetteer")

    def _version(self, *subjects: str) -> int:
        with self.read() as session:
            query = select(func.sum(Revision.value)).where(Revision.subject.in_(subjects))
            return int(session.scalars(query).one())

    def news(self, session: Session, since: changes.Cursor | None) -> changes.News:
        """Tell what has changed since a cursor, as `gridmap.storage.changes.news` does."""
        return changes.news(session, since)

    def cursor(self) -> changes.Cursor:
        """Tell the cursor that news would have now, by the least that can be asked."""
        with self.explained(), self._glancing.connect() as connection:
            return changes.cursor_of(connection)

    def prune_changes(self, keep: timedelta = timedelta(days=1)) -> None:
        """Forget changes that are older; whoever has not looked since is told so."""
        with self.write() as session:
            changes.prune(session, datetime.now(UTC) - keep)

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Turn what a database raises within into a StoreError with one sentence."""
        try:
            yield
        except ERRORS as error:
            raise explain(error, self.url) from error


def create_store(url: str) -> Store:
    """Make the schema of a store, or bring an older one up to date; nothing stored is lost.

    Raises
    ------
    StoreError
        When the store cannot be reached or a right is missing; the message says which.
    """
    store = Store(engine_of(url))
    with _closed_on_error(store):
        migrate.upgrade(store.engine)
        _prepare(store)
    return store


def open_store(url: str) -> Store:
    """Open a store that exists.

    Raises
    ------
    StoreError
        When there is none, or its schema or CRS is not this program's.
    """
    store = Store(engine_of(url))
    with _closed_on_error(store):
        _require_file(store)
        _require_current(migrate.current(store.engine), store.url)
        _prepare(store)
    return store


@contextmanager
def _closed_on_error(store: Store) -> Iterator[None]:
    try:
        with store.explained():
            yield
    except BaseException:
        store.close()
        raise


def _prepare(store: Store) -> None:
    """See to what does not belong to the schema."""
    migrate.require_srid(store.engine, store.url)
    if store.backend == "geopackage":
        schema.write_ahead(store.engine)


def _require_file(store: Store) -> None:
    if store.file is not None and not store.file.is_file():
        message = f"There is no store {store.file}: make one with `gridmap init`."
        raise StoreError(message)


def _require_current(found: str | None, url: str) -> None:
    if found is None:
        message = f"{url} holds no gridmap schema: make it with `gridmap init`."
        raise StoreError(message)
    migrate.require_known(found, url)
    if found != migrate.head():
        message = f"{url} has the older schema {found}: bring it up to date with `gridmap init`."
        raise StoreError(message)
