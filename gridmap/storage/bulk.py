"""Many rows at once: COPY on PostGIS, executemany and direct R*Tree rows on the GeoPackage."""

from __future__ import annotations

import binascii
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import shapely
from sqlalchemy import Table, func, select, text
from sqlalchemy.orm import Session

from gridmap.model import SRID, Base
from gridmap.storage.geopackage import blob, schema

Columns = Mapping[str, Any]
_EWKB_POINT = np.dtype(
    [("order", "u1"), ("kind", "<u4"), ("srid", "<i4"), ("x", "<f8"), ("y", "<f8")]
)
_EWKB_SRID_FLAG = 0x20000000


def insert(session: Session, model: type[Base], columns: Columns) -> npt.NDArray[np.int64]:
    """Insert rows given as columns, and tell their ids.

    Parameters
    ----------
    session
        A session of `Store.write()`; the rows belong to its transaction.
    model
        The table.
    columns
        Column name to values, all of one length n: lists, numpy or pyarrow arrays. None, NaN and
        NaT mean NULL; times are datetime64[us] in UTC. `geometry` is an array of shapely
        geometries or, for points, a pair (x, y) of float arrays. `id` is assigned when missing.

    Returns
    -------
    ids
        Shape (n,).
    """
    table: Table = model.__table__  # type: ignore[assignment]
    count = _length(columns)
    if count == 0:
        return np.empty(0, dtype=np.int64)
    session.flush()
    ids = np.asarray(columns["id"]) if "id" in columns else _next_ids(session, table, count)
    columns = {**columns, "id": ids}
    if session.connection().dialect.name == schema.NAME:
        _insert_embedded(session, table, columns)
    else:
        _copy(session, table, columns)
    return ids.astype(np.int64)


def _length(columns: Columns) -> int:
    lengths = {
        key: len(column[0]) if isinstance(column, tuple) else len(column)
        for key, column in columns.items()
    }
    if len(set(lengths.values())) != 1:
        message = f"Columns have different lengths: {lengths}."
        raise ValueError(message)
    return next(iter(lengths.values()))


def _next_ids(session: Session, table: Table, count: int) -> npt.NDArray[np.int64]:
    if session.connection().dialect.name == schema.NAME:  # the writer's lock makes this safe
        last = session.scalar(select(func.max(table.c.id))) or 0
        return np.arange(last + 1, last + 1 + count, dtype=np.int64)
    sequence = f"pg_get_serial_sequence('{table.name}', 'id')"
    query = text(f"SELECT nextval({sequence}) FROM generate_series(1, :count)")
    return np.fromiter(session.scalars(query, {"count": count}), dtype=np.int64, count=count)


# --- the embedded store -------------------------------------------------------------------------


def _insert_embedded(session: Session, table: Table, columns: Columns) -> None:
    connection: Any = session.connection().connection.driver_connection
    names = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join("?" for _ in columns)
    rows = zip(*(_sqlite_values(table, name, columns[name]) for name in columns), strict=True)
    with _without_rtree_triggers(session, table):
        connection.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', rows)
        if columns.get("geometry") is not None:
            _insert_rtree(connection, table, columns)


@contextmanager
def _without_rtree_triggers(session: Session, table: Table) -> Iterator[None]:
    """Take the R*Tree's triggers away while it is filled directly.

    They call back into Python four times a row. Inside the transaction nobody sees them gone, and
    a failure brings them back with the rollback.
    """
    connection = session.connection()
    triggers = schema.triggers(table)
    for name, _statement in triggers:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    yield
    for _name, statement in triggers:
        connection.exec_driver_sql(statement)


def _insert_rtree(connection: Any, table: Table, columns: Columns) -> None:
    ids, geometry = np.asarray(columns["id"]), columns["geometry"]
    if isinstance(geometry, tuple):
        x, y = (np.asarray(axis, dtype=np.float64) for axis in geometry)
        bounds = np.column_stack([x, x, y, y])
    else:
        bounds = shapely.bounds(geometry)[:, [0, 2, 1, 3]]
    known = ~np.isnan(bounds).any(axis=1)
    rows = zip(ids[known].tolist(), *bounds[known].T.tolist(), strict=True)
    rtree = schema.rtree_name(table, schema.geometry_column(table))
    connection.executemany(f'INSERT INTO "{rtree}" VALUES (?, ?, ?, ?, ?)', rows)


def _sqlite_values(table: Table, name: str, values: Any) -> Sequence[Any]:
    if name == "geometry":
        if isinstance(values, tuple):
            x, y = values
            return blob.encode_points(x, y, SRID)
        return [None if shape is None else blob.encode(shape, SRID) for shape in values]
    array = _arrow(values)
    if pa.types.is_timestamp(array.type):
        milliseconds = array.cast(pa.timestamp("ms"), safe=False)
        return _texts(pc.strftime(milliseconds, format="%Y-%m-%dT%H:%M:%SZ"))
    return _texts(array)


def _texts(array: pa.Array) -> list[Any]:
    found: list[Any] = array.to_pylist()
    return found


# --- PostGIS ------------------------------------------------------------------------------------


def _copy(session: Session, table: Table, columns: Columns) -> None:
    """COPY as CSV: pyarrow writes strings quoted and NULL as nothing, which PostgreSQL reads so."""
    data = pa.table({name: _copy_values(name, values) for name, values in columns.items()})
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="needed")
    names = ", ".join(f'"{name}"' for name in columns)
    cursor = session.connection().connection.cursor()
    try:
        with cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN (FORMAT csv)') as copy:
            for part in data.to_batches(max_chunksize=10_000):
                buffer = io.BytesIO()
                pyarrow.csv.write_csv(part, buffer, options)
                copy.write(buffer.getbuffer())
    finally:
        cursor.close()


def _copy_values(name: str, values: Any) -> pa.Array:
    if name == "geometry":
        if isinstance(values, tuple):
            return pa.array(_hex_points(*values))
        hexadecimal = shapely.to_wkb(shapely.set_srid(values, SRID), hex=True, include_srid=True)
        return pa.array(hexadecimal, type=pa.string())
    array = _arrow(values)
    if pa.types.is_timestamp(array.type):
        return array.cast(pa.timestamp("us", tz="UTC"))
    return array


def _hex_points(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> npt.NDArray[Any]:
    records = np.zeros(len(x), dtype=_EWKB_POINT)
    records["order"], records["kind"], records["srid"] = 1, 1 | _EWKB_SRID_FLAG, SRID
    records["x"], records["y"] = x, y
    hexadecimal = np.frombuffer(binascii.hexlify(records.tobytes()), dtype="S50")
    points = hexadecimal.astype("U50").astype(object)
    points[np.isnan(x) | np.isnan(y)] = None
    return points


def _arrow(values: Any) -> pa.Array:
    """Make a pyarrow array in which None, NaN and NaT are null."""
    array = pa.array(values, from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
