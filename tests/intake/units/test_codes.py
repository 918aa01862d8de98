"""Code schemes: level and parent that a code tells."""

from __future__ import annotations

from pathlib import Path

import pytest

from gridmap.errors import SettingError
from gridmap.intake.units.codes import level_of, load_rules, parents_of, scheme_of


@pytest.mark.parametrize(
    ("code", "level", "parent"),
    [
        ("110106", "district", None),
        ("110106000000", "district", None),
        ("110106001", "street", "110106"),
        ("110106001000", "street", "110106000000"),
        ("110106001012", "community", "110106001000"),
        ("110106001012", "community", "110106001"),
        ("110106001012003", "grid", "110106001012"),
        ("11010600101203", "grid", "110106001012"),
        ("9901010010010010000101", "entrance", "99010100100100100001"),
    ],
)
def test_level_and_parent(code: str, level: str, parent: str | None) -> None:
    assert level_of(code) == level
    assert parents_of(code, level) == [] if parent is None else parent in parents_of(code, level)


@pytest.mark.parametrize(
    "code", ["", "101", "11010X", "110106001012000", "99010100200100X", "1" * 30]
)
def test_codes_that_tell_nothing(code: str) -> None:
    assert level_of(code) is None


def test_twenty_digits_are_a_grid_or_a_building() -> None:
    code = "11010600101200300001"
    assert level_of(code) is None
    assert parents_of(code, "building") == ["110106001012003"]


def test_the_majority_tells_the_scheme() -> None:
    good = [f"110106001012{number:03}" for number in range(1, 6)]
    rule = scheme_of([*good, "A7"], "grid")
    assert rule is not None
    assert rule.scheme == "DB11-15"
    assert scheme_of(["101", "102"], "grid") is None
    assert scheme_of([], "grid") is None


def test_file_of_a_site(tmp_path: Path) -> None:
    path = tmp_path / "schemes.toml"
    path.write_text('[[scheme]]\nname = "x"\nlevels = [{ level = "grid", pattern = \'G\\d+\' }]\n')
    (rule,) = load_rules(path)
    assert rule.pattern.fullmatch("G12")
    assert rule.parent_of("G12") is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[scheme", "cannot be read"),
        ('[[scheme]]\nname = "x"\nlevels = [{ level = "grid", pattern = "(" }]', "cannot be read"),
        (
            '[[scheme]]\nname = "x"\nlevels = [{ level = "plot", pattern = "x" }]',
            "'plot' is no level",
        ),
        ("", "cannot be read"),
    ],
)
def test_wrong_file(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "schemes.toml"
    path.write_text(text)
    with pytest.raises(SettingError, match=words):
        load_rules(path)
