"""What a ticket is about: emergencies and departments, by code, name and words."""

from __future__ import annotations

import math

from support.town import RULES

from gridmap.routing.matters import Matters, Sorted
from gridmap.routing.rules import Rules


def sort(matter: str | None, code: str | None, content: str | None) -> Sorted:
    return Matters(Rules.load(RULES)).sort([matter], [code], [content])


def test_words_of_danger_mark_an_emergency() -> None:
    assert sort(None, None, "3单元电梯困人").within_h[0] <= 2
    assert sort("占用消防通道", None, None).within_h[0] <= 2
    assert math.isnan(sort("暴露垃圾", None, "垃圾没人清").within_h[0])


def test_what_no_rule_knows_goes_to_nobody_by_matter() -> None:
    about = sort(None, None, None)
    assert (about.specialist[0], about.category[0]) == (None, None)


def test_a_specialist_is_told_by_words_of_the_content() -> None:
    assert sort(None, None, "公交司机甩站").specialist[0] is not None
    assert sort("噪声扰民", None, "楼上装修").specialist[0] is None
