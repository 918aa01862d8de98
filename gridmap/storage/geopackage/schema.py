"""What makes a SQLite file a GeoPackage: its own tables, and the registration of ours.

Source: OGC 12-128r18, annex C (table definitions) and annex F.3 (R*Tree spatial indexes). The
trigger set is that of GeoPackage 1.4, which also holds for upserts.
"""

from __future__ import annotations

import sqlite3
import time
from importlib import resources
from string import Template
from typing import Any

from geoalchemy2 import Geometry
from pyproj import CRS
from sqlalchemy import Column, Connection, Engine, Integer, Table, event, text

NAME = "embedded_geopackage"

#: How long a change of the journal's mode is tried while others use the file.
MODE_TIMEOUT_S = 30.0

#: "GPKG" in ASCII, and version 1.4 of the standard, as the header of the file says them.
APPLICATION_ID, USER_VERSION = 0x47504B47, 10400


def sql_of(name: str) -> list[str]:
    """Read the statements of a .sql file of this package, split at lines that hold only `--`."""
    content = resources.files(__package__).joinpath(name).read_text("utf-8")
    return [statement.strip() for statement in content.split("\n--\n")]


def initialise(connection: Connection, srid: int) -> None:
    """Make the file a GeoPackage, with the tables that the standard asks for; what exists stays."""
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version = {USER_VERSION}")
    for statement in sql_of("base.sql"):
        connection.exec_driver_sql(statement)
    crs = CRS.from_epsg(srid)
    connection.execute(
        text(
            "INSERT OR IGNORE INTO gpkg_spatial_ref_sys VALUES"
            " (:name, :srid, 'EPSG', :srid, :definition, NULL)"
        ),
        {"name": crs.name, "srid": srid, "definition": crs.to_wkt("WKT1_GDAL")},
    )


def write_ahead(engine: Engine) -> None:
    """Let readers go on while somebody writes; the file remembers it for every program.

    SQLite does not wait for others when it changes the mode, however long it may wait elsewhere.
    """
    deadline_s = time.monotonic() + MODE_TIMEOUT_S
    connection: Any = engine.raw_connection()
    try:
        while True:
            try:
                connection.driver_connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline_s:
                    raise
                time.sleep(0.05)
            else:
                return
    finally:
        connection.close()


def geometry_column(table: Table) -> Any:
    """Find the geometry column of a table, or none; the standard allows one at most."""
    columns: list[Any] = [column for column in table.columns if isinstance(column.type, Geometry)]
    return columns[0] if columns else None


def rtree_name(table: Table, column: Column[Any]) -> str:
    """Name of the R*Tree of a geometry column, set by the standard."""
    return f"rtree_{table.name}_{column.name}"


def triggers(table: Table) -> list[tuple[str, str]]:
    """Names and statements of the triggers that keep a table's R*Tree true."""
    column = geometry_column(table)
    if column is None:
        return []
    names = {"t": table.name, "c": column.name, "i": "id"}
    statements = [Template(sql).substitute(names) for sql in sql_of("rtree.sql")]
    return [(statement.split('"')[1], statement) for statement in statements]


@event.listens_for(Table, "after_create")
def _register(table: Table, connection: Connection, **_: Any) -> None:
    """Enter a new table into the GeoPackage's own tables, as other programs look there."""
    if connection.dialect.name != NAME or not _is_numbered(table):
        return
    column = geometry_column(table)
    contents = {
        "table": table.name,
        "kind": "attributes" if column is None else "features",
        "srid": 0 if column is None else column.type.srid,
    }
    connection.execute(
        text(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id)"
            " VALUES (:table, :kind, :table, :srid)"
        ),
        contents,
    )
    if column is None:
        return
    names = {"table": table.name, "column": column.name}
    connection.execute(
        text("INSERT INTO gpkg_geometry_columns VALUES (:table, :column, :kind, :srid, 0, 0)"),
        names | {"kind": column.type.geometry_type, "srid": column.type.srid},
    )
    connection.execute(
        text(
            "INSERT INTO gpkg_extensions VALUES (:table, :column, 'gpkg_rtree_index',"
            " 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only')"
        ),
        names,
    )
    for _name, statement in triggers(table):
        connection.exec_driver_sql(statement)


def _is_numbered(table: Table) -> bool:
    """Tell whether the rows have a whole number for a key: the standard takes no others in."""
    keys = list(table.primary_key.columns)
    return len(keys) == 1 and isinstance(keys[0].type, Integer)
