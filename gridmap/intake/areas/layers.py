"""Layers: a geometry file read into columns, its coordinates in the store's datum."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError
from pyproj import CRS
from pyproj.exceptions import CRSError

from gridmap.errors import InputError
from gridmap.intake.areas.placing import place
from gridmap.intake.areas.shapefile import require_whole, table_encoding
from gridmap.intake.lists import clean
from gridmap.intake.sources import require_file, require_kind, unpacked

#: Endings of the files that hold geometries.
KINDS = (".gpkg", ".shp", ".geojson", ".json", ".gdb", ".kml", ".zip")
_IN_ZIP = (".shp", ".gdb", ".gpkg", ".geojson", ".kml")

# Formats whose rule is WGS 84, whatever their coordinates really are.
_WGS84_BY_RULE = (".geojson", ".json", ".kml")
_NO_DATUM_GIVEN = (
    "no --datum given: taken as WGS 84, as the format says; Chinese data is often GCJ-02 "
    "(--datum gcj02)"
)

_EXACT_FLOAT = 2.0**53

# GDAL's remarks that say nothing about the data.
_HARMLESS = ("organizePolygons", "Non closed ring", "driver does not support")


@dataclass(frozen=True)
class Layer:
    """
    The rows of one layer.

    Attributes
    ----------
    fields
        Column name to values, each of shape (n,).
    geometry
        Two-dimensional geometries in degrees of the store's datum, longitude first, shape (n,);
        None where a row has none.
    closed
        Rows whose rings were open and are closed now.
    remarks
        What the reader had to say.
    """

    fields: dict[str, NDArray[Any]]
    geometry: NDArray[np.object_]
    closed: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    remarks: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.geometry)


def read_layer(path: Path, *, layer: str | None = None, datum: str | None = None) -> Layer:
    """
    Read one layer of a GeoPackage, Shapefile (also zipped), GeoJSON, FileGDB or KML file.

    Parameters
    ----------
    path
        The file; for a FileGDB its folder.
    layer
        Name of the layer; needed when the file holds several.
    datum
        Datum of the coordinates, see `gridmap.datum.DATUMS`: mandatory where the file tells no
        CRS, and the way to say that a file which claims WGS 84 holds GCJ-02 or BD-09.

    Raises
    ------
    InputError
        If the file is missing, damaged, of another kind, or its coordinates cannot be placed.
    """
    require_file(path)
    require_kind(path, KINDS)
    with unpacked(path, _IN_ZIP) as source:
        require_kind(source, KINDS)
        if source.suffix.lower() == ".shp":
            require_whole(source)
        meta, geometry, fields, remarks = _read(source, _layer_name(source, layer))
        by_rule = source.suffix.lower() in _WGS84_BY_RULE
    shapes, closed = _decode(geometry)
    crs = _crs(meta["crs"], path)
    placed = place(shapes, crs, datum, path)
    if by_rule and datum is None and crs is not None and crs.name.startswith("WGS 84"):
        remarks.append(_NO_DATUM_GIVEN)
    return Layer(fields, placed, closed, tuple(remarks))


def texts(values: NDArray[Any], field: str, path: Path) -> list[str]:
    """
    Write a column as text, trimmed and with half-width letters: 101, not 101.0.

    Raises
    ------
    InputError
        If numbers are so large that they have lost digits.
    """
    numbers = values[np.isfinite(values)] if values.dtype.kind == "f" else np.empty(0)
    if (np.abs(numbers) >= _EXACT_FLOAT).any():
        message = f"{path}: the numbers in column {field!r} lost their last digits: make them text."
        raise InputError(message)
    return [_text(value) for value in values.tolist()]


def _text(value: object) -> str:
    if value is None or value != value:
        return ""
    return clean(str(int(value) if isinstance(value, float) and value.is_integer() else value))


def _layer_name(path: Path, layer: str | None) -> str:
    with _explained(path):
        names = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
    if not names:
        message = f"{path} holds no layer with geometries."
        raise InputError(message)
    if layer is None and len(names) > 1:
        message = f"{path} holds several layers: name one of {', '.join(names)}."
        raise InputError(message)
    if layer is not None and layer not in names:
        message = f"{path} holds no layer {layer!r}: name one of {', '.join(names)}."
        raise InputError(message)
    return layer or names[0]


def _read(path: Path, layer: str) -> tuple[dict[str, Any], Any, dict[str, NDArray[Any]], list[str]]:
    encoding = table_encoding(path) if path.suffix.lower() == ".shp" else None
    with warnings.catch_warnings(record=True) as caught, _explained(path):
        warnings.simplefilter("always")
        meta, _, geometry, columns = pyogrio.raw.read(
            path, layer=layer, encoding=encoding, force_2d=True
        )
    fields = dict(zip((str(name) for name in meta["fields"]), columns, strict=True))
    remarks = {str(w.message) for w in caught if not str(w.message).startswith(_HARMLESS)}
    return meta, geometry, fields, sorted(remarks)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn what GDAL raises into a sentence."""
    try:
        yield
    except (DataSourceError, DataLayerError, FeatureError) as error:
        message = f"{path} cannot be read, it is damaged or cut off ({error})."
        raise InputError(message) from error
    except UnicodeDecodeError as error:
        message = (
            f"{path} has letters that are not in its encoding: put a .cpg file beside it that "
            "names the right one, such as GB18030."
        )
        raise InputError(message) from error


def _decode(wkb: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Make geometries of WKB, closing open rings; say which rows had one."""
    with np.errstate(invalid="ignore"):
        shapes = np.asarray(shapely.from_wkb(wkb, on_invalid="ignore"), dtype=object)
        broken = np.flatnonzero(shapely.is_missing(shapes) & (wkb != None))  # noqa: E711
        shapes[broken] = shapely.from_wkb(wkb[broken], on_invalid="fix")
    return shapes, broken


def _crs(text: str | None, path: Path) -> CRS | None:
    try:
        return None if text is None else CRS.from_user_input(text)
    except CRSError as error:
        message = f"{path} names a coordinate system that nobody knows: {text}."
        raise InputError(message) from error
