"""The `ST_` functions of the embedded store, answered by shapely with PostGIS' meaning.

Only what gridmap asks is here; a property test holds each function against PostGIS.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import shapely

from gridmap.storage.geopackage import blob

Sql = Any  # what SQLite hands over or takes back: bytes, str, int, float or None


@lru_cache(maxsize=256)
def _decode_blob(value: bytes) -> tuple[Any, int]:
    geometry, srid = blob.decode(value)
    shapely.prepare(geometry)
    return geometry, srid


@lru_cache(maxsize=256)
def _decode_ewkt(value: str) -> tuple[Any, int]:
    prefix, _, wkt = value.rpartition(";")
    srid = int(prefix.partition("=")[2]) if prefix else 0
    return shapely.from_wkt(wkt), srid


def read(value: Sql) -> tuple[Any, int]:
    """Read a geometry argument: a blob of the store, EWKB, or EWKT text."""
    if isinstance(value, str):
        return _decode_ewkt(value)
    if value[:2] == b"GP":
        return _decode_blob(value)
    geometry = shapely.from_wkb(value)
    return geometry, int(shapely.get_srid(geometry))


def _predicate(test: Callable[[Any, Any], Any]) -> Callable[[Sql, Sql], int | None]:
    def answer(first: Sql, second: Sql) -> int | None:
        if first is None or second is None:
            return None
        return int(test(read(first)[0], read(second)[0]))

    return answer


def _measure(of: Callable[[Any], Any]) -> Callable[[Sql], Sql]:
    def answer(value: Sql) -> Sql:
        if value is None:
            return None
        geometry = read(value)[0]
        found = of(geometry)
        return None if found != found else found  # NaN, as of an empty geometry, is NULL

    return answer


def _construct(of: Callable[[Any], Any]) -> Callable[[Sql], bytes | None]:
    def answer(value: Sql) -> bytes | None:
        if value is None:
            return None
        geometry, srid = read(value)
        return blob.encode(of(geometry), srid)

    return answer


def _bound(index: int) -> Callable[[Any], float]:
    return lambda geometry: float(shapely.bounds(geometry)[index])


def _distance(first: Sql, second: Sql) -> float | None:
    if first is None or second is None:
        return None
    distance = float(shapely.distance(read(first)[0], read(second)[0]))
    return None if distance != distance else distance


def _dwithin(first: Sql, second: Sql, distance: float) -> int | None:
    if first is None or second is None or distance is None:
        return None
    return int(shapely.dwithin(read(first)[0], read(second)[0], distance))


def _srid(value: Sql) -> int | None:
    return None if value is None else read(value)[1]


def _set_srid(value: Sql, srid: int) -> bytes | None:
    return None if value is None else blob.encode(read(value)[0], srid)


def _as_text(value: Sql) -> str | None:
    return None if value is None else str(read(value)[0].wkt)


def _geometry_type(value: Sql) -> str | None:
    return None if value is None else f"ST_{read(value)[0].geom_type}"


def _from_ewkt(value: Sql) -> bytes | None:
    return None if value is None else blob.encode(*read(value))


def _from_ewkb(value: Sql, srid: int | None = None) -> bytes | None:
    if value is None:
        return None
    geometry, own_srid = read(value)
    return blob.encode(geometry, own_srid if srid is None else srid)


def _make_point(x: float, y: float) -> bytes | None:
    return None if x is None or y is None else blob.encode(shapely.Point(x, y), 0)


def _make_envelope(min_x: float, min_y: float, max_x: float, max_y: float, srid: int) -> bytes:
    return blob.encode(shapely.box(min_x, min_y, max_x, max_y), srid)


#: Predicates, with PostGIS' name; shapely's meaning is the same (both are GEOS).
PREDICATES: dict[str, Callable[[Any, Any], Any]] = {
    "ST_Contains": shapely.contains,
    "ST_CoveredBy": shapely.covered_by,
    "ST_Covers": shapely.covers,
    "ST_Disjoint": shapely.disjoint,
    "ST_Equals": shapely.equals,
    "ST_Intersects": shapely.intersects,
    "ST_Overlaps": shapely.overlaps,
    "ST_Touches": shapely.touches,
    "ST_Within": shapely.within,
}

MEASURES: dict[str, Callable[[Any], Any]] = {
    "ST_Area": shapely.area,
    "ST_IsEmpty": lambda geometry: int(geometry.is_empty),
    "ST_IsValid": lambda geometry: int(geometry.is_valid),
    "ST_Length": lambda geometry: shapely.length(geometry) if geometry.area == 0 else 0.0,
    "ST_NPoints": lambda geometry: int(shapely.get_num_coordinates(geometry)),
    "ST_X": lambda geometry: shapely.get_x(geometry),
    "ST_Y": lambda geometry: shapely.get_y(geometry),
    "ST_XMin": _bound(0),
    "ST_YMin": _bound(1),
    "ST_XMax": _bound(2),
    "ST_YMax": _bound(3),
}

#: Names that the R*Tree triggers of the GeoPackage standard call (extension gpkg_rtree_index).
TRIGGER_MEASURES = {
    "ST_MinX": _bound(0),
    "ST_MinY": _bound(1),
    "ST_MaxX": _bound(2),
    "ST_MaxY": _bound(3),
}


def register(connection: sqlite3.Connection) -> None:
    """Give a connection every function."""

    def add(name: str, arguments: int, function: Callable[..., Sql]) -> None:
        connection.create_function(name, arguments, function, deterministic=True)

    for name, test in PREDICATES.items():
        add(name, 2, _predicate(test))
    for name, of in (MEASURES | TRIGGER_MEASURES).items():
        add(name, 1, _measure(of))
    add("ST_Centroid", 1, _construct(shapely.centroid))
    add("ST_PointOnSurface", 1, _construct(shapely.point_on_surface))
    add("ST_Distance", 2, _distance)
    add("ST_DWithin", 3, _dwithin)
    add("ST_SRID", 1, _srid)
    add("ST_SetSRID", 2, _set_srid)
    add("ST_AsText", 1, _as_text)
    add("ST_GeometryType", 1, _geometry_type)
    add("ST_GeomFromEWKT", 1, _from_ewkt)
    add("ST_GeomFromText", 1, _from_ewkt)
    add("ST_GeomFromEWKB", 1, _from_ewkb)
    add("ST_GeomFromWKB", 2, _from_ewkb)
    add("ST_GeomFromWKB", 1, _from_ewkb)
    add("ST_MakePoint", 2, _make_point)
    add("ST_MakeEnvelope", 5, _make_envelope)
