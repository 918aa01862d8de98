"""Columns of text turned into numbers and times, whole columns at once."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, nan

import numpy as np
import numpy.typing as npt
import pandas as pd

Times = npt.NDArray[np.datetime64]

#: Formats that can be read in one way only, tried after a profile's own; a workbook's dates
#: come as the first of them.
PLAIN_TIMES = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M:%S.%f",
    "%Y-%m-%dT%H:%M:%S.%f",
    "%Y-%m-%dT%H:%M:%S%z",
    "%Y-%m-%dT%H:%M:%S.%f%z",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
)

_NOTHING = frozenset({"", "nan", "null", "none", "n/a", "na", "-", "—", "无"})


def degrees(cells: Sequence[str]) -> npt.NDArray[np.float64]:
    """
    Read degrees.

    A blank cell is NaN. A text that is no number is infinite: no coordinate is, so that whoever
    judges the place says that there was one and that it cannot be.
    """
    return np.fromiter(map(_degree, cells), dtype=np.float64, count=len(cells))


def _degree(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return nan if cell.strip().casefold() in _NOTHING else inf


def times(cells: Sequence[str], formats: Sequence[str], time_zone: str) -> Times:
    """
    Read local times and turn them into UTC.

    Parameters
    ----------
    cells
        n trimmed texts.
    formats
        Of `strptime`, tried in their order, before `PLAIN_TIMES`.
    time_zone
        The zone of times that do not tell their own. Of a time that comes twice, when the clocks
        go back, the first is meant; one that is left out becomes the moment the clocks go forward.

    Returns
    -------
    times
        datetime64[us] in UTC, shape (n,); NaT where a cell is blank or cannot be read.
    """
    texts = np.array(cells, dtype=object)
    found = np.full(len(texts), np.datetime64("NaT"), dtype="datetime64[us]")
    waiting = texts != ""
    for time_format in (*formats, *PLAIN_TIMES):
        if not waiting.any():
            break
        found[waiting] = _read(texts[waiting], time_format, time_zone)
        waiting &= np.isnat(found)
    return found


def _read(texts: npt.NDArray[np.object_], time_format: str, time_zone: str) -> Times:
    has_zone = "%z" in time_format
    read = pd.Series(pd.to_datetime(texts, format=time_format, errors="coerce", utc=has_zone))
    if not has_zone:
        first = np.ones(len(read), dtype=bool)
        read = read.dt.tz_localize(time_zone, ambiguous=first, nonexistent="shift_forward")
    moments: Times = read.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy("datetime64[us]")
    return moments
