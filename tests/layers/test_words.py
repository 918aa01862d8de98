"""Words in two languages."""

from gridmap.model import LEVELS, ROLES
from gridmap.routing.explain import RULES
from layers.words import WORDS, both, say


def test_every_word_is_there_in_both_languages():
    for chinese, english in WORDS.values():
        assert any("\u4e00" <= sign <= "\u9fff" for sign in chinese)
        assert english
        assert english.isascii() or "…" in english


def test_every_level_role_and_rule_has_words():
    assert {*LEVELS, *ROLES, *(f"rule_{rule}" for rule in RULES)} <= set(WORDS)


def test_saying():
    assert say("grid", "zh") == "网格"
    assert say("grid", "en") == "Grid"
    assert say("unheard", "en") == "unheard"
    assert both("gap", "zh") == "空隙 In a gap"
    assert both("gap", "en") == "In a gap 空隙"
