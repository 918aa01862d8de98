"""Moments as integers: microseconds since 1970 in UTC, as numpy's datetime64[us] counts them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

#: The end of what has no end, and the beginning of what has no beginning.
FOREVER = int(np.iinfo(np.int64).max)
BEFORE_ALL = int(np.iinfo(np.int64).min)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_moment(time: datetime | None, missing: int = 0) -> int:
    """Turn an aware time into a moment, exactly."""
    if time is None:
        return missing
    since = time - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def to_moments(times: Any) -> npt.NDArray[np.int64]:
    """Turn datetime64 values in UTC, shape (n,), into moments."""
    return np.asarray(times, dtype="datetime64[us]").astype(np.int64)


def now() -> int:
    """Tell this moment."""
    return to_moment(datetime.now(UTC))
