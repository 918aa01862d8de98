"""Geometry as a GeoPackage holds it: a small header, then well-known binary.

Source: OGC 12-128r18, clause 2.1.3 (GeoPackage binary format).
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

_LITTLE_ENDIAN = 0b1
_XY_ENVELOPE = 0b1 << 1
_EMPTY = 0b1 << 4
#: Bytes of envelope by the three-bit code in the flags.
_ENVELOPE_BYTES = (0, 32, 48, 48, 64)
#: Well-known binary of a point begins so: little endian, kind 1.
_POINT_START = b"\x01\x01\x00\x00\x00"
_POINT = np.dtype([("header", "V8"), ("order", "u1"), ("kind", "<u4"), ("x", "<f8"), ("y", "<f8")])


def encode(geometry: Any, srid: int) -> bytes:
    """Encode one shapely geometry; areas and lines carry their envelope, points need none.

    ValueError for a geometry with heights: the store holds longitude and latitude only.
    """
    if geometry.is_empty:
        return _header(_LITTLE_ENDIAN | _EMPTY, srid) + bytes(shapely.to_wkb(geometry))
    if geometry.has_z:
        message = "The geometry has heights: the store holds longitude and latitude only."
        raise ValueError(message)
    wkb = bytes(shapely.to_wkb(geometry, byte_order=1))
    if geometry.geom_type == "Point":
        return _header(_LITTLE_ENDIAN, srid) + wkb
    min_x, min_y, max_x, max_y = geometry.bounds
    envelope = struct.pack("<4d", min_x, max_x, min_y, max_y)
    return _header(_LITTLE_ENDIAN | _XY_ENVELOPE, srid) + envelope + wkb


def encode_points(
    x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], srid: int
) -> list[bytes | None]:
    """Encode n points at once; a NaN coordinate becomes None."""
    records = np.zeros(len(x), dtype=_POINT)
    records["header"] = np.void(_header(_LITTLE_ENDIAN, srid))
    records["order"], records["kind"] = 1, 1
    records["x"], records["y"] = x, y
    buffer, size = records.tobytes(), _POINT.itemsize
    known = ~(np.isnan(x) | np.isnan(y))
    return [
        buffer[start : start + size] if there else None
        for start, there in zip(range(0, len(buffer), size), known.tolist(), strict=True)
    ]


def decode(blob: bytes) -> tuple[Any, int]:
    """Decode a blob into a shapely geometry and its SRID; ValueError when it is no such blob."""
    wkb, srid = split(blob)
    return shapely.from_wkb(wkb), srid


def split(blob: bytes) -> tuple[bytes, int]:
    """Split a blob into its well-known binary and its SRID."""
    if blob[:2] != b"GP" or len(blob) < 8:
        message = "This is no GeoPackage geometry: it does not begin with 'GP'."
        raise ValueError(message)
    flags = blob[3]
    if (flags >> 1) & 0b111 >= len(_ENVELOPE_BYTES):
        message = "This is no GeoPackage geometry: its envelope is of an unknown kind."
        raise ValueError(message)
    order = "<" if flags & _LITTLE_ENDIAN else ">"
    (srid,) = struct.unpack_from(f"{order}i", blob, 4)
    start = 8 + _ENVELOPE_BYTES[(flags >> 1) & 0b111]
    return blob[start:], srid


def box(blob: bytes) -> tuple[float, float, float, float] | None:
    """West, east, south and north as the blob's own bytes say them; None where they do not.

    They do of a point, and of what has an envelope: then nothing needs to be decoded.
    """
    flags = blob[3] if blob[:2] == b"GP" and len(blob) >= 29 else _EMPTY
    if flags & (_LITTLE_ENDIAN | _EMPTY) != _LITTLE_ENDIAN:
        return None
    kind = (flags >> 1) & 0b111
    if 0 < kind < len(_ENVELOPE_BYTES):
        west, east, south, north = struct.unpack_from("<4d", blob, 8)
        return west, east, south, north
    if kind == 0 and blob[8:13] == _POINT_START:
        x, y = struct.unpack_from("<2d", blob, 13)
        return x, x, y, y
    return None


def _header(flags: int, srid: int) -> bytes:
    return struct.pack("<2sBBi", b"GP", 0, flags, srid)
