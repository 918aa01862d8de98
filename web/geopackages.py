"""A GeoPackage of one layer, for QGIS and other programs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyogrio.raw
import shapely

from gridmap.model import SRID
from web.table import Table

_TYPES = {
    bool: pa.bool_(),
    int: pa.int64(),
    float: pa.float64(),
    datetime: pa.timestamp("ms", tz="UTC"),
}
_SHAPE = "geom"
#: What GDAL calls the columns of numbers and shapes itself.
_TAKEN = {"fid", _SHAPE}


def write_geopackage(table: Table, path: Path) -> None:
    """Write a file with one table that has the layer's key for a name, in the CRS of the store."""
    names = [f"{key}_" if key in _TAKEN else key for key in table.keys]
    columns = zip(names, table.kinds, strict=True)
    schema = pa.schema(
        [
            *((name, _TYPES.get(kind, pa.string())) for name, kind in columns),
            (_SHAPE, pa.binary()),
        ]
    )
    pyogrio.raw.write_arrow(
        pa.RecordBatchReader.from_batches(schema, _batches(table, schema)),
        path,
        layer=table.layer.key,
        driver="GPKG",
        geometry_name=_SHAPE,
        geometry_type=table.geometry_type,
        crs=f"EPSG:{SRID}",
        layer_options={"GEOMETRY_NAME": _SHAPE, "IDENTIFIER": table.title},
        layer_metadata={"notice": table.notice} if table.notice else None,
    )


def _batches(table: Table, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    for batch in table.batches:
        columns = list(zip(*batch.rows, strict=True)) if batch.rows else [()] * len(table.fields)
        values = [*columns, shapely.to_wkb(batch.shapes).tolist()]
        arrays = [
            pa.array(column, field.type) for column, field in zip(values, schema, strict=True)
        ]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)
