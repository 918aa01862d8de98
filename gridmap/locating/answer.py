"""What locating answers: a point or a unit, how it was found, how sure, what else it may be."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: How a place was found, in Chinese and English.
METHODS = {
    "coordinate": ("按坐标定位", "by its coordinate"),
    "unit_code": ("按单元编码定位", "by the code of the unit"),
    "unit_name": ("按单元名称定位", "by the name of the unit"),
    "place": ("按登记的地点定位", "a registered place"),
    "address": ("按门牌号定位", "by a registered house number"),
    "interpolated": ("按相邻门牌号推算", "between the house numbers beside it"),
    "crossing": ("按道路交叉口定位", "where the two streets meet"),
    "between": ("按两处之间的路段或地方定位", "between the two that are named"),
    "side": ("按方位或出入口定位", "a side or gate of the place"),
    "street": ("只定位到道路", "the street as a whole"),
    "area": ("只定位到范围", "the area as a whole"),
    "confirmed": ("按已确认的同样写法定位", "as confirmed before for the same words"),
    "none": ("未定位", "not located"),
}

#: How sure a coordinate that was given is; the others are calibrated (`locating.confidence`).
COORDINATE_CONFIDENCE = 0.95

#: What an entry of the gazetteer is, in Chinese and English.
KINDS = {
    "district": ("区", "district"),
    "street": ("街道", "street office"),
    "community": ("社区", "community"),
    "grid": ("网格", "grid"),
    "estate": ("小区或单位院落", "estate or compound"),
    "building": ("楼栋", "building"),
    "entrance": ("单元门", "entrance"),
    "address": ("门牌", "address"),
    "road": ("道路", "street"),
    "service": ("服务设施", "service"),
    "gate": ("出入口", "gate"),
    "parking": ("停车场", "parking"),
    "bicycle_parking": ("非机动车停放点", "bicycle parking"),
    "water": ("水面", "water"),
    "green": ("绿地", "green"),
    "group": ("同名楼群", "buildings of one name"),
    "locality": ("片区", "quarter"),
}

#: Why a place was not found, in Chinese and English.
REASONS = {
    "no_place": (
        "文中没有可辨认的地点名称",
        "the text names no place that is known",
    ),
    "zero": ("坐标为 0,0", "the coordinate is 0,0"),
    "out_of_range": ("坐标超出经纬度范围", "the coordinate is not a longitude and latitude"),
    "no_number": ("坐标不是两个数字", "the coordinate is not two numbers"),
    "swapped": ("经度与纬度似乎颠倒", "longitude and latitude seem to be swapped"),
    "outside": ("没有单元覆盖该坐标", "no unit covers the coordinate"),
    "ambiguous": ("地址中的名称对应多个地点", "the address fits several places"),
    "unknown_number": ("此处没有登记所说的号码", "the number that is said is not registered there"),
    "unknown_name": (
        "文中另有未登记的名称",
        "the text also names something that is not registered",
    ),
    "several": ("文中提到多个地点", "the text names several places"),
    "unsure": ("把握不足，需人工确认", "not sure enough, to be confirmed by a person"),
    "vague": ("只有号码，没有可辨认的地名", "only a number, and no name that is known"),
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
    label
        What was found, readable whole; empty where a coordinate tells or nothing was found.
    method
        A key of `METHODS`.
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
    label: npt.NDArray[np.object_]
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
            label=np.full(count, "", dtype=object),
            method=np.full(count, "none", dtype=object),
            confidence=np.zeros(count),
            problem=np.full(count, "no_place", dtype=object),
            unusable=np.full(count, "", dtype=object),
            candidates=np.full(count, "", dtype=object),
        )

    @property
    def by_words(self) -> npt.NDArray[np.bool_]:
        """Which tickets were located by what they say rather than by a coordinate, shape (n,)."""
        known: npt.NDArray[np.bool_] = (self.method != "coordinate") & (self.method != "none")
        return known
