"""The plain single question, answered without the arrays that many need.

Most questions that a person asks on the map are plain: the point lies well inside one unit of the
finest level, or far from every unit, and the matter is an ordinary one. Whatever is not plain (an
edge, a gap, ground of its own, ground that is not divided, an emergency, a specialist's matter)
is left to the way of the many, which answers the plain ones alike; a test holds them equal.
"""

from __future__ import annotations

from gridmap.routing.ground import Edition, Ground
from gridmap.routing.rules import Rules


def plainly(
    ground: Ground, edition: Edition, rules: Rules, lon: float, lat: float
) -> tuple[int, float] | None:
    """Find the unit well inside which a point lies, or that no unit is anywhere near.

    Parameters
    ----------
    lon, lat
        Degrees in the store's datum.

    Returns
    -------
    found
        The unit's row in `Ground.units`, -1 for none, and the metres to the nearest boundary of
        the finest level; None when the point is not plain.
    """
    west, south, east, north = ground.box
    if not (west <= lon <= east and south <= lat <= north) or lon == lat == 0:
        return None
    levels, territory = rules.territory.levels, rules.territory
    layers = edition.layers(territory.scheme, levels)
    if not layers:
        return None
    x, y = ground.project_point(lon, lat)
    for scheme in rules.ownership_schemes:
        if any(layer.at(x, y)[0] >= 0 for layer in edition.layers(scheme, levels)):
            return None
    row, boundary_m = layers[0].at(x, y)
    if row >= 0:
        return (row, boundary_m) if boundary_m > territory.tolerance_m else None
    if boundary_m <= territory.gap_m or any(layer.at(x, y)[0] >= 0 for layer in layers[1:]):
        return None
    return -1, boundary_m
