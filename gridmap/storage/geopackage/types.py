"""How values cross between Python and the GeoPackage."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import shapely
import sqlalchemy
from geoalchemy2 import Geometry, WKBElement, WKTElement
from geoalchemy2.shape import to_shape
from sqlalchemy import Dialect
from sqlalchemy.types import TypeEngine

from gridmap.storage.geopackage import blob


class GeoPackageGeometry(Geometry):
    """The GeoAlchemy2 type without SQL around it: the blob is made and read in Python.

    GeoAlchemy2 wraps values in ST_GeomFromEWKT and ST_AsEWKB; here that would only turn one
    binary form into another through a call-back for every row.
    """

    cache_ok = True
    bind_expression = TypeEngine.bind_expression
    column_expression = TypeEngine.column_expression

    def get_col_spec(self, **kw: Any) -> str:
        """Name the type as the GeoPackage standard does."""
        return str(self.geometry_type)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], bytes | None]:
        """Encode a shapely geometry, an element of GeoAlchemy2, EWKT or WKB.

        As PostGIS does, it refuses a value that names another CRS than the column's.
        """
        srid = self.srid

        def process(value: Any) -> bytes | None:
            if value is None:
                return None
            geometry, own_srid = _to_shapely(value)
            if own_srid > 0 and own_srid != srid > 0:
                message = f"A geometry in EPSG:{own_srid} does not fit a column in EPSG:{srid}."
                raise ValueError(message)
            return blob.encode(geometry, max(srid, own_srid, 0))

        return process

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[bytes | None], WKBElement | None]:
        """Decode to the element that GeoAlchemy2 users expect."""

        def process(value: bytes | None) -> WKBElement | None:
            if value is None:
                return None
            wkb, srid = blob.split(value)
            return WKBElement(wkb, srid=srid)

        return process


class GeoPackageDateTime(sqlalchemy.DateTime):
    """A UTC moment as the standard's DATETIME text, `2026-10-01T08:00:00.000Z`."""

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], str | None]:
        """Write milliseconds and the Z."""

        def process(value: datetime | None) -> str | None:
            if value is None:
                return None
            return value.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"

        return process

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[str | None], datetime | None]:
        """Read it back; a text without a zone, as another program may write, is UTC."""

        def process(value: str | None) -> datetime | None:
            if value is None:
                return None
            moment = datetime.fromisoformat(value)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

        return process


class GeoPackageBoolean(sqlalchemy.Boolean):
    """A boolean as 0 and 1, returned as bool."""

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[int | None], bool | None]:
        """Turn the integer into a bool."""
        return lambda value: None if value is None else bool(value)


def _to_shapely(value: Any) -> tuple[Any, int]:
    if isinstance(value, (WKBElement, WKTElement)):
        return to_shape(value), value.srid
    if isinstance(value, str):
        prefix, _, wkt = value.rpartition(";")
        return shapely.from_wkt(wkt), int(prefix.partition("=")[2] or 0)
    geometry = shapely.from_wkb(bytes(value)) if isinstance(value, (bytes, memoryview)) else value
    return geometry, int(shapely.get_srid(geometry))
