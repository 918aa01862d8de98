"""Many geometries out of a store, as shapely takes them: no object for each value in between."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy import ColumnElement, LargeBinary, func, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session

from gridmap.storage.geopackage import blob, schema


def raw(session: Session, column: InstrumentedAttribute[Any]) -> ColumnElement[bytes]:
    """Select a geometry column as bytes, for `shapes`."""
    if session.get_bind().dialect.name == schema.NAME:
        return type_coerce(column, LargeBinary())
    return func.ST_AsBinary(column, type_=LargeBinary())


def shapes(values: Iterable[bytes | None]) -> npt.NDArray[np.object_]:
    """Turn the bytes of `raw` into geometries, shape (n,); none stays none."""
    wkb = [value if value is None else _wkb(value) for value in values]
    found: npt.NDArray[np.object_] = shapely.from_wkb(np.array(wkb, dtype=object))
    return found


def _wkb(value: bytes) -> bytes:
    return blob.split(value)[0] if value[:2] == b"GP" else bytes(value)
