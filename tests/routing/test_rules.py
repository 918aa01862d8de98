"""Rules files: what a person may write, and what is said of what they may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from gridmap.errors import SettingError
from gridmap.routing.rules import Rules
from gridmap.settings import data_folder

GOOD = """
[territory]
scheme = "general"
levels = ["grid", "community"]
roles = ["grid_worker"]
tolerance_m = 1
gap_m = 50
[[specialist]]
name_zh = "公交公司"
name_en = "buses"
matters = ["21", "公交调度"]
words = ["公交司机"]
"""


def load(folder: Path, text: str) -> Rules:
    path = folder / "rules.toml"
    path.write_text(text, "utf-8")
    return Rules.load(path)


def test_the_rules_that_come_with_gridmap_load() -> None:
    rules = Rules.load(data_folder() / "rules" / "default.toml")
    assert rules.territory.levels[0] == "grid"
    assert rules.emergencies
    assert rules.specialists
    assert rules.ownership_schemes == ("exclusive",)


def test_a_department_takes_codes_names_and_words(tmp_path: Path) -> None:
    (buses,) = load(tmp_path, GOOD).specialists
    assert buses.takes("", "2104", "")
    assert buses.takes("公交调度", "", "")
    assert buses.takes("", "", "那位公交司机很好")
    assert not buses.takes("投诉", "0601", "出租车司机")


def test_the_version_changes_with_the_file(tmp_path: Path) -> None:
    assert load(tmp_path, GOOD).version != load(tmp_path, GOOD + "\n").version


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('scheme = "general"', ""), "scheme"),
        (('"community"', '"village"'), "village"),
        (("gap_m = 50", "gap_m = -1"), "gap_m"),
        (("gap_m = 50", 'gap_m = "wide"'), "wide"),
        (('words = ["公交司机"]', 'words = [""]'), "words"),
        (("[territory]", "[territory"), "rules.toml"),
    ],
)
def test_a_wrong_file_is_told_in_one_sentence(
    tmp_path: Path, change: tuple[str, str], said: str
) -> None:
    with pytest.raises(SettingError, match=said):
        load(tmp_path, GOOD.replace(*change))


def test_a_missing_file_is_told() -> None:
    with pytest.raises(SettingError, match="cannot be read"):
        Rules.load(Path("nowhere.toml"))
