"""Ground of any size cut into jagged quadrilaterals whose shared edges are equal to the bit.

It lies in the open sea of the Bohai, like the demonstration district, and is as invented.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import shapely

Floats = npt.NDArray[np.float64]

LON, LAT = 119.6, 38.9
#: Metres of one cell, of the bends of an edge, and of a degree at that latitude.
WIDE_M, HIGH_M, BEND_M = 200.0, 300.0, 4.0
LON_M, LAT_M = 111_320 * math.cos(math.radians(LAT)), 110_990.0
#: Vertices of one edge between its two ends; a ring has four such edges.
BENDS = 14
#: Digits of a degree: about a centimetre, as files keep them.
DIGITS = 7


class Lattice:
    """
    Cells in rows from the north, in a row from the west; the lines between them.

    Attributes
    ----------
    nodes
        Corners, shape (rows + 1, columns + 1, 2), in degrees.
    across
        Edges from west to east, shape (rows + 1, columns, BENDS + 2, 2).
    down
        Edges from north to south, shape (rows, columns + 1, BENDS + 2, 2).
    """

    def __init__(self, columns: int, rows: int, rng: np.random.Generator) -> None:
        self.columns, self.rows = columns, rows
        east, south = np.meshgrid(np.arange(columns + 1), np.arange(rows + 1))
        # Long waves bend whole streets, chance moves single crossings.
        x = (east - columns / 2) * WIDE_M + 90 * np.sin(south / 7) + 60 * np.sin(east / 11)
        y = (rows / 2 - south) * HIGH_M + 120 * np.sin(east / 9) + 70 * np.sin(south / 5)
        metres = np.stack([x, y], axis=-1) + rng.uniform(-12, 12, (*x.shape, 2))
        self.nodes = _degrees(metres)
        self.across = _degrees(_bent(metres[:, :-1], metres[:, 1:], rng))
        self.down = _degrees(_bent(metres[:-1], metres[1:], rng))

    def cells(self, count: int) -> npt.NDArray[np.object_]:
        """Make the first so many cells as polygons of 4 * (BENDS + 1) vertices."""
        row, column = np.divmod(np.arange(count), self.columns)
        sides = [
            self.down[row, column],
            self.across[row + 1, column],
            self.down[row, column + 1][:, ::-1],
            self.across[row, column][:, ::-1],
        ]
        rings = np.concatenate([side[:, :-1] for side in sides], axis=1)
        cells: npt.NDArray[np.object_] = shapely.polygons(rings)
        return cells

    def within(self, cell: npt.NDArray[np.int64], u: Floats, v: Floats) -> Floats:
        """Find points of cells: u from their west (0) to their east, v from their south (0).

        All arrays go together as numpy broadcasts them; the answer has one axis more, of 2.
        """
        row, column = np.divmod(np.asarray(cell), self.columns)
        u, v = np.asarray(u)[..., None], np.asarray(v)[..., None]
        north = self.nodes[row, column] * (1 - u) + self.nodes[row, column + 1] * u
        south = self.nodes[row + 1, column] * (1 - u) + self.nodes[row + 1, column + 1] * u
        points: Floats = np.round(south * (1 - v) + north * v, DIGITS)
        return points

    def patches(self, cell: npt.NDArray[np.int64], u: Floats, v: Floats) -> npt.NDArray[np.object_]:
        """Make polygons within cells from corners u and v of shape (n, corners)."""
        patches: npt.NDArray[np.object_] = shapely.polygons(self.within(cell[:, None], u, v))
        return patches


def _bent(start: Floats, end: Floats, rng: np.random.Generator) -> Floats:
    """Bend straight edges a little to both sides."""
    along = np.linspace(0, 1, BENDS + 2)[:, None]
    line = start[..., None, :] * (1 - along) + end[..., None, :] * along
    direction = end - start
    normal = np.stack([-direction[..., 1], direction[..., 0]], axis=-1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    aside = rng.uniform(-BEND_M, BEND_M, line.shape[:-1])
    aside[..., [0, -1]] = 0
    bent: Floats = line + aside[..., None] * normal[..., None, :]
    return bent


def _degrees(metres: Floats) -> Floats:
    degrees: Floats = np.round(metres / [LON_M, LAT_M] + [LON, LAT], DIGITS)
    return degrees
