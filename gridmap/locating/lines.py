"""Points on roads: between two houses, and where two roads meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridmap.locating.limits import held
from gridmap.locating.multimap import key

if TYPE_CHECKING:
    from gridmap.locating.gazetteer import Gazetteer
    from gridmap.locating.limits import Limits

Point = tuple[float, float]

#: Roads whose lines come this near meet: some fifty metres, for the two ways of a wide road.
_MEET_DEG = 0.0005
#: From one house number to the next, some five metres; and how far a number beyond the known ones
#: may be from the last of them, or a crossing from the houses beside it: half a kilometre.
STEP_DEG, REACH_DEG = 0.00005, 0.005
#: A number that only houses across the street tell may be so far from them, some thirty metres,
#: and in another unit: boundaries follow streets.
ACROSS_DEG = 0.0003


@dataclass(frozen=True)
class Meeting:
    """Where two roads meet, how far off that may be, and the addresses that say so."""

    point: Point
    spread_deg: float
    addresses: tuple[int, ...]


def on_road(
    gazetteer: Gazetteer, road: int, lower: int, upper: int, share: float
) -> tuple[Point, float]:
    """Find the point a share of the way from one house to another, and how far off it may be.

    Along the road's line where it is known, else on the straight way.
    """
    ends = np.array([gazetteer.rows.point[lower], gazetteer.rows.point[upper]])
    reach_deg = float(np.hypot(*(ends[1] - ends[0])))
    line = gazetteer.rows.lines.get(road)
    if line is not None and line.geom_type == "LineString":
        from_m, to_m = shapely.line_locate_point(line, shapely.points(ends)).tolist()
        point = shapely.line_interpolate_point(line, from_m + share * (to_m - from_m))
        return (point.x, point.y), reach_deg / 2
    lon, lat = (ends[0] + share * (ends[1] - ends[0])).tolist()
    return (lon, lat), reach_deg / 2


def crossing(gazetteer: Gazetteer, one: int, other: int, limits: Limits) -> Meeting | None:
    """Find where two roads meet; None where they do not.

    By their lines; else by the addresses of which a list says that both roads are beside them,
    those within the limits if there are any.
    """
    lines = gazetteer.rows.lines
    if one in lines and other in lines:
        if shapely.distance(lines[one], lines[other]) > _MEET_DEG:
            return None
        shared = shapely.intersection(lines[one], lines[other])
        if shared.is_empty:
            shared = shapely.shortest_line(lines[one], lines[other])
        west, south, east, north = shared.bounds
        middle = shared.centroid
        return Meeting((middle.x, middle.y), max(east - west, north - south) / 2, ())
    return _by_addresses(gazetteer, one, other, limits)


def _by_addresses(gazetteer: Gazetteer, one: int, other: int, limits: Limits) -> Meeting | None:
    pair = key(min(one, other), max(one, other))
    entries = held(gazetteer, gazetteer.crossings.get(pair).tolist(), limits)
    entries = [entry for entry in entries if not np.isnan(gazetteer.rows.point[entry][0])]
    points = np.array([gazetteer.rows.point[entry] for entry in entries])
    if not len(points):
        return _by_nearness(gazetteer, one, other, limits)
    middle = np.median(points, axis=0)
    spread_deg = float(np.hypot(*(points - middle).T).max())
    return Meeting((float(middle[0]), float(middle[1])), spread_deg, tuple(entries))


def _by_nearness(gazetteer: Gazetteer, one: int, other: int, limits: Limits) -> Meeting | None:
    """Guess that two roads meet where houses of the one and of the other are nearest."""
    houses, houses_of = [], []
    for road in (one, other):
        numbers = gazetteer.house_numbers.get(road)
        if numbers is None:
            return None
        members = held(gazetteer, numbers.entry.tolist(), limits)
        houses_of.append(members)
        houses.append(np.array([gazetteer.rows.point[member] for member in members]))
    if not len(houses[0]) or not len(houses[1]):
        return None
    apart = np.hypot(*(houses[0][:, None, :] - houses[1][None, :, :]).transpose(2, 0, 1))
    first, last = np.unravel_index(int(np.argmin(apart)), apart.shape)
    if apart[first, last] > REACH_DEG:
        return None
    lon, lat = ((houses[0][first] + houses[1][last]) / 2).tolist()
    beside = houses_of[0][int(first)], houses_of[1][int(last)]
    return Meeting((lon, lat), float(apart[first, last]), beside)
