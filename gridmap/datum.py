"""Datums and metres: every coordinate that enters has a named datum and leaves degrees once.

The store keeps CGCS2000 (EPSG:4490). WGS 84 is taken as identical to it: the two agree to
decimetres, and PROJ itself knows only a "ballpark" transform between them, which changes nothing.
GCJ-02 and BD-09 are shifted on purpose by 0.5 to 1.5 km and are converted here.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Transformer

from gridmap.errors import DatumError

Floats = NDArray[np.float64]
Pair = tuple[Floats, Floats]

DATUMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "wgs84": ("WGS 84", "EPSG:4326", "OGC:CRS84", "GPS"),
        "cgcs2000": ("CGCS 2000", "EPSG:4490", "国家2000", "2000国家大地坐标系", "天地图"),
        "gcj02": ("GCJ-02", "火星坐标系", "国测局坐标系", "高德", "腾讯", "AMap", "AutoNavi"),
        "bd09": ("BD-09", "BD09LL", "百度坐标系", "百度地图", "Baidu"),
    }
)
"""The known datums, each with the other names that it goes by."""

# Semi-major axis and squared eccentricity of the Krasovsky 1940 ellipsoid, as GCJ-02 uses them.
_AXIS_M = 6378245.0
_ECCENTRICITY2 = 0.00669342162296594323
_BAIDU_PI = np.pi * 3000.0 / 180.0

# West, east, south and north of the box outside of which no public implementation shifts.
_BOX = (72.004, 137.8347, 0.8293, 55.8271)
_LONGEST_SHIFT_DEG = 0.1  # generous: no shift in the box is longer than 0.04 degrees
_INVERSE_ERROR_DEG = 1e-9  # so that a point on the box's very edge finds its way back

# Steps until the inverse is good to 1e-7 m: each gains a factor of about 100. The number is fixed
# so that a point alone gets the same answer as the same point among a million.
_GCJ_STEPS = 5
_BAIDU_STEPS = 5

# What EPSG:4490 is meant for, with the islands of the South China Sea.
_CHINA = (73.5, 135.1, 3.4, 53.6)


def _plain(name: str) -> str:
    letters = re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", name).casefold())
    return re.sub(r"(坐标系|坐标|地图)$", "", letters)


_NAMES = {_plain(name): datum for datum, names in DATUMS.items() for name in (datum, *names)}


def parse_datum(name: str) -> str:
    """
    Find the datum that a person means, whatever the case, spaces and punctuation.

    Parameters
    ----------
    name
        A name or an alias in `DATUMS`, e.g. "GCJ-02", "火星坐标", "epsg:4490".

    Returns
    -------
    datum
        One of the keys of `DATUMS`.

    Raises
    ------
    DatumError
        If the name is none of them; the message lists those that are known.
    """
    datum = name if name in DATUMS else _NAMES.get(_plain(name))
    if datum is None:
        message = f"The datum {name!r} is not known: name one of {', '.join(DATUMS)}."
        raise DatumError(message)
    return datum


def to_store(lon: ArrayLike, lat: ArrayLike, datum: str) -> Pair:
    """
    Convert coordinates of a datum into the store's datum, CGCS2000.

    A point counts as shifted when its true position lies in China's box. Where the shift carries
    a point over the edge of the box, the same numbers may also stand for an unshifted point
    outside: then they are read as shifted.

    Parameters
    ----------
    lon, lat
        Degrees, shape (n,). NaN stays NaN.
    datum
        Any name that `parse_datum` knows.

    Returns
    -------
    lon, lat
        Degrees, shape (n,). Going there and back again differs by less than 1e-5 m.

    Raises
    ------
    DatumError
        If the datum is not known.
    """
    datum = parse_datum(datum)
    if datum == "gcj02":
        return _outof(_unshift, lon, lat)
    if datum == "bd09":
        return _outof(lambda x, y: _unshift(*_unbaidu(x, y)), lon, lat)
    return np.asarray(lon, np.float64), np.asarray(lat, np.float64)


def to_store_point(lon: float, lat: float, datum: str) -> tuple[float, float]:
    """Convert one point as `to_store` does, without the arrays; DatumError as there."""
    if parse_datum(datum) in ("wgs84", "cgcs2000"):
        return lon, lat
    lons, lats = to_store(np.array([lon]), np.array([lat]), datum)
    return float(lons[0]), float(lats[0])


def from_store(lon: ArrayLike, lat: ArrayLike, datum: str) -> Pair:
    """
    Convert coordinates of the store's datum, CGCS2000, into another datum.

    Parameters
    ----------
    lon, lat
        Degrees, shape (n,). NaN stays NaN; a point outside China's box stays where it is.
    datum
        Any name that `parse_datum` knows.

    Returns
    -------
    lon, lat
        Degrees, shape (n,).

    Raises
    ------
    DatumError
        If the datum is not known.
    """
    datum = parse_datum(datum)
    if datum == "gcj02":
        return _into(_shift, lon, lat)
    if datum == "bd09":
        return _into(lambda x, y: _baidu(*_shift(x, y)), lon, lat)
    return np.asarray(lon, np.float64), np.asarray(lat, np.float64)


def wgs84_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """
    Shift WGS 84 degrees, shape (n,), as maps published in China are.

    The state's algorithm is not published; this is the formula that all public libraries share
    (eviltransform, gcoord): 332 cities agree with it within 1 m. The box is a rough one: it holds
    parts of neighbouring countries too, where maps are not shifted.
    """
    return from_store(lon, lat, "gcj02")


def gcj02_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Undo `wgs84_to_gcj02`, shape (n,), by fixed-point iteration, to less than 2e-6 m."""
    return to_store(lon, lat, "gcj02")


def gcj02_to_bd09(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """
    Shift GCJ-02 degrees, shape (n,), once more as Baidu does (the formula of gcoord).

    It goes through WGS 84, so that the one box decides for both shifts.
    """
    return from_store(*to_store(lon, lat, "gcj02"), "bd09")


def bd09_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Undo `gcj02_to_bd09`, shape (n,), by fixed-point iteration, to less than 2e-6 m."""
    return from_store(*to_store(lon, lat, "bd09"), "gcj02")


def transform_geometry(geometries: Any, datum: str) -> Any:
    """
    Convert shapely geometries of a datum into the store's datum, CGCS2000, vertex by vertex.

    Parameters
    ----------
    geometries
        One geometry or an array of them, in degrees, longitude first; None stays None.
    datum
        Any name that `parse_datum` knows.

    Returns
    -------
    geometries
        New geometries, two-dimensional, of the same shape.

    Raises
    ------
    DatumError
        If the datum is not known.
    """
    datum = parse_datum(datum)
    return _transform(geometries, lambda lon, lat: to_store(lon, lat, datum))


def metric_crs(lon: ArrayLike, lat: ArrayLike) -> CRS:
    """
    Choose the projected CRS in which metres are measured, from where the data lie.

    In China it is the CGCS2000 3-degree Gauss-Krueger zone (EPSG:4534 for 75 E to EPSG:4554 for
    135 E, e.g. EPSG:4548 for Beijing), elsewhere the UTM zone. A length at the edge of a zone is
    0.02 % (Gauss-Krueger) or 0.1 % (UTM) too long at most.

    Parameters
    ----------
    lon, lat
        Degrees in the store's datum, shape (n,), n >= 1: points, or the two corners of a box. The
        median decides, so that a few wrong points do not; NaN is passed over.

    Raises
    ------
    DatumError
        If there is no coordinate at all, or if they are not degrees.
    """
    lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    known = np.isfinite(lon) & np.isfinite(lat)
    if not known.any():
        message = "There is no coordinate from which to choose a projection for metres."
        raise DatumError(message)
    middle_lon, middle_lat = float(np.median(lon[known])), float(np.median(lat[known]))
    if abs(middle_lon) > 180 or abs(middle_lat) > 90:
        message = (
            f"The coordinates around {middle_lon:g}, {middle_lat:g} are not degrees of longitude "
            "and latitude: convert them first or name the CRS that they are in."
        )
        raise DatumError(message)
    if _inside(middle_lon, middle_lat, _CHINA):
        central_meridian = min(max(3 * round(middle_lon / 3), 75), 135)
        return CRS.from_epsg(4534 + (central_meridian - 75) // 3)
    zone = min(int((middle_lon + 180) // 6) + 1, 60)
    return CRS.from_epsg((32600 if middle_lat >= 0 else 32700) + zone)


@dataclass(frozen=True)
class Metric:
    """
    The way between the store's degrees and the metres of one projected CRS.

    It may be shared by threads (each makes its own PROJ transformer when it first needs one,
    which takes some milliseconds) and sent to another process. Longitude and easting come first,
    whatever the axis order of the CRS is.
    """

    crs: CRS
    _transformer: Transformer = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # From the CRS's own degrees: all datums here are one, so that PROJ has nothing to choose.
        transformer = Transformer.from_crs(self.crs.geodetic_crs, self.crs, always_xy=True)
        object.__setattr__(self, "_transformer", transformer)

    @classmethod
    def around(cls, lon: ArrayLike, lat: ArrayLike) -> Metric:
        """Take the CRS that `metric_crs` chooses for these degrees, shape (n,)."""
        return cls(metric_crs(lon, lat))

    def project(self, lon: ArrayLike, lat: ArrayLike) -> Pair:
        """Turn degrees, shape (n,), into metres; NaN and what has no place become NaN."""
        return self._run(lon, lat, "FORWARD")

    def project_point(self, lon: float, lat: float) -> tuple[float, float]:
        """Turn the degrees of one point into metres, or NaN; as `project`, without the arrays."""
        x, y = self._transformer.transform(lon, lat)
        return (x, y) if math.isfinite(x) and math.isfinite(y) else (math.nan, math.nan)

    def unproject(self, x: ArrayLike, y: ArrayLike) -> Pair:
        """Turn metres, shape (n,), into degrees; NaN and what has no place become NaN."""
        return self._run(x, y, "INVERSE")

    def project_geometry(self, geometries: Any) -> Any:
        """Turn one shapely geometry in degrees, or an array of them, into metres."""
        return _transform(geometries, self.project)

    def unproject_geometry(self, geometries: Any) -> Any:
        """Turn one shapely geometry in metres, or an array of them, into degrees."""
        return _transform(geometries, self.unproject)

    def _run(self, first: ArrayLike, second: ArrayLike, direction: str) -> Pair:
        a, b = self._transformer.transform(
            np.asarray(first, np.float64), np.asarray(second, np.float64), direction=direction
        )
        a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
        placed = np.isfinite(a) & np.isfinite(b)  # PROJ answers infinity where it has no answer
        return np.where(placed, a, np.nan), np.where(placed, b, np.nan)


def _transform(geometries: Any, convert: Callable[[Floats, Floats], Pair]) -> Any:
    def convert_vertices(vertices: Floats) -> Floats:
        return np.column_stack(convert(vertices[:, 0], vertices[:, 1]))

    return shapely.transform(geometries, convert_vertices)


def _inside(
    lon: Any, lat: Any, box: tuple[float, float, float, float] = _BOX, margin_deg: float = 0.0
) -> Any:
    west, east, south, north = box
    return (
        (lon >= west - margin_deg)
        & (lon <= east + margin_deg)
        & (lat >= south - margin_deg)
        & (lat <= north + margin_deg)
    )


def _into(convert: Callable[[Floats, Floats], Pair], lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Shift the points of the box, leave the others."""
    shifted_lon, shifted_lat = np.array(lon, np.float64), np.array(lat, np.float64)
    inside = _inside(shifted_lon, shifted_lat)
    shifted_lon[inside], shifted_lat[inside] = convert(shifted_lon[inside], shifted_lat[inside])
    return shifted_lon, shifted_lat


def _outof(convert: Callable[[Floats, Floats], Pair], lon: ArrayLike, lat: ArrayLike) -> Pair:
    """Shift back the points that came from within the box, leave the others."""
    true_lon, true_lat = np.array(lon, np.float64), np.array(lat, np.float64)
    near = _inside(true_lon, true_lat, margin_deg=_LONGEST_SHIFT_DEG)
    lon_back, lat_back = convert(true_lon[near], true_lat[near])
    inside = _inside(lon_back, lat_back, margin_deg=_INVERSE_ERROR_DEG)
    true_lon[near] = np.where(inside, lon_back, true_lon[near])
    true_lat[near] = np.where(inside, lat_back, true_lat[near])
    return true_lon, true_lat


def _shift(lon: Floats, lat: Floats) -> Pair:
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    waves = 20.0 * (np.sin(6.0 * np.pi * x) + np.sin(2.0 * np.pi * x))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += 2.0 / 3.0 * (waves + 20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi / 3.0 * y))
    north += 2.0 / 3.0 * (160.0 * np.sin(np.pi / 12.0 * y) + 320.0 * np.sin(np.pi / 30.0 * y))
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += 2.0 / 3.0 * (waves + 20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi / 3.0 * x))
    east += 2.0 / 3.0 * (150.0 * np.sin(np.pi / 12.0 * x) + 300.0 * np.sin(np.pi / 30.0 * x))
    latitude = np.radians(lat)
    w2 = 1.0 - _ECCENTRICITY2 * np.sin(latitude) ** 2
    meridian_m = _AXIS_M * (1.0 - _ECCENTRICITY2) / (w2 * np.sqrt(w2))
    parallel_m = _AXIS_M / np.sqrt(w2) * np.cos(latitude)
    return lon + np.degrees(east / parallel_m), lat + np.degrees(north / meridian_m)


def _unshift(lon: Floats, lat: Floats) -> Pair:
    return _invert(_shift, lon, lat, _GCJ_STEPS, lon, lat)


def _baidu(lon: Floats, lat: Floats) -> Pair:
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BAIDU_PI)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BAIDU_PI)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def _unbaidu(lon: Floats, lat: Floats) -> Pair:
    return _invert(_baidu, lon, lat, _BAIDU_STEPS, lon - 0.0065, lat - 0.006)


def _invert(
    convert: Callable[[Floats, Floats], Pair],
    lon: Floats,
    lat: Floats,
    steps: int,
    guess_lon: Floats,
    guess_lat: Floats,
) -> Pair:
    """Fixed-point iteration: move the guess by what its image misses the target."""
    for _ in range(steps):
        image_lon, image_lat = convert(guess_lon, guess_lat)
        guess_lon, guess_lat = guess_lon - (image_lon - lon), guess_lat - (image_lat - lat)
    return guess_lon, guess_lat
