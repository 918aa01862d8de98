"""The plain single question, answered without the arrays that many need.

Most questions that a person asks on the map are plain: the point lies well inside one unit of the
finest level. Whatever is not plain (an edge, a gap, ground of its own, ground that nobody holds) is
left to the way of the many, which answers the plain ones alike; a test holds them equal.
"""

from __future__ import annotations

import numpy as np

from gridmap.locating import CONFIDENCE, Located
from gridmap.routing.ground import Edition, Ground
from gridmap.routing.rules import Rules
from gridmap.routing.territory import Held


def plain(ground: Ground, edition: Edition, rules: Rules, lon: float, lat: float) -> Held | None:
    """Tell who holds a plain point, or nothing when it is not plain.

    Parameters
    ----------
    lon, lat
        Degrees in the store's datum.
    """
    west, south, east, north = ground.box
    if not (west <= lon <= east and south <= lat <= north) or lon == lat == 0:
        return None
    x, y = ground.project(np.array([lon]), np.array([lat]))
    territory = rules.territory
    for scheme in rules.ownership_schemes:
        for layer in edition.layers(scheme, territory.levels):
            if layer.partition.covering(x, y)[0] >= 0:
                return None
    layers = edition.layers(territory.scheme, territory.levels)
    if not layers:
        return None
    row = layers[0].covering(x, y)
    boundary_m = layers[0].partition.boundary_distance(x, y)
    if row[0] < 0 or boundary_m[0] <= territory.tolerance_m:
        return None
    return Held(unit=row, rule=_TERRITORY, boundary_m=boundary_m, alternatives=_NO_OTHERS)


def located(lon: float, lat: float) -> Located:
    """Say of a plain point how it was located: by its coordinate."""
    found = Located.nowhere(1)
    found.lon[0], found.lat[0] = lon, lat
    found.method[0], found.problem[0] = "coordinate", ""
    found.confidence[0] = CONFIDENCE["coordinate"]
    return found


_TERRITORY = np.array(["territory"], dtype=object)
_NO_OTHERS = np.empty(1, dtype=object)
_NO_OTHERS.fill(())
