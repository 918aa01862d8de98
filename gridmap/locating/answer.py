"""What locating answers: a point or a unit, how it was found, how sure, what else it may be."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: How a place was found, with the confidence of the answer. The figures are set by hand until the
#: address matcher calibrates them against confirmed tickets.
CONFIDENCE = {
    "coordinate": 0.95,
    "unit_code": 0.95,
    "unit_name": 0.8,
}

#: Why a place was not found, in Chinese and English.
REASONS = {
    "no_place": (
        "没有坐标，地址中也没有可辨认的单元名称",
        "no coordinate, and no unit named in the address",
    ),
    "zero": ("坐标为 0,0", "the coordinate is 0,0"),
    "out_of_range": ("坐标超出经纬度范围", "the coordinate is not a longitude and latitude"),
    "no_number": ("坐标不是两个数字", "the coordinate is not two numbers"),
    "swapped": ("经度与纬度似乎颠倒", "longitude and latitude seem to be swapped"),
    "outside": ("没有单元覆盖该坐标", "no unit covers the coordinate"),
    "ambiguous": ("地址中的名称对应多个单元", "the address names several units"),
}


def unusable_line(counts: Counter[str]) -> str:
    """Say how many coordinates could not be used, and why; counts by `Located.unusable`."""
    causes = ", ".join(f"{n} {cause.replace('_', ' ')}" for cause, n in counts.most_common())
    total = counts.total()
    return f"{total} coordinate{'s' if total > 1 else ''} not usable: {causes}."


@dataclass
class Located:
    """Where n tickets are; arrays of shape (n,).

    Attributes
    ----------
    lon, lat
        Degrees in the store's datum; NaN where there is no point.
    unit
        Row of the unit that the address names, in `Ground.units`; -1 for none.
    method
        A key of `CONFIDENCE`, or `none`.
    confidence
        Between 0 and 1; 0 where nothing was found.
    problem
        A key of `REASONS`, or an empty text.
    unusable
        Why a coordinate that was given could not be used, even when the address helped: a key of
        `REASONS`; an empty text where it was used or none was given.
    candidates
        Codes of the units that may be meant, separated by a space.
    """

    lon: Floats
    lat: Floats
    unit: npt.NDArray[np.int64]
    method: npt.NDArray[np.object_]
    confidence: Floats
    problem: npt.NDArray[np.object_]
    unusable: npt.NDArray[np.object_]
    candidates: npt.NDArray[np.object_]

    @classmethod
    def nowhere(cls, count: int) -> Located:
        """Begin with n tickets of which nothing is known."""
        return cls(
            lon=np.full(count, np.nan),
            lat=np.full(count, np.nan),
            unit=np.full(count, -1, dtype=np.int64),
            method=np.full(count, "none", dtype=object),
            confidence=np.zeros(count),
            problem=np.full(count, "no_place", dtype=object),
            unusable=np.full(count, "", dtype=object),
            candidates=np.full(count, "", dtype=object),
        )
