"""Local metres to longitude and latitude, and the files themselves."""

import csv
import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from maker.rings import Point, area_m2

ORIGIN = "demonstration"
CENTRE_LON, CENTRE_LAT = 119.6, 38.9
DECIMALS = 7
_A, _E2 = 6378137.0, 0.00669437999014
_W2 = 1 - _E2 * math.sin(math.radians(CENTRE_LAT)) ** 2
EAST_M = math.radians(1) * math.cos(math.radians(CENTRE_LAT)) * _A / math.sqrt(_W2)
NORTH_M = math.radians(1) * _A * (1 - _E2) / _W2**1.5


def lonlat(point: Point) -> Point:
    """Longitude and latitude in WGS 84, rounded to 7 decimals (about 1 cm).

    The radii of curvature are those of the ellipsoid at the centre of the town (38.9 N). The same
    metres always give the same digits, so shared vertices stay shared.
    """
    return (
        round(CENTRE_LON + point[0] / EAST_M, DECIMALS),
        round(CENTRE_LAT + point[1] / NORTH_M, DECIMALS),
    )


def closed(ring: Sequence[Point]) -> list[Point]:
    """Turn a ring into degrees as RFC 7946 wants it: counter-clockwise, first vertex repeated."""
    points = [lonlat(point) for point in ring]
    if area_m2(list(ring)) < 0:
        points.reverse()
    return [*points, points[0]]


def polygon(ring: Sequence[Point]) -> dict[str, object]:
    """GeoJSON polygon of a ring in local metres."""
    return {"type": "Polygon", "coordinates": [closed(ring)]}


def line(path: Sequence[Point]) -> dict[str, object]:
    """GeoJSON line of a path in local metres."""
    return {"type": "LineString", "coordinates": [lonlat(point) for point in path]}


def point(place: Point) -> dict[str, object]:
    """GeoJSON point of a place in local metres."""
    return {"type": "Point", "coordinates": lonlat(place)}


def write_geojson(
    path: Path, features: Iterable[tuple[dict[str, object], dict[str, object]]]
) -> None:
    """Write (properties, geometry) pairs, one feature a line so that changes can be read."""
    lines = [
        _dense({"type": "Feature", "properties": {**properties, "origin": ORIGIN}, "geometry": g})
        for properties, g in features
    ]
    note = "Invented demonstration data in open sea; no real place. 虚构的演示数据，并非真实地点。"
    head = f'{{"type":"FeatureCollection","name":{_dense(path.stem)},"description":{_dense(note)}'
    text = f'{head},"features":[\n' + ",\n".join(lines) + "\n]}\n"
    path.write_text(text, encoding="utf-8", newline="\n")


def write_csv(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], *, bom: bool = False
) -> None:
    """Write rows of text in UTF-8; the byte-order mark lets a spreadsheet open it in Chinese."""
    with path.open("w", encoding="utf-8-sig" if bom else "utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _dense(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
