"""The plain single question, answered without the arrays that many need.

Most questions that a person asks on the map are plain: the point lies well inside one unit of the
finest level, and the matter is an ordinary one. Whatever is not plain (an edge, a gap, ground of
its own, ground that nobody holds, an emergency, a specialist's matter) is left to the way of the
many, which answers the plain ones alike; a test holds them equal.
"""

from __future__ import annotations

import numpy as np

from gridmap.routing.ground import Edition, Ground
from gridmap.routing.rules import Rules


def well_inside(
    ground: Ground, edition: Edition, rules: Rules, lon: float, lat: float
) -> tuple[int, float] | None:
    """Find the unit well inside which a point lies.

    Parameters
    ----------
    lon, lat
        Degrees in the store's datum.

    Returns
    -------
    found
        The unit's row in `Ground.units` and the metres to its boundary, or None when the point is
        not plain.
    """
    west, south, east, north = ground.box
    if not (west <= lon <= east and south <= lat <= north) or lon == lat == 0:
        return None
    levels, tolerance_m = rules.territory.levels, rules.territory.tolerance_m
    layers = edition.layers(rules.territory.scheme, levels)
    if not layers:
        return None
    x, y = ground.project(np.array([lon]), np.array([lat]))
    row = int(layers[0].covering(x, y)[0])
    boundary_m = float(layers[0].partition.boundary_distance(x, y)[0])
    if row < 0 or boundary_m <= tolerance_m:
        return None
    for scheme in rules.ownership_schemes:
        for layer in edition.layers(scheme, levels):
            if layer.partition.covering(x, y)[0] >= 0:
                return None
    return row, boundary_m
