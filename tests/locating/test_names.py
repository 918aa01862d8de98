"""Units named in running text: only when nothing else can be meant."""

from __future__ import annotations

import pytest

from gridmap.locating import Names

PARENTS = {2: 1, 3: 1, 4: 2, 5: 3, 6: 2}
UNITS = [
    (1, "990101001", "河东街道办事处"),
    (2, "990101001001", "柳林社区"),
    (3, "990101001002", "槐树社区居委会"),
    (4, "990101001001001", "第一网格"),
    (5, "990101001002001", "第一网格"),
    (6, "990101001001002", "Mill Lane"),
]


def ancestors(row: int) -> list[int]:
    above = []
    while row in PARENTS:
        row = PARENTS[row]
        above.append(row)
    return above


@pytest.fixture(scope="module")
def names() -> Names:
    return Names(UNITS, ancestors)


@pytest.mark.parametrize(
    ("address", "rows", "method"),
    [
        ("柳林社区5号楼", (2,), "unit_name"),
        ("槐树社区二单元", (3,), "unit_name"),
        ("河东街道柳林社区", (2,), "unit_name"),
        ("柳林社区第一网格", (4,), "unit_name"),
        ("河东街道第一网格", (4, 5), "unit_name"),
        ("第一网格", (4, 5), "unit_name"),
        ("柳林社区与槐树社区之间", (2, 3), "unit_name"),
        ("柳林社区第一网格与槐树社区交界", (4, 5), "unit_name"),
        ("网格990101001002001的井盖", (5,), "unit_code"),
        ("电话13900000000", (), "none"),
        ("12 mill lane, rear", (6,), "unit_name"),
        ("12 mill lanes", (), "none"),
        ("treadmill lane", (), "none"),
        ("", (), "none"),
        ("别处", (), "none"),
    ],
)
def test_find(names: Names, address: str, rows: tuple[int, ...], method: str) -> None:
    named = names.find(address)
    assert (named.rows, named.method) == (rows, method)


def test_short_or_numeric_names_are_not_looked_for() -> None:
    names = Names([(1, "1", "东区"), (2, "2", "311"), (3, "3", "Elm")], lambda row: [])
    assert names.find("东区 311 Elm").rows == ()
