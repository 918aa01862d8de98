"""Columns: many rows as one array or list for each field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Columns = Mapping[str, Any]


def take(columns: Columns, places: npt.NDArray[np.int64]) -> dict[str, Any]:
    """Take the rows at some places, shape (n,), out of arrays and lists, in that order."""
    indexes = places.tolist()
    return {
        name: values[places] if isinstance(values, np.ndarray) else [values[i] for i in indexes]
        for name, values in columns.items()
    }
