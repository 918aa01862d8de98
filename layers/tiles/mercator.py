"""Tiles of the web's Mercator grid, in closed form.

The store's degrees (CGCS2000, or WGS 84) are taken as they are: the two differ by centimetres.
Source: OGC 17-083r4, annex D.1 (WebMercatorQuad); the formulas are those of the sphere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from gridmap.errors import InputError

#: West, south, east, north in degrees.
Box: TypeAlias = tuple[float, float, float, float]

#: The square world ends here.
MAX_LATITUDE_DEG = math.degrees(2 * math.atan(math.exp(math.pi)) - math.pi / 2)
#: Narrower tiles would be smaller than a room.
DEEPEST_ZOOM = 22


@dataclass(frozen=True, order=True)
class Tile:
    """
    A square of the world: `x` counts from the west, `y` from the north, both below 2^z.

    Raises
    ------
    InputError
        There is no such tile.
    """

    z: int
    x: int
    y: int

    def __post_init__(self) -> None:
        if not 0 <= self.z <= DEEPEST_ZOOM:
            message = f"There is no zoom {self.z}: tiles have zooms from 0 to {DEEPEST_ZOOM}."
            raise InputError(message)
        last = 2**self.z - 1
        if not (0 <= self.x <= last and 0 <= self.y <= last):
            message = (
                f"There is no tile {self.z}/{self.x}/{self.y}: at zoom {self.z} x and y go from 0"
                f" to {last}."
            )
            raise InputError(message)

    def box(self, margin: float = 0.0) -> Box:
        """Return the tile's bounds in degrees, widened on each side by a share of its width."""
        tiles = 2.0**self.z
        west, east = (self.x - margin) / tiles, (self.x + 1 + margin) / tiles
        north, south = (self.y - margin) / tiles, (self.y + 1 + margin) / tiles
        return (
            west * 360.0 - 180.0,
            max(_latitude(south), -90.0),
            east * 360.0 - 180.0,
            min(_latitude(north), 90.0),
        )

    def place(
        self, degrees: npt.NDArray[np.float64], extent: float = 1.0
    ) -> npt.NDArray[np.float64]:
        """
        Return where places are in the tile.

        Parameters
        ----------
        degrees
            Longitude and latitude, shape (n, 2).
        extent
            The width of the tile in the units wanted.

        Returns
        -------
        numpy.ndarray
            Eastward and southward from the north-western corner, shape (n, 2).
        """
        scale = 2.0**self.z * extent
        placed = np.empty_like(degrees)
        placed[:, 0] = (degrees[:, 0] + 180.0) * (scale / 360.0) - self.x * extent
        sine = np.sin(np.radians(np.clip(degrees[:, 1], -MAX_LATITUDE_DEG, MAX_LATITUDE_DEG)))
        placed[:, 1] = 0.5 * scale - np.arctanh(sine) * (scale / (2.0 * np.pi)) - self.y * extent
        return placed


def tile_at(lon: float, lat: float, z: int) -> Tile:
    """Return the tile of a zoom that holds a place, given in degrees."""
    x, y = Tile(0, 0, 0).place(np.array([[lon, lat]]), 2.0**z)[0]
    last = 2**z - 1
    return Tile(z, min(max(int(x), 0), last), min(max(int(y), 0), last))


def world_box(box: Box) -> Box:
    """Return a box's west, north, east and south in the square of the world, 0 to 1."""
    west, south, east, north = box
    return (west + 180.0) / 360.0, _down(north), (east + 180.0) / 360.0, _down(south)


def _down(latitude: float) -> float:
    bounded = min(max(latitude, -MAX_LATITUDE_DEG), MAX_LATITUDE_DEG)
    return 0.5 - math.atanh(math.sin(math.radians(bounded))) / (2.0 * math.pi)


def _latitude(y: float) -> float:
    """Return the latitude at a share of the world's height, from the north."""
    return math.degrees(math.atan(math.sinh(math.pi * (1.0 - 2.0 * y))))
