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

from gridmap.errors import InputError
from gridmap.model import SRID, Base
from gridmap.storage import changes
from gridmap.storage.geopackage import blob, schema

Columns = Mapping[str, Any]
_EWKB_POINT = np.dtype(
    [("order", "u1"), ("kind", "<u4"), ("srid", "<i4"), ("x", "<f8"), ("y", "<f8")]
)
_EWKB_SRID_FLAG = 0x20000000
#: Pages that SQLite keeps at hand for a bulk writer: most of the indexes of a million rows.
_CACHE_KIB = 64 * 1024


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
    rows = {**plain(model, columns), "id": pa.array(ids)}
    with session.begin_nested():  # a batch that fails leaves nothing, whatever the caller does next
        if session.connection().dialect.name == schema.NAME:
            _insert_embedded(session, table, rows)
        else:
            _copy(session, table, rows)
            if "id" in columns:
                _follow_ids(session, table, int(ids.max()))
    return ids.astype(np.int64)


def plain(model: type[Base], columns: Columns) -> dict[str, Any]:
    """Bring columns to the form in which they are written.

    `insert` takes them in this form as in any other; whoever prepares rows in another process
    spares it the work.

    Returns
    -------
    columns
        pyarrow arrays of n; geometry is an array of geometries or a pair of arrays, as given.
    """
    table: Table = model.__table__  # type: ignore[assignment]
    return {name: _plain(table, name, values) for name, values in columns.items()}


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
    query = text(
        f"WITH ids AS MATERIALIZED (SELECT {_sequence(table)}::regclass AS sequence) "
        "SELECT array_agg(nextval(sequence)) FROM ids, generate_series(1, :count)"
    )
    return np.array(session.scalar(query, {"count": count}), dtype=np.int64)


def _follow_ids(session: Session, table: Table, last: int) -> None:
    """Let PostgreSQL go on counting after ids that were given."""
    sequence = _sequence(table)
    query = text(f"SELECT setval({sequence}, GREATEST(:last, nextval({sequence})))")
    session.execute(query, {"last": last})


def _sequence(table: Table) -> str:
    return f"pg_get_serial_sequence('{table.name}', 'id')"


def _plain(table: Table, name: str, values: Any) -> Any:
    """Bring a column to the one form that both stores take: geometry as it is, else pyarrow.

    Missing values become null, moments are cut to whole milliseconds as by `UtcDateTime`, and
    numbers with a fraction have 64 bits.
    """
    if name == "geometry":
        return values if isinstance(values, tuple) else _fitting(table, values)
    array = pa.array(values, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if pa.types.is_timestamp(array.type):
        return pc.floor_temporal(array, unit="millisecond").cast(pa.timestamp("us"))
    if pa.types.is_floating(array.type):
        return pc.if_else(pc.is_nan(array), None, array.cast(pa.float64()))
    if pa.types.is_string(array.type) or pa.types.is_large_string(array.type):
        _refuse_nul(table, name, array)
    return array


def _fitting(table: Table, values: Any) -> npt.NDArray[Any]:
    """Refuse geometries that are not what the column holds, as PostGIS does by itself."""
    shapes = np.asarray(values, dtype=object)
    wanted = schema.geometry_column(table).type.geometry_type
    known = shapes[~shapely.is_missing(shapes)]
    kinds = {shapely.GeometryType(kind).name for kind in np.unique(shapely.get_type_id(known))}
    if shapely.has_z(known).any() or (wanted != "GEOMETRY" and kinds - {wanted}):
        message = (
            f"The table {table.name} holds {wanted} without heights,"
            f" and got {', '.join(sorted(kinds))}."
        )
        raise ValueError(message)
    return shapes


def _refuse_nul(table: Table, name: str, array: pa.Array) -> None:
    buffer = array.buffers()[-1]
    if buffer is None or np.frombuffer(buffer, dtype=np.uint8).all():
        return  # a look at all bytes at once is ten times quicker than one at each text
    found = pc.index(pc.match_substring(array, "\0"), True).as_py()
    if found >= 0:
        message = (
            f"Row {found + 1} of the {table.name} has a NUL character in its {name}, "
            "which no store can keep: remove it."
        )
        raise InputError(message)


def _moments(array: pa.Array) -> pa.Array:
    """Write moments as the standard of GeoPackages does; ten times quicker than strftime."""
    texts = array.cast(pa.timestamp("ms")).cast(pa.string())
    return pc.binary_join_element_wise(pc.binary_replace_slice(texts, 10, 11, "T"), "Z", "")


# --- the embedded store -------------------------------------------------------------------------


def _insert_embedded(session: Session, table: Table, columns: Columns) -> None:
    connection: Any = session.connection().connection.driver_connection
    names = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join("?" for _ in columns)
    rows = zip(*(_sqlite_values(name, values) for name, values in columns.items()), strict=True)
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    bounds = None if columns.get("geometry") is None else _bounds(columns["geometry"])
    logged = len(columns["id"]) > changes.SINGLY and _triggers(connection, table, "changes")
    with _without(connection, [*_triggers(connection, table, "rtree"), *(logged or ())]):
        connection.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', rows)
        if bounds is not None:
            _insert_rtree(connection, table, columns["id"].to_numpy(), bounds)
    if logged:
        _log_range(session, table, columns, bounds)


def _triggers(connection: Any, table: Table, kind: str) -> list[tuple[str, str]]:
    """Names and statements of the triggers that keep a table's R*Tree, or log its changes."""
    query = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND name GLOB ?"
    found: list[tuple[str, str]] = connection.execute(query, (f"{kind}_{table.name}_*",)).fetchall()
    return found


@contextmanager
def _without(connection: Any, triggers: list[tuple[str, str]]) -> Iterator[None]:
    """Take triggers away while their work is done directly.

    Those of an R*Tree call back into Python four times a row. Inside the transaction nobody sees
    them gone, and a failure brings them back by returning to the savepoint.
    """
    for name, _statement in triggers:
        connection.execute(f'DROP TRIGGER "{name}"')
    yield
    for _name, statement in triggers:
        connection.execute(statement)


def _bounds(geometry: Any) -> npt.NDArray[np.float64]:
    """West, south, east and north of n geometries, NaN where there is none; shape (n, 4)."""
    if isinstance(geometry, tuple):
        x, y = (np.asarray(axis, dtype=np.float64) for axis in geometry)
        return np.column_stack([x, y, x, y])
    found: npt.NDArray[np.float64] = shapely.bounds(geometry)
    return found


def _insert_rtree(
    connection: Any, table: Table, ids: npt.NDArray[np.int64], bounds: npt.NDArray[np.float64]
) -> None:
    known = ~np.isnan(bounds).any(axis=1)
    rows = zip(ids[known].tolist(), *bounds[known].T.tolist(), strict=True)
    rtree = schema.rtree_name(table, schema.geometry_column(table))
    named = f'INSERT INTO "{rtree}" (id, minx, miny, maxx, maxy) VALUES (?, ?, ?, ?, ?)'
    connection.executemany(named, rows)


def _log_range(
    session: Session, table: Table, columns: Columns, bounds: npt.NDArray[np.float64] | None
) -> None:
    """Log one change for all rows; decisions are changes of their tickets, wherever those are."""
    of_tickets = table.name == "decisions"
    ids = columns["ticket_id" if of_tickets else "id"].to_numpy()
    box: Sequence[float | None] = changes.ANYWHERE if of_tickets else (None,) * 4
    known = np.empty((0, 4)) if bounds is None else bounds[~np.isnan(bounds).any(axis=1)]
    if len(known):
        box = [*known[:, :2].min(axis=0).tolist(), *known[:, 2:].max(axis=0).tolist()]
    name = "tickets" if of_tickets else table.name
    changes.log(session, name, int(ids.min()), int(ids.max()), box)


def _sqlite_values(name: str, values: Any) -> Sequence[Any]:
    if name == "geometry":
        if isinstance(values, tuple):
            x, y = values
            return blob.encode_points(x, y, SRID)
        return [None if shape is None else blob.encode(shape, SRID) for shape in values]
    if not _is_coded(values):
        return _listed(values)
    coded = values.dictionary_encode()
    if 2 * len(coded.dictionary) > len(coded):
        return _listed(values)
    # What comes again is made once: ten times quicker, and most columns are of this kind.
    known = np.array([*_listed(coded.dictionary), None], dtype=object)
    places = coded.indices.fill_null(len(coded.dictionary)).to_numpy()
    again: list[Any] = known[places].tolist()
    return again


def _is_coded(array: pa.Array) -> bool:
    kind = array.type
    return bool(pa.types.is_string(kind) or pa.types.is_timestamp(kind) or pa.types.is_null(kind))


def _listed(array: pa.Array) -> list[Any]:
    listed: list[Any] = (
        _moments(array) if pa.types.is_timestamp(array.type) else array
    ).to_pylist()
    return listed


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
    if pa.types.is_timestamp(values.type):
        return _moments(values)  # ten times quicker than moments with a zone
    return values


def _hex_points(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> npt.NDArray[Any]:
    records = np.zeros(len(x), dtype=_EWKB_POINT)
    records["order"], records["kind"], records["srid"] = 1, 1 | _EWKB_SRID_FLAG, SRID
    records["x"], records["y"] = x, y
    hexadecimal = np.frombuffer(binascii.hexlify(records.tobytes()), dtype="S50")
    points = hexadecimal.astype("U50").astype(object)
    points[np.isnan(x) | np.isnan(y)] = None
    return points
