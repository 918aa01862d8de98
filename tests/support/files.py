"""Geometry files for tests, written as other programs write them."""

from __future__ import annotations

import json
import warnings
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas
import shapely

DRIVERS = {
    ".gpkg": "GPKG",
    ".shp": "ESRI Shapefile",
    ".geojson": "GeoJSON",
    ".gdb": "OpenFileGDB",
    ".kml": "KML",
}
#: Side of the squares of `squares`, in degrees: some 85 m by 111 m.
STEP = 0.001
WEST, SOUTH = 117.0, 40.0


def square(column: float, row: float, wide: float = 1, high: float = 1) -> shapely.Polygon:
    """A box of a raster whose cells are `STEP` degrees wide."""
    west, south = WEST + column * STEP, SOUTH + row * STEP
    return shapely.box(west, south, west + wide * STEP, south + high * STEP)


def write_layer(
    path: Path,
    geometry: Sequence[Any],
    *,
    crs: Any = 4490,
    layer: str | None = None,
    encoding: str | None = None,
    **columns: Sequence[Any],
) -> Path:
    """Write a layer with GDAL; `columns` are its fields."""
    frame = geopandas.GeoDataFrame(dict(columns), geometry=list(geometry), crs=crs)
    options: dict[str, Any] = {"driver": DRIVERS[path.suffix]}
    if path.suffix == ".gdb":
        options["promote_to_multi"] = True
    if layer is not None:
        options["layer"] = layer
    if encoding is not None:
        options["encoding"] = encoding
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of field names that become shorter, of a CRS left out
        frame.to_file(path, **options)
    return path


def write_geojson(
    path: Path, features: Iterable[tuple[Mapping[str, Any], Any]], **more: Any
) -> Path:
    """Write GeoJSON as it is given: geometries are dictionaries, right or wrong."""
    collection = {
        "type": "FeatureCollection",
        **more,
        "features": [
            {"type": "Feature", "properties": dict(fields), "geometry": geometry}
            for fields, geometry in features
        ],
    }
    path.write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")
    return path


def polygon(*rings: Sequence[tuple[float, float]]) -> dict[str, Any]:
    """A GeoJSON polygon of rings that are taken as they are."""
    return {"type": "Polygon", "coordinates": [[list(point) for point in ring] for ring in rings]}


def zipped(path: Path, files: Iterable[Path], *, folder: str = "") -> Path:
    """Pack files into an archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, folder + file.name)
    return path


def sidecars(path: Path) -> list[Path]:
    """All files of a Shapefile."""
    return sorted(path.parent.glob(f"{path.stem}.*"))
