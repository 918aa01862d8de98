"""Which unit holds a point: the grid that covers it, and what to do on edges and in gaps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gridmap.routing.ground import Edition, Layer
from gridmap.routing.rules import Territory

Floats = npt.NDArray[np.float64]
#: How many units beside the chosen one an answer names.
MOST_ALTERNATIVES = 4


@dataclass
class Held:
    """Who holds n points; arrays of shape (n,).

    Attributes
    ----------
    unit
        Row in `Ground.units`; -1 where nobody does.
    rule
        `territory`, `boundary`, `nearest`, `backstop`, or `outside`.
    boundary_m
        Distance to the nearest boundary of the level that was asked; NaN without a point.
    alternatives
        Rows of other units that may be meant, the nearest first.
    """

    unit: npt.NDArray[np.int64]
    rule: npt.NDArray[np.object_]
    boundary_m: Floats
    alternatives: npt.NDArray[np.object_]

    @classmethod
    def nobody(cls, count: int) -> Held:
        """Begin with n points that nobody holds."""
        alternatives = np.empty(count, dtype=object)
        alternatives.fill(())
        return cls(
            unit=np.full(count, -1, dtype=np.int64),
            rule=np.full(count, "outside", dtype=object),
            boundary_m=np.full(count, np.nan),
            alternatives=alternatives,
        )


def hold(
    edition: Edition, scheme: str, levels: tuple[str, ...], rules: Territory, x: Floats, y: Floats
) -> Held:
    """Tell who holds each point, in metres of the ground's projection, shape (n,).

    A point within the tolerance of another unit keeps the unit that covers it (on the very edge
    the one with the lowest code) and names the others. A point that no unit of the finest level
    covers belongs to the coarser unit when that one is not divided; else it lies in a gap, and
    goes to the nearest unit within `gap_m`, else to the coarser unit (属地兜底).
    """
    layers = edition.layers(scheme, levels)
    held = Held.nobody(len(x))
    if not layers:
        return held
    finest = layers[0]
    held.unit = finest.covering(x, y)
    held.boundary_m = finest.partition.boundary_distance(x, y)
    held.rule[held.unit >= 0] = "territory"
    _mark_boundaries(held, finest, x, y, rules.tolerance_m)
    uncovered = np.flatnonzero((held.unit < 0) & ~np.isnan(x))
    if len(uncovered):
        _fill_gaps(held, uncovered, edition, scheme, layers, rules, x[uncovered], y[uncovered])
    return held


def override(
    held: Held, edition: Edition, scheme: str, levels: tuple[str, ...], x: Floats, y: Floats
) -> None:
    """Give ground that somebody else answers for (专属网格) to its owner, whatever grid it is in.

    The grid stays among the alternatives.
    """
    for layer in edition.layers(scheme, levels):
        owner = layer.covering(x, y)
        inside = np.flatnonzero(owner >= 0)
        if not len(inside):
            continue
        for index in inside.tolist():
            grid = int(held.unit[index])
            held.alternatives[index] = (*([grid] if grid >= 0 else ()), *held.alternatives[index])
        held.unit[inside], held.rule[inside] = owner[inside], "ownership"
        held.boundary_m[inside] = layer.partition.boundary_distance(x[inside], y[inside])


def _mark_boundaries(held: Held, layer: Layer, x: Floats, y: Floats, tolerance_m: float) -> None:
    close = np.flatnonzero((held.unit >= 0) & (held.boundary_m <= tolerance_m))
    if not len(close):
        return
    around = _around(layer, x[close], y[close], tolerance_m)
    for index, rows in zip(close.tolist(), around, strict=True):
        others = tuple(row for row in rows if row != held.unit[index])
        if others:
            held.rule[index] = "boundary"
            held.alternatives[index] = others[:MOST_ALTERNATIVES]


def _fill_gaps(
    held: Held, uncovered: npt.NDArray[np.int64], edition: Edition, scheme: str,
    layers: list[Layer], rules: Territory, x: Floats, y: Floats,
) -> None:  # fmt: skip
    around = _around(layers[0], x, y, rules.gap_m)
    wider = np.full(len(uncovered), -1, dtype=np.int64)
    wider_boundary_m = np.full(len(uncovered), np.nan)
    for layer in layers[:0:-1]:  # from the coarsest, so that the finest that covers stays
        found = layer.covering(x, y)
        wider = np.where(found >= 0, found, wider)
        distance = layer.partition.boundary_distance(x, y)
        wider_boundary_m = np.where(found >= 0, distance, wider_boundary_m)
    for place, index in enumerate(uncovered.tolist()):
        row = int(wider[place])
        if row >= 0 and (scheme, edition.units[row].code) not in edition.parents:
            held.unit[index], held.rule[index] = row, "territory"
            held.boundary_m[index] = wider_boundary_m[place]
        elif around[place]:
            held.unit[index], held.rule[index] = around[place][0], "nearest"
            others = (*around[place][1:], *([row] if row >= 0 else ()))
            held.alternatives[index] = others[:MOST_ALTERNATIVES]
        elif row >= 0:
            held.unit[index], held.rule[index] = row, "backstop"


def _around(layer: Layer, x: Floats, y: Floats, distance_m: float) -> list[list[int]]:
    """Rows of the units within a distance of each point, the nearest first."""
    points, found, _distance = layer.partition.near(x, y, distance_m)
    around: list[list[int]] = [[] for _ in range(len(x))]
    for point, row in zip(points.tolist(), layer.rows[found].tolist(), strict=True):
        around[point].append(row)
    return around
