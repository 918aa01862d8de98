"""Units named in running text: the finest that is meant, only when nothing else can be."""

from __future__ import annotations

import pytest
from support.places_town import BEFORE, SINCE, at, ground

from gridmap.locating import Gazetteer, Rows
from gridmap.locating.gathering import settle
from gridmap.locating.reading import read
from gridmap.locating.units import named

#: Code, level, code above, name, columns of the ground.
UNITS = [
    ("990101001", "street", "", "河东街道办事处", (0, 4)),
    ("990101001001", "community", "990101001", "柳林社区", (0, 2)),
    ("990101001002", "community", "990101001", "槐树社区居委会", (2, 4)),
    ("990101001001001", "grid", "990101001001", "第一网格", (0, 1)),
    ("990101001002001", "grid", "990101001002", "第一网格", (2, 4)),
    ("990101001001002", "grid", "990101001001", "Mill Lane", (1, 2)),
    ("1", "grid", "990101001001", "东区", (1, 2)),
    ("2", "grid", "990101001001", "311", (1, 2)),
    ("990101002", "street", "", "旧村街道", (4, 5)),
]


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    rows = Rows()
    areas = {}
    for code, level, above, name, (first, last) in UNITS:
        shape = ground(first, 0, last, 1)
        entry = rows.add(
            f"unit/general/{code}", level, name, code=code, box=shape.bounds,
            parent=rows.code.index(above) if above else -1,
            **({"valid": (0, SINCE)} if name == "旧村街道" else {}),
        )  # fmt: skip
        areas[entry] = shape
    rows.add("place/1", "service", "槐树社区服务站", point=at(0.5, 0.5), box=(*at(0.5, 0.5),) * 2)
    settle(rows, areas, {})
    return Gazetteer.build(rows)


def find(gazetteer: Gazetteer, text: str, moment: int = SINCE) -> tuple[str | None, float]:
    key, sure = named(gazetteer, read(gazetteer, text), moment)
    return key and key.removeprefix("unit/general/"), sure


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("柳林社区5号楼", "990101001001"),
        ("槐树社区二单元", "990101001002"),
        ("槐树社区居委会门口", "990101001002"),
        ("河东街道", "990101001"),
        ("河东街道柳林社区", "990101001001"),
        ("柳林社区，河东街道办事处", "990101001001"),
        ("柳林社区第一网格", "990101001001001"),
        ("槐树社区第一网格", "990101001002001"),
        ("河东街道槐树社区第1网格", "990101001002001"),
        ("网格990101001002001的井盖", "990101001002001"),
        ("12 mill lane, rear", "990101001001002"),
    ],
)
def test_finest_unit_that_is_named(gazetteer: Gazetteer, text: str, code: str) -> None:
    found, sure = find(gazetteer, text)
    assert found == code
    assert sure >= 0.8


@pytest.mark.parametrize(
    "text",
    ["第一网格", "河东街道第一网格", "柳林社区与槐树社区之间", "柳林社区第一网格与槐树社区交界"],
)
def test_several_that_may_be_meant_are_not_sure(gazetteer: Gazetteer, text: str) -> None:
    found, sure = find(gazetteer, text)
    assert found is not None
    assert sure < 0.8


@pytest.mark.parametrize(
    "text",
    ["", "别处", "电话13900000000", "12 mill lanes", "treadmill lane", "311", "槐树社区服务站"],
)
def test_none_is_named(gazetteer: Gazetteer, text: str) -> None:
    assert find(gazetteer, text) == (None, 0.0)


def test_a_unit_that_is_gone_is_named_at_its_time_only(gazetteer: Gazetteer) -> None:
    assert find(gazetteer, "旧村街道", BEFORE)[0] == "990101002"
    assert find(gazetteer, "旧村街道", SINCE) == (None, 0.0)


def test_a_slip_is_less_sure(gazetteer: Gazetteer) -> None:
    exact, slip = find(gazetteer, "槐树社区居委会"), find(gazetteer, "槐树社区居委员")
    assert exact[0] == slip[0] == "990101001002"
    assert slip[1] <= exact[1]
