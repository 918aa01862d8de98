"""All versions of all units as columns, without their ground: what lies below what, and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import blake2b

import numpy as np
import numpy.typing as npt
from sqlalchemy import select
from sqlalchemy.orm import Session

from gridmap.model import Unit
from layers.kept import Moments

Ints = npt.NDArray[np.int64]
_KEY_BYTES = 12


@dataclass(frozen=True)
class UnitTree:
    """
    The units of a store, n versions of them.

    Attributes
    ----------
    ids
        In ascending order, shape (n,).
    rows
        Scheme, code and code of the unit above of each version, in that order.
    levels
        Level of each version.
    times
        When each begins and ends.
    """

    ids: Ints
    rows: tuple[tuple[str, str, str | None], ...]
    levels: tuple[str, ...]
    times: tuple[tuple[datetime, datetime | None], ...]

    @classmethod
    def read(cls, session: Session) -> UnitTree:
        """Read the units of a store."""
        query = select(
            Unit.id,
            Unit.scheme,
            Unit.code,
            Unit.parent_code,
            Unit.level,
            Unit.valid_from,
            Unit.valid_to,
        ).order_by(Unit.id)
        found = session.execute(query).all()
        return cls(
            np.array([row.id for row in found], dtype=np.int64),
            tuple((row.scheme, row.code, row.parent_code) for row in found),
            tuple(row.level for row in found),
            tuple((row.valid_from, row.valid_to) for row in found),
        )

    @cached_property
    def key(self) -> str:
        """A text that is another one as soon as a unit has another name, place or time."""
        digest = blake2b(digest_size=_KEY_BYTES)
        digest.update(self.ids.tobytes())
        for column in (self.rows, self.levels, self.times):
            digest.update(repr(column).encode())
        return digest.hexdigest()

    @cached_property
    def _moments(self) -> Moments:
        return Moments({moment for pair in self.times for moment in pair if moment is not None})

    def edition(self, at: datetime) -> int:
        """Give a moment a number: of two with the same no unit begins or ends between them."""
        return self._moments.edition(at)

    def next_moment(self, at: datetime) -> datetime | None:
        """Return when the next unit begins or ends after a moment."""
        return self._moments.after(at)

    @cached_property
    def names(self) -> list[tuple[str, str]]:
        """Scheme and code of every unit, whatever its versions."""
        return list(dict.fromkeys((scheme, code) for scheme, code, _above in self.rows))

    @cached_property
    def level_of(self) -> dict[tuple[str, str], str]:
        """The level of every unit by scheme and code: that of its last version."""
        pairs = zip(self.rows, self.levels, strict=True)
        return {(scheme, code): level for (scheme, code, _above), level in pairs}

    @cached_property
    def _numbers(self) -> dict[tuple[str, str], int]:
        return {name: number for number, name in enumerate(self.names)}

    @cached_property
    def number_of_row(self) -> Ints:
        """The place in `names` of each version, shape (n,)."""
        numbers = [self._numbers[scheme, code] for scheme, code, _above in self.rows]
        return np.array(numbers, dtype=np.int64)

    def rows_of(self, unit_ids: Ints) -> Ints:
        """Return the row of each id, -1 where there is none."""
        if not len(self.ids):
            return np.full(len(unit_ids), -1, dtype=np.int64)
        places = np.minimum(np.searchsorted(self.ids, unit_ids), len(self.ids) - 1)
        found: Ints = np.where(self.ids[places] == unit_ids, places, -1)
        return found

    def lineages(self, at: datetime) -> Lineages:
        """Return for every unit those above it at a moment, itself included."""
        parents = {
            (scheme, code): above
            for (scheme, code, above), (start, end) in zip(self.rows, self.times, strict=True)
            if start <= at and (end is None or at < end)
        }
        below: list[int] = []
        above: list[int] = []
        for number, name in enumerate(self.names):
            chain = self._chain(name, parents)
            below += [number] * len(chain)
            above += chain
        return Lineages(
            len(self.names), np.array(below, dtype=np.int64), np.array(above, dtype=np.int64)
        )

    def parts(self, at: datetime) -> dict[int, list[int]]:
        """Return the units directly below each at a moment, by their places in `names`.

        Where a unit lies is told by its version of the moment, or the last one if it has ended, as
        `gridmap.sight.units_in_sight` has it.
        """
        begun = [row for row, (start, _end) in enumerate(self.times) if start <= at]
        last = {
            self.rows[row][:2]: row for row in sorted(begun, key=lambda row: self.times[row][0])
        }
        found: dict[int, list[int]] = {}
        for name, row in last.items():
            above = self._numbers.get((name[0], self.rows[row][2] or ""))
            if above is not None:
                found.setdefault(above, []).append(self._numbers[name])
        return found

    def seen(
        self, grounds: Iterable[tuple[str, str]], parts: Mapping[int, Sequence[int]]
    ) -> npt.NDArray[np.bool_]:
        """Tell which versions are of units that are, or lie below, one of some; shape (n,).

        Parameters
        ----------
        grounds
            Scheme and code of those at the top.
        parts
            What lies directly below what.
        """
        waiting = [self._numbers[ground] for ground in grounds if ground in self._numbers]
        found = np.zeros(len(self.names), dtype=bool)
        while waiting:
            number = waiting.pop()
            if not found[number]:
                found[number] = True
                waiting += parts.get(number, ())
        seen: npt.NDArray[np.bool_] = found[self.number_of_row]
        return seen

    def _chain(
        self, name: tuple[str, str], parents: Mapping[tuple[str, str], str | None]
    ) -> list[int]:
        scheme, current = name[0], name[1]
        chain = [self._numbers[name]]
        while (above := parents.get((scheme, current))) is not None:
            number = self._numbers.get((scheme, above))
            if number is None or number in chain:
                break
            chain.append(number)
            current = above
        return chain


@dataclass(frozen=True)
class Lineages:
    """
    Pairs of a unit and one above it, by their places in the names of the tree.

    Attributes
    ----------
    units
        How many units there are.
    below, above
        Shape (m,); every unit is also above itself.
    """

    units: int
    below: Ints
    above: Ints

    def summed(self, counts: Ints) -> Ints:
        """Add to the count of every unit those of the units below; shape (units,)."""
        sums = np.bincount(self.above, weights=counts[self.below], minlength=self.units)
        return sums.astype(np.int64)

    def under(self, tops: Ints) -> npt.NDArray[np.bool_]:
        """Tell which units are, or lie below, one of some; shape (units,)."""
        found = np.zeros(self.units, dtype=bool)
        found[self.below[np.isin(self.above, tops)]] = True
        return found
