"""A SQLAlchemy dialect for the embedded store: SQLite that speaks GeoPackage.

`create_engine("geopackage:///district.gpkg")` finds it through an entry point. Its name is not
`geopackage`, because GeoAlchemy2 answers to that name with SpatiaLite's functions.

A process that has a store open must not read its file by GDAL (pyogrio, geopandas) as well: that is
a second copy of SQLite, and closing its file takes the locks of the first
(https://sqlite.org/howtocorrupt.html, 2.2.1). Other processes, such as QGIS, may at any time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import sqlalchemy
from geoalchemy2 import Geometry
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler, SQLiteDDLCompiler, SQLiteTypeCompiler
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.exc import CompileError
from sqlalchemy.schema import CreateIndex, DropIndex, Index, Table
from sqlalchemy.sql.elements import BinaryExpression, ColumnElement

from gridmap.storage.geopackage import functions, schema
from gridmap.storage.geopackage.types import (
    GeoPackageBoolean,
    GeoPackageDateTime,
    GeoPackageGeometry,
)

#: How long a writer waits for another one, in milliseconds.
BUSY_TIMEOUT_MS = 30_000


class _Connection(sqlite3.Connection):
    """A connection that knows with which statement its transactions begin."""

    begin_statement = "BEGIN"


class _Compiler(SQLiteCompiler):
    """SQL: the bounding-box operator goes through the R*Tree."""

    def visit_custom_op_binary(
        self, element: BinaryExpression[Any], operator: Any, **kw: Any
    ) -> str:
        """Compile `column && box` into a look-up in the column's R*Tree."""
        if operator.opstring != "&&":
            inherited: Any = super()
            return str(inherited.visit_custom_op_binary(element, operator, **kw))
        column, other = element.left, element.right
        if not _is_geometry_column(column):
            column, other = other, column
        if not _is_geometry_column(column):
            message = "One side of && must be the geometry column of a table: it has the R*Tree."
            raise CompileError(message)
        source: Any = column.table  # the table itself or an alias of it
        stored: Any = getattr(source, "element", source)
        rtree = schema.rtree_name(stored, stored.c[column.name])
        box = self.process(other, **kw)
        return (
            f'{self.process(source.c.id, **kw)} IN (SELECT id FROM "{rtree}" WHERE'
            f" maxx >= ST_MinX({box}) AND minx <= ST_MaxX({box})"
            f" AND maxy >= ST_MinY({box}) AND miny <= ST_MaxY({box}))"
        )


class _DdlCompiler(SQLiteDDLCompiler):
    """DDL: the index of a geometry column is an R*Tree."""

    def visit_create_index(self, create: CreateIndex, *args: Any, **kw: Any) -> str:
        """Compile a spatial index into its virtual table."""
        rtree = _rtree_of(create.element)
        if rtree is None:
            return str(super().visit_create_index(create, *args, **kw))  # type: ignore[no-untyped-call]
        return f'CREATE VIRTUAL TABLE "{rtree}" USING rtree(id, minx, maxx, miny, maxy)'

    def visit_drop_index(self, drop: DropIndex, **kw: Any) -> str:
        """Compile the end of a spatial index."""
        rtree = _rtree_of(drop.element)
        if rtree is None:
            return str(super().visit_drop_index(drop, **kw))  # type: ignore[no-untyped-call]
        return f'DROP TABLE "{rtree}"'


class _TypeCompiler(SQLiteTypeCompiler):
    """Types: GDAL drops VARCHAR(n) and knows DATETIME, BOOLEAN and the geometry names."""

    def visit_user_defined(self, type_: Any, **kw: Any) -> str:
        """Name a geometry column's type as the standard does."""
        return str(type_.geometry_type if isinstance(type_, Geometry) else type_.get_col_spec())

    def visit_BIGINT(self, type_: Any, **kw: Any) -> str:  # noqa: N802
        """Call it INTEGER: SQLite's has 64 bits, and GDAL ignores a column of another name."""
        return "INTEGER"

    def visit_FLOAT(self, type_: Any, **kw: Any) -> str:  # noqa: N802
        """Call it DOUBLE: GDAL takes FLOAT for 32 bits."""
        return "DOUBLE"

    def visit_VARCHAR(self, type_: Any, **kw: Any) -> str:  # noqa: N802
        """Call it TEXT, for the same reason."""
        return "TEXT"


def _registered(connection: Any, table_name: str) -> list[Any]:
    """Geometry columns of a table in the GeoPackage's own tables, when there are any."""
    query = "SELECT 1 FROM sqlite_schema WHERE name = 'gpkg_geometry_columns'"
    if connection.exec_driver_sql(query).first() is None:
        return []
    query = "SELECT * FROM gpkg_geometry_columns WHERE table_name = ?"
    return list(connection.exec_driver_sql(query, (table_name,)))


def _is_geometry_column(element: Any) -> bool:
    source = getattr(element, "table", None)
    stored = getattr(source, "element", source)
    return isinstance(stored, Table) and isinstance(element.type, Geometry)


def _rtree_of(index: Index) -> str | None:
    column: ColumnElement[Any] = next(iter(index.columns))
    if not isinstance(column.type, Geometry):
        return None
    return schema.rtree_name(index.table, column)  # type: ignore[arg-type]


class GeoPackageDialect(SQLiteDialect_pysqlite):
    """SQLite with GeoPackage geometries, spatial functions and explicit transactions."""

    name = schema.NAME
    driver = "pysqlite"
    supports_statement_cache = True
    #: Else SQLAlchemy writes `ST_Covers(...) = 1`, which hides the predicate from the planner.
    supports_native_boolean = True

    statement_compiler = _Compiler
    ddl_compiler = _DdlCompiler
    type_compiler_cls = _TypeCompiler
    colspecs = SQLiteDialect_pysqlite.colspecs | {
        Geometry: GeoPackageGeometry,
        sqlalchemy.DateTime: GeoPackageDateTime,
        sqlalchemy.Boolean: GeoPackageBoolean,
    }

    def create_connect_args(self, url: sqlalchemy.URL) -> tuple[list[Any], dict[str, Any]]:
        """Connect with our own connection class and without Python's implicit transactions."""
        arguments, options = super().create_connect_args(url)
        options = {
            **options,
            "factory": _Connection,
            "isolation_level": None,
            "check_same_thread": False,
            "timeout": BUSY_TIMEOUT_MS / 1000,
        }
        return list(arguments), options

    def on_connect(self) -> Callable[[Any], None]:
        """Set up each new connection: functions, foreign keys, writes that last.

        Nothing is written here: the file may be another program's.
        """
        inherited = super().on_connect()

        def prepare(connection: Any) -> None:
            if inherited is not None:
                inherited(connection)
            functions.register(connection)
            cursor = connection.cursor()
            cursor.execute("PRAGMA foreign_keys = ON")
            cursor.execute("PRAGMA synchronous = FULL")  # a power cut loses no committed batch
            cursor.close()

        return prepare

    def get_table_names(self, connection: Any, *args: Any, **kw: Any) -> list[str]:
        """Name the tables of the program, not those that the GeoPackage keeps for itself."""
        names = super().get_table_names(connection, *args, **kw)  # type: ignore[no-untyped-call]
        return [name for name in names if not name.startswith(("gpkg_", "rtree_"))]

    def get_columns(self, connection: Any, table_name: str, *args: Any, **kw: Any) -> list[Any]:
        """Describe the columns; a geometry column knows its kind and CRS."""
        columns = super().get_columns(connection, table_name, *args, **kw)  # type: ignore[no-untyped-call]
        for found in _registered(connection, table_name):
            for column in columns:
                if column["name"] == found.column_name:
                    column["type"] = Geometry(found.geometry_type_name, srid=found.srs_id)
        return list(columns)

    def get_indexes(self, connection: Any, table_name: str, *args: Any, **kw: Any) -> list[Any]:
        """Describe the indexes; an R*Tree goes by the name that GeoAlchemy2 gives it."""
        indexes = super().get_indexes(connection, table_name, *args, **kw)  # type: ignore[no-untyped-call]
        for found in _registered(connection, table_name):
            name = f"idx_{table_name}_{found.column_name}"
            indexes.append({"name": name, "column_names": [found.column_name], "unique": 0})
        return list(indexes)

    def do_begin(self, dbapi_connection: Any) -> None:
        """Begin for real; a writer's connection takes the lock at once."""
        dbapi_connection.execute(dbapi_connection.begin_statement)

    def do_rollback_to_savepoint(self, connection: Any, name: str) -> None:
        """Go back to a savepoint.

        On a full disk SQLite takes back the whole transaction by itself, and whatever came after
        would be outside any: then the connection can be used no more.
        """
        if connection.connection.driver_connection.in_transaction:
            super().do_rollback_to_savepoint(connection, name)  # type: ignore[no-untyped-call]
        else:
            connection.invalidate()

    def get_isolation_level_values(self, dbapi_connection: Any) -> Any:
        """Name the two ways in which a transaction may begin."""
        return ["SERIALIZABLE", "IMMEDIATE"]

    def get_default_isolation_level(self, dbapi_connection: Any) -> Any:
        """Return the reader's way."""
        return "SERIALIZABLE"

    def get_isolation_level(self, dbapi_connection: Any) -> Any:
        """Tell how this connection begins its transactions."""
        immediate = dbapi_connection.begin_statement == "BEGIN IMMEDIATE"
        return "IMMEDIATE" if immediate else "SERIALIZABLE"

    def set_isolation_level(self, dbapi_connection: Any, level: Any) -> None:
        """Choose between a reader's BEGIN and a writer's BEGIN IMMEDIATE."""
        dbapi_connection.begin_statement = "BEGIN IMMEDIATE" if level == "IMMEDIATE" else "BEGIN"
