"""The ground of a deployment: all units, and for every moment an index of those valid then."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import nan
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from gridmap.datum import Metric
from gridmap.model import Unit
from gridmap.moments import FOREVER, to_moment
from gridmap.routing.partition import Partition

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class UnitRow:
    """One version of a unit, without its geometry."""

    id: int
    scheme: str
    level: str
    code: str
    name: str
    parent_code: str | None
    valid_from: int
    valid_to: int


@dataclass(frozen=True)
class Layer:
    """The units of one scheme and level that are valid together, in the order of their codes.

    Attributes
    ----------
    rows
        Their places in `Ground.units`, shape (m,), sorted by code.
    partition
        The index over their areas in metres, in the same order.
    """

    rows: Rows
    partition: Partition

    def covering(self, x: Floats, y: Floats) -> Rows:
        """Tell the unit that covers each point, -1 for none; on an edge the lowest code."""
        return self._rows(self.partition.covering(x, y))

    def at(self, x: float, y: float) -> tuple[int, float]:
        """Tell the unit that covers one point, -1 for none, and the metres to any boundary."""
        place, boundary_m = self.partition.at(x, y)
        return (-1 if place < 0 else int(self.rows[place])), boundary_m

    def _rows(self, found: npt.NDArray[Any]) -> Rows:
        return np.where(found >= 0, self.rows[found], -1)


@dataclass(frozen=True)
class Edition:
    """The units valid during one stretch of time."""

    units: Sequence[UnitRow]
    geometry: npt.NDArray[Any]
    valid: Rows
    _layers: dict[tuple[str, str], Layer | None] = field(default_factory=dict, repr=False)
    _chosen: dict[tuple[str, tuple[str, ...]], list[Layer]] = field(
        default_factory=dict, repr=False
    )

    def __getstate__(self) -> dict[str, Any]:
        """Send what it is made of, not the indexes, which are quickly built again."""
        return {**self.__dict__, "_layers": {}, "_chosen": {}}

    @cached_property
    def by_code(self) -> dict[tuple[str, str], int]:
        """Row of a unit by scheme and code."""
        return {(self.units[row].scheme, self.units[row].code): row for row in self.valid.tolist()}

    @cached_property
    def parents(self) -> set[tuple[str, str]]:
        """Scheme and code of every unit that is divided further, with its areas known."""
        return {
            (unit.scheme, unit.parent_code)
            for unit, shape in ((self.units[row], self.geometry[row]) for row in self.valid)
            if unit.parent_code and shape is not None
        }

    def layers(self, scheme: str, levels: tuple[str, ...]) -> list[Layer]:
        """Indexes of those levels of a scheme that have areas, in the order given."""
        key = (scheme, levels)
        if key not in self._chosen:
            found = [self.layer(scheme, level) for level in levels]
            self._chosen.setdefault(key, [layer for layer in found if layer is not None])
        return self._chosen[key]

    def layer(self, scheme: str, level: str) -> Layer | None:
        """Index of the units of a scheme and level; none when there are none with an area."""
        key = (scheme, level)
        if key not in self._layers:
            # Two threads may build it at once: one of the two is kept and used by both, so that
            # what is compiled in one is what the other asks.
            self._layers.setdefault(key, self._build(scheme, level))
        return self._layers[key]

    def _build(self, scheme: str, level: str) -> Layer | None:
        rows = [
            row
            for row in self.valid.tolist()
            if self.units[row].scheme == scheme
            and self.units[row].level == level
            and self.geometry[row] is not None
        ]
        if not rows:
            return None
        rows.sort(key=lambda row: self.units[row].code)
        order = np.array(rows, dtype=np.int64)
        return Layer(order, Partition(self.geometry[order]))

    def ancestors(self, row: int) -> list[int]:
        """Rows of the units above one, from the nearest to the widest."""
        above: list[int] = []
        unit = self.units[row]
        while unit.parent_code is not None:
            parent = self.by_code.get((unit.scheme, unit.parent_code))
            if parent is None or parent in above or parent == row:
                break
            above.append(parent)
            unit = self.units[parent]
        return above


class Ground:
    """Every version of every unit, in metres, cut into editions by time.

    Parameters
    ----------
    units
        The units; a row number anywhere in `routing` is a place in this list.
    geometry
        Their areas in degrees of the store's datum, None where only a name is known; shape (n,).
    """

    def __init__(self, units: Sequence[UnitRow], geometry: npt.NDArray[Any]) -> None:
        self.units = list(units)
        known = ~shapely.is_missing(geometry)
        self.bounds = shapely.total_bounds(geometry[known]) if known.any() else np.full(4, np.nan)
        self.box: tuple[float, ...] = tuple(self.bounds.tolist())
        self.metric = (
            Metric.around(self.bounds[[0, 2]], self.bounds[[1, 3]]) if known.any() else None
        )
        self.geometry = np.array(geometry, dtype=object)
        if self.metric is not None:
            self.geometry[known] = self.metric.project_geometry(geometry[known])
        self._starts = np.array([unit.valid_from for unit in units], dtype=np.int64)
        self._ends = np.array([unit.valid_to for unit in units], dtype=np.int64)
        moments = np.concatenate([self._starts, self._ends])
        self.breaks = np.unique(moments[moments < FOREVER])
        self._breaks: list[int] = self.breaks.tolist()  # quicker for one moment
        self._editions: dict[int, Edition] = {}

    @classmethod
    def from_session(cls, session: Session) -> Ground:
        """Read all units of a store."""
        query = select(
            Unit.id, Unit.scheme, Unit.level, Unit.code, Unit.name, Unit.parent_code,
            Unit.valid_from, Unit.valid_to, Unit.geometry,
        ).order_by(Unit.id)  # fmt: skip
        records = session.execute(query).all()
        units = [
            UnitRow(
                r.id,
                r.scheme,
                r.level,
                r.code,
                r.name,
                r.parent_code,
                to_moment(r.valid_from),
                to_moment(r.valid_to, FOREVER),
            )
            for r in records
        ]
        wkb = [None if r.geometry is None else bytes(r.geometry.data) for r in records]
        return cls(units, shapely.from_wkb(np.array(wkb, dtype=object)))

    def project(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """Turn degrees into the metres in which the areas are indexed."""
        if self.metric is None:
            return np.full(len(lon), np.nan), np.full(len(lat), np.nan)
        return self.metric.project(lon, lat)

    def project_point(self, lon: float, lat: float) -> tuple[float, float]:
        """Turn the degrees of one point into metres, as `project` does."""
        return (nan, nan) if self.metric is None else self.metric.project_point(lon, lat)

    def edition_numbers(self, as_of: Rows) -> Rows:
        """Tell the edition of each moment by number; 0 is before any unit began."""
        return np.searchsorted(self.breaks, as_of, side="right")

    def edition_number(self, moment: int) -> int:
        """Tell the edition of one moment."""
        return bisect_right(self._breaks, moment)

    def edition(self, number: int) -> Edition:
        """Give the edition of a number; its indexes are built when they are first asked."""
        if number not in self._editions:
            moment = self.breaks[number - 1] if number else np.iinfo(np.int64).min
            valid = np.flatnonzero((self._starts <= moment) & (moment < self._ends))
            self._editions.setdefault(number, Edition(self.units, self.geometry, valid))
        return self._editions[number]
