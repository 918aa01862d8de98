"""What a text names beside a place limits where the place may be."""

from __future__ import annotations

import pytest
from support.places_town import gazetteer

from gridmap.locating.limits import held


def entries(*names: str) -> list[int]:
    rows = gazetteer().rows
    return [at for at in range(len(rows)) if rows.name[at] in names]


ESTATES = entries("幸福里小区")
WEST, EAST = (frozenset(entries(name)) for name in ("河东街道办事处", "河西街道办事处"))
COMMUNITY = frozenset(entries("柳荫社区"))


def test_two_estates_of_one_name() -> None:
    assert len(ESTATES) == 2


@pytest.mark.parametrize(
    ("limits", "kept"),
    [
        ((), ESTATES),
        ((WEST,), ESTATES[:1]),
        ((EAST,), ESTATES[1:]),
        ((COMMUNITY,), ESTATES[1:]),
        ((EAST, COMMUNITY), ESTATES[1:]),
        ((WEST, EAST), ESTATES),  # one each: none is more
        ((WEST, EAST, COMMUNITY), ESTATES[1:]),
        ((WEST | EAST,), ESTATES),
        ((frozenset(entries("桥头社区")),), []),
        ((frozenset(),), []),
    ],
)
def test_held(limits: tuple[frozenset[int], ...], kept: list[int]) -> None:
    assert held(gazetteer(), ESTATES, limits) == kept


def test_a_unit_is_within_itself() -> None:
    assert held(gazetteer(), list(COMMUNITY), (COMMUNITY,)) == list(COMMUNITY)
    assert held(gazetteer(), [], (WEST,)) == []
