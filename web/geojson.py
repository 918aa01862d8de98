"""Features as GeoJSON (https://www.rfc-editor.org/rfc/rfc7946): WGS 84, outer rings anticlockwise.

The store's CGCS2000 is taken as identical to WGS 84 (see `gridmap.datum`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import shapely

from layers.extract import Batch

MIMETYPE = "application/geo+json"
#: Decimals of a degree: a centimetre.
_DECIMALS = 7
_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS


def collection(
    batches: Iterator[Batch], keys: Sequence[str], members: Mapping[str, Any]
) -> Iterator[bytes]:
    """Write a FeatureCollection piece by piece.

    Parameters
    ----------
    batches
        The features.
    keys
        Names of the properties, in the order of the rows.
    members
        What else the collection says of itself (foreign members, RFC 7946, 6.1).
    """
    head = orjson.dumps({"type": "FeatureCollection", **members}, option=_OPTIONS)
    yield head[:-1] + b',"features":['
    separator = b""
    for batch in batches:
        written = b",\n".join(features(batch, keys))
        if written:
            yield separator + written
            separator = b",\n"
    yield b"]}\n"


def features(batch: Batch, keys: Sequence[str]) -> list[bytes]:
    """Write each feature; one without a geometry has null."""
    texts: list[str | None] = shapely.to_geojson(_rounded(batch.shapes)).tolist()
    return [
        b'{"type":"Feature","id":%s,"geometry":%s,"properties":%s}'
        % (
            orjson.dumps(number),
            b"null" if text is None else text.encode(),
            orjson.dumps(dict(zip(keys, row, strict=True)), option=_OPTIONS),
        )
        for number, text, row in zip(batch.ids, texts, batch.rows, strict=True)
    ]


def _rounded(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    turned = shapely.orient_polygons(shapes)
    found: npt.NDArray[np.object_] = shapely.transform(
        turned, lambda places: np.round(places, _DECIMALS)
    )
    return found
