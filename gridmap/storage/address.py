"""Where a store is: the forms of its URL, an engine for it, and how it is shown to people."""

from __future__ import annotations

from typing import Any

import sqlalchemy
from sqlalchemy import URL, Engine, create_engine
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from gridmap.errors import StoreError
from gridmap.storage import connections
from gridmap.storage.geopackage.schema import NAME as GEOPACKAGE

#: How long a server may be silent before it counts as down, in seconds.
CONNECT_TIMEOUT_S = 5

_FORMS = "write geopackage:///FILE.gpkg or postgresql://USER@HOST/DATABASE"
_SECRETS = ("password", "sslpassword")


def engine_of(address: str) -> Engine:
    """Make an engine for a URL or for the path of a .gpkg file; nothing is opened yet.

    StoreError when it is neither or names no database.
    """
    url = _parse(address)
    options: dict[str, Any] = {}
    embedded = url.get_backend_name() != "postgresql"
    if not embedded and "connect_timeout" not in url.query:
        options["connect_args"] = {"connect_timeout": CONNECT_TIMEOUT_S}
    try:
        engine = create_engine(url, **options)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        message = f"{url.drivername} is no kind of store: {_FORMS}."
        raise StoreError(message) from error
    if engine.dialect.name not in {GEOPACKAGE, "postgresql"}:
        message = f"{url.drivername} is no kind of store: {_FORMS}."
        raise StoreError(message)
    if not url.database or url.database == ":memory:":
        message = f"The URL {shown(url)} names no database: {_FORMS}."
        raise StoreError(message)
    if not embedded:
        connections.prepare(engine)
    return engine


def shown(url: URL) -> str:
    """Write a URL for people to read: a path as it is, no password."""
    if url.drivername == "geopackage":
        return f"geopackage:///{url.database or ''}"
    return url.difference_update_query(_SECRETS).render_as_string(hide_password=True)


def _parse(address: str) -> URL:
    if "://" not in address and address.lower().endswith(".gpkg"):
        return URL.create("geopackage", database=address)
    try:
        url = sqlalchemy.make_url(address)
    except (ArgumentError, ValueError) as error:
        # What precedes the last @ or follows ? may hold a password.
        readable = address.rpartition("@")[2].partition("?")[0]
        message = f"The database URL {readable!r} cannot be read: {_FORMS}."
        raise StoreError(message) from error
    if url.drivername in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+psycopg")
    return url
