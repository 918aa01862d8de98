"""The `ST_` functions of the embedded store, answered by shapely with PostGIS' meaning.

Only what gridmap or the GeoPackage's triggers ask is here; a property test holds each function
against PostGIS. As there, NULL among the arguments makes NULL, and a function raises for what it
cannot answer.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable
from functools import lru_cache
from threading import get_ident
from typing import Any

import shapely

from gridmap.storage.geopackage import blob

Sql = Any  # what SQLite hands over or takes back: bytes, str, int, float or None
Function = Callable[..., Sql]


@lru_cache(maxsize=256)
def _decode_blob(value: bytes, thread: int) -> tuple[Any, int]:
    """Decode and prepare; each thread its own, as GEOS fills what is prepared without a lock."""
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
        return _decode_blob(value, get_ident())
    geometry = shapely.from_wkb(value)
    return geometry, int(shapely.get_srid(geometry))


def _read_pair(first: Sql, second: Sql) -> tuple[Any, Any]:
    (one, srid), (other, other_srid) = read(first), read(second)
    if srid != other_srid:
        message = f"Geometries in EPSG:{srid} and EPSG:{other_srid} cannot be compared."
        raise ValueError(message)
    return one, other


def _predicate(test: Callable[[Any, Any], Any]) -> Function:
    return lambda first, second: int(test(*_read_pair(first, second)))


def _measure(of: Callable[[Any], Any]) -> Function:
    return lambda value: of(read(value)[0])


def _construct(of: Callable[[Any], Any]) -> Function:
    def answer(value: Sql) -> bytes:
        geometry, srid = read(value)
        return blob.encode(of(geometry), srid)

    return answer


def _bound(index: int) -> Callable[[Any], float]:
    return lambda geometry: float(shapely.bounds(geometry)[index])


def _side(place: int, of: Callable[[Any], float]) -> Function:
    """Answer for the triggers, which ask four times a row, without decoding what need not be."""

    def answer(value: Sql) -> float:
        box = blob.box(value) if isinstance(value, bytes) else None
        return of(read(value)[0]) if box is None else box[place]

    return answer


def _ordinate(of: Callable[[Any], Any]) -> Callable[[Any], float]:
    def answer(geometry: Any) -> float:
        if geometry.geom_type != "Point":
            message = f"Only a point has one coordinate, not a {geometry.geom_type}."
            raise ValueError(message)
        return math.nan if geometry.is_empty else float(of(geometry))

    return answer


def _length(geometry: Any) -> float:
    """Length of lines; an area has none, its outline is ST_Perimeter."""
    if hasattr(geometry, "geoms"):
        return float(sum(map(_length, geometry.geoms)))
    return float(geometry.length) if geometry.geom_type == "LineString" else 0.0


def _equals(first: Any, second: Any) -> bool:
    """Compare as sets of points; PostGIS takes any two empty geometries for equal."""
    return bool(shapely.equals(first, second)) or (first.is_empty and second.is_empty)


def _distance(first: Sql, second: Sql) -> float:
    return float(shapely.distance(*_read_pair(first, second)))


def _dwithin(first: Sql, second: Sql, distance: float) -> int:
    if distance < 0:
        message = f"A distance of {distance} is below 0."
        raise ValueError(message)
    return int(shapely.dwithin(*_read_pair(first, second), distance))


def _from_ewkt(value: str) -> bytes:
    return blob.encode(*read(value))


def _with_srid(value: Sql, srid: int) -> bytes:
    return blob.encode(read(value)[0], max(srid, 0))  # 0 stands for unknown, as in PostGIS


def _make_point(x: float, y: float) -> bytes:
    return blob.encode(shapely.Point(x, y), 0)


def _make_envelope(min_x: float, min_y: float, max_x: float, max_y: float, srid: int = 0) -> bytes:
    return blob.encode(shapely.box(min_x, min_y, max_x, max_y, ccw=False), max(srid, 0))


#: Predicates; shapely's meaning is the same (both are GEOS).
PREDICATES: dict[str, Callable[[Any, Any], Any]] = {
    "ST_Contains": shapely.contains,
    "ST_CoveredBy": shapely.covered_by,
    "ST_Covers": shapely.covers,
    "ST_Disjoint": shapely.disjoint,
    "ST_Equals": _equals,
    "ST_Intersects": shapely.intersects,
    "ST_Overlaps": shapely.overlaps,
    "ST_Touches": shapely.touches,
    "ST_Within": shapely.within,
}

MEASURES: dict[str, Callable[[Any], Any]] = {
    "ST_Area": shapely.area,
    "ST_GeometryType": lambda geometry: f"ST_{geometry.geom_type}",
    "ST_IsEmpty": lambda geometry: int(geometry.is_empty),
    "ST_IsValid": lambda geometry: int(geometry.is_valid),
    "ST_Length": _length,
    "ST_NPoints": lambda geometry: int(shapely.get_num_coordinates(geometry)),
    "ST_X": _ordinate(shapely.get_x),
    "ST_Y": _ordinate(shapely.get_y),
    "ST_XMin": _bound(0),
    "ST_YMin": _bound(1),
    "ST_XMax": _bound(2),
    "ST_YMax": _bound(3),
}

#: Names that the R*Tree triggers of the GeoPackage standard call (extension gpkg_rtree_index).
TRIGGER_MEASURES = {
    "ST_MinX": _side(0, _bound(0)),
    "ST_MaxX": _side(1, _bound(2)),
    "ST_MinY": _side(2, _bound(1)),
    "ST_MaxY": _side(3, _bound(3)),
}

#: Every function, by name and number of arguments.
FUNCTIONS: dict[tuple[str, int], Function] = {
    **{(name, 2): _predicate(test) for name, test in PREDICATES.items()},
    **{(name, 1): _measure(of) for name, of in MEASURES.items()},
    **{(name, 1): side for name, side in TRIGGER_MEASURES.items()},
    ("ST_Centroid", 1): _construct(shapely.centroid),
    ("ST_PointOnSurface", 1): _construct(shapely.point_on_surface),
    ("ST_Distance", 2): _distance,
    ("ST_DWithin", 3): _dwithin,
    ("ST_SRID", 1): lambda value: read(value)[1],
    ("ST_SetSRID", 2): _with_srid,
    ("ST_GeomFromEWKT", 1): _from_ewkt,
    ("ST_GeomFromText", 1): _from_ewkt,
    ("ST_GeomFromText", 2): _with_srid,
    ("ST_GeomFromEWKB", 1): _construct(lambda geometry: geometry),
    ("ST_GeomFromWKB", 1): _construct(lambda geometry: geometry),
    ("ST_GeomFromWKB", 2): _with_srid,
    ("ST_MakePoint", 2): _make_point,
    ("ST_MakeEnvelope", 4): _make_envelope,
    ("ST_MakeEnvelope", 5): _make_envelope,
}


def _strict(function: Function) -> Function:
    def answer(*values: Sql) -> Sql:
        if any(value is None for value in values):
            return None
        found = function(*values)
        return None if found != found else found  # NaN, as of an empty geometry, is NULL

    return answer


def register(connection: sqlite3.Connection) -> None:
    """Give a connection every function."""
    for (name, arguments), function in FUNCTIONS.items():
        connection.create_function(name, arguments, _strict(function), deterministic=True)
