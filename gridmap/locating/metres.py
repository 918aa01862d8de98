"""Metres between points in degrees, near enough for places of one town."""

from __future__ import annotations

from math import cos, hypot, nan, radians

#: Metres of a degree of latitude, on a sphere.
DEGREE_M = 111_195.0
#: Points nearer to each other than this are one place for whoever goes there.
SAME_M = 100.0


def apart_m(
    lon: float | None, lat: float | None, other_lon: float | None, other_lat: float | None
) -> float:
    """Tell the metres between two points in degrees; NaN where one is not known."""
    if lon is None or lat is None or other_lon is None or other_lat is None:
        return nan
    east = (lon - other_lon) * cos(radians(lat))
    return hypot(east, lat - other_lat) * DEGREE_M
