"""Shapefiles: several files that only together are one, and that GDAL reads even when cut off."""

from __future__ import annotations

import struct
from pathlib import Path

from gridmap.errors import InputError

_SHP_HEADER_BYTES = 100
_DBF_HEADER_BYTES = 32


def require_whole(path: Path) -> None:
    """
    Make sure that a Shapefile has its .shx and .dbf, and that none of them is cut off.

    The lengths are those which the headers name (ESRI Shapefile Technical Description, 1998; dBASE
    III header: rows at byte 4, header and row length at bytes 8 and 10).

    Raises
    ------
    InputError
        With the file that is missing or too short.
    """
    for ending, why in ((".shx", "where each shape begins"), (".dbf", "codes and names")):
        if sidecar(path, ending) is None:
            message = (
                f"{path.with_suffix(ending).name} is missing: it tells {why} and must lie beside "
                f"{path.name}."
            )
            raise InputError(message)
    for part in (path, sidecar(path, ".shx")):
        if part is not None and _is_short_shp(part.read_bytes()[:_SHP_HEADER_BYTES], part):
            _refuse(part)
    table = sidecar(path, ".dbf")
    if table is not None and _is_short_dbf(table):
        _refuse(table)


def sidecar(path: Path, ending: str) -> Path | None:
    """Find the file of the same name with another ending, whatever its case."""
    for candidate in (path.with_suffix(ending), path.with_suffix(ending.upper())):
        if candidate.is_file():
            return candidate
    return None


def table_encoding(path: Path) -> str | None:
    """
    Tell the encoding of the table: None when its .cpg file or its header names one for GDAL.

    Where nothing does, Chinese offices write either UTF-8 or GB18030: what decodes is taken.
    """
    table = sidecar(path, ".dbf")
    if table is None or sidecar(path, ".cpg") is not None:
        return None
    content = table.read_bytes()
    if content[29]:  # the language driver
        return None
    try:
        content[struct.unpack("<H", content[8:10])[0] :].decode("utf-8")
    except UnicodeDecodeError:
        return "GB18030"
    return "UTF-8"


def _is_short_shp(header: bytes, part: Path) -> bool:
    if len(header) < _SHP_HEADER_BYTES:
        return True
    words: int = struct.unpack(">i", header[24:28])[0]
    return words * 2 > part.stat().st_size


def _is_short_dbf(table: Path) -> bool:
    with table.open("rb") as file:
        header = file.read(_DBF_HEADER_BYTES)
    if len(header) < _DBF_HEADER_BYTES:
        return True
    rows, header_bytes, row_bytes = struct.unpack("<IHH", header[4:12])
    return bool(header_bytes + rows * row_bytes > table.stat().st_size)


def _refuse(part: Path) -> None:
    message = f"{part} is cut off: it is shorter than its own header says."
    raise InputError(message)
