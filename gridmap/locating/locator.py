"""The first step of locating: a ticket's coordinate, else a unit that its address names."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from gridmap.locating.answer import CONFIDENCE, Located
from gridmap.locating.coordinate import judge
from gridmap.locating.names import Names

Floats = npt.NDArray[np.float64]


def locate(
    lon: Floats,
    lat: Floats,
    addresses: Sequence[str | None],
    *,
    bounds: Floats,
    names: Names,
    codes: Sequence[str],
) -> Located:
    """Locate n tickets; what cannot be found says why, and is never guessed.

    Parameters
    ----------
    lon, lat
        Degrees in the store's datum, shape (n,); NaN where a ticket has none.
    addresses
        What the caller said of the place.
    bounds
        West, south, east, north of the area served.
    names
        The units' names and codes.
    codes
        Code of each unit row, for the candidates.
    """
    located = Located.nowhere(len(lon))
    located.problem = judge(lon, lat, bounds)
    usable = located.problem == ""
    located.unusable = np.where(located.problem == "no_place", "", located.problem)
    located.lon[usable], located.lat[usable] = lon[usable], lat[usable]
    located.method[usable] = "coordinate"
    located.confidence[usable] = CONFIDENCE["coordinate"]
    for index in np.flatnonzero(~usable).tolist():
        address = addresses[index]
        if address:
            _locate_by_name(located, index, address, names, codes)
    return located


def _locate_by_name(
    located: Located, index: int, address: str, names: Names, codes: Sequence[str]
) -> None:
    named = names.find(address)
    if len(named.rows) > 1:
        located.problem[index] = "ambiguous"
        located.candidates[index] = " ".join(codes[row] for row in named.rows)
    elif named.rows:
        located.unit[index] = named.rows[0]
        located.method[index] = named.method
        located.confidence[index] = CONFIDENCE[named.method]
