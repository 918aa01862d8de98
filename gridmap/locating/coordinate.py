"""Whether a ticket's coordinate can be believed."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Degrees by which the box of all units is widened: about a kilometre.
MARGIN_DEG = 0.01


def judge(lon: Floats, lat: Floats, bounds: Floats) -> npt.NDArray[np.object_]:
    """Tell what is wrong with each coordinate.

    Parameters
    ----------
    lon, lat
        Degrees in the store's datum, shape (n,); NaN means that there is none, infinity that
        what was given is no number.
    bounds
        West, south, east, north of all units; NaN when no unit has an area.

    Returns
    -------
    problems
        Shape (n,): an empty text where the coordinate can be used, else a key of
        `gridmap.locating.answer.REASONS`.
    """
    problems = np.full(len(lon), "", dtype=object)
    problems[(lon == 0) & (lat == 0)] = "zero"
    outside = np.flatnonzero(~_within(lon, lat, bounds))
    if len(outside):
        problems[outside] = _explain(lon[outside], lat[outside], bounds)
    return problems


def _explain(lon: Floats, lat: Floats, bounds: Floats) -> npt.NDArray[np.object_]:
    problems = np.full(len(lon), "outside", dtype=object)
    problems[(np.abs(lon) > 180) | (np.abs(lat) > 90)] = "out_of_range"
    problems[_within(lat, lon, bounds)] = "swapped"
    problems[(lon == 0) & (lat == 0)] = "zero"
    problems[~(np.isfinite(lon) & np.isfinite(lat))] = "no_number"
    problems[np.isnan(lon) & np.isnan(lat)] = "no_place"
    return problems


def _within(lon: Floats, lat: Floats, bounds: Floats) -> Any:
    west, south, east, north = bounds
    return (
        (lon >= west - MARGIN_DEG)
        & (lon <= east + MARGIN_DEG)
        & (lat >= south - MARGIN_DEG)
        & (lat <= north + MARGIN_DEG)
    )
