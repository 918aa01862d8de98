"""Decisions: the answer to "whose ticket", as columns for many and as one record."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from gridmap.routing.ground import UnitRow
from gridmap.routing.owners import Worker

Objects = npt.NDArray[np.object_]


@dataclass
class Decisions:
    """The decisions on n tickets; arrays of shape (n,).

    Attributes
    ----------
    rule
        The rule that fired, a key of `gridmap.routing.explain.RULES`.
    unit
        The unit (`UnitRow`) that holds the place; None where none does.
    owner_unit
        The unit whose people answer: the same, or one above it when nobody is there.
    worker, role
        The person (`Worker`) who answers and the role; None where nobody or a department does.
    department
        The department that takes it instead; None for most.
    queue
        `locating`, `owner`, or an empty text when somebody has it.
    within_h
        Hours within which an emergency is to be answered; NaN for no emergency.
    flagged
        Whether somebody should look at it before relying on it.
    boundary_m
        Metres to the nearest boundary; NaN without a point.
    alternatives
        Codes of other units that may be meant, separated by a space.
    reason_zh, reason_en
        One sentence each.
    """

    rule: Objects
    unit: Objects
    owner_unit: Objects
    worker: Objects
    role: Objects
    department: Objects
    queue: Objects
    within_h: npt.NDArray[np.float64]
    flagged: npt.NDArray[np.bool_]
    boundary_m: npt.NDArray[np.float64]
    alternatives: Objects
    reason_zh: Objects
    reason_en: Objects

    @classmethod
    def blank(cls, count: int) -> Decisions:
        """Make room for n decisions."""
        return cls(
            **{name: np.empty(count, dtype=object) for name in _TEXTS},  # filled with None
            within_h=np.full(count, np.nan),
            flagged=np.zeros(count, dtype=bool),
            boundary_m=np.full(count, np.nan),
        )

    def __len__(self) -> int:
        return len(self.rule)

    def one(self, index: int, as_of: int, chain: tuple[UnitRow, ...] = ()) -> Decision:
        """Take one decision out, with its moment and the units above its own."""
        values = {field.name: getattr(self, field.name)[index] for field in fields(self)}
        numbers = {name: _known(values[name]) for name in ("within_h", "boundary_m")}
        flagged = bool(values["flagged"])
        return Decision(**{**values, **numbers, "flagged": flagged}, as_of=as_of, chain=chain)


_TEXTS = [name for name, kind in Decisions.__annotations__.items() if kind == "Objects"]


@dataclass(frozen=True)
class Decision:
    """One decision, with the attributes of `Decisions` (None for NaN) and the moment it is for.

    `chain` names the units above `unit`, from the nearest to the widest.
    """

    rule: str
    unit: UnitRow | None
    owner_unit: UnitRow | None
    worker: Worker | None
    role: str | None
    department: str | None
    queue: str
    within_h: float | None
    flagged: bool
    boundary_m: float | None
    alternatives: str
    reason_zh: str
    reason_en: str
    as_of: int
    chain: tuple[UnitRow, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Make the record that the open interface answers; nothing in it is private."""
        return {
            "rule": self.rule,
            "unit": _unit(self.unit),
            "owner_unit": _unit(self.owner_unit),
            "worker": _worker(self.worker, self.role),
            "department": self.department,
            "queue": self.queue or None,
            "emergency_within_h": self.within_h,
            "flagged": self.flagged,
            "boundary_m": None if self.boundary_m is None else round(self.boundary_m, 2),
            "alternatives": self.alternatives.split(),
            "chain": [_unit(unit) for unit in self.chain],
            "as_of": f"{np.datetime64(self.as_of, 'us').astype('datetime64[s]')}Z",
            "reason": {"zh": self.reason_zh, "en": self.reason_en},
        }


def _known(number: Any) -> float | None:
    return None if np.isnan(number) else float(number)


def _unit(unit: UnitRow | None) -> dict[str, Any] | None:
    if unit is None:
        return None
    return {
        "id": unit.id,
        "scheme": unit.scheme,
        "level": unit.level,
        "code": unit.code,
        "name": unit.name,
    }


def _worker(worker: Worker | None, role: str | None) -> dict[str, Any] | None:
    return None if worker is None else {"code": worker.code, "name": worker.name, "role": role}
