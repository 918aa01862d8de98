"""`gridmap locate`: ask, confirm, list, take back, weigh thresholds."""

from __future__ import annotations

import json
import re

import pytest
from support.command import gridmap, run
from support.stock import fill

from gridmap.storage import open_store


@pytest.fixture
def town(store_url: str) -> str:
    """Address of a store with the small town."""
    store = open_store(store_url)
    fill(store)
    store.close()
    return store_url


def test_answer_reason_and_candidates(town: str) -> None:
    lines = gridmap(town, "locate", "柳林社区").splitlines()
    place, zh, en, first = lines[:4]
    assert place.startswith("柳林社区 · ")
    assert "by the name of the unit" in place
    assert re.search(r"117\.\d{6}, 40\.\d{6}$", place)
    assert zh.endswith("。")
    assert en.endswith(".")
    assert "[unit/general/111]" in first


def test_nothing_found_says_why(town: str) -> None:
    assert gridmap(town, "locate", "无此地").splitlines()[0] == "Not located."


def test_json_is_one_line(town: str) -> None:
    told = gridmap(town, "locate", "柳林社区", "--json", "--matter", "道路破损")
    assert told.count("\n") == 1
    assert json.loads(told)["entry"]["key"] == "unit/general/111"


def test_confirm_list_and_take_back(town: str) -> None:
    text = "老粮库后院"
    said = gridmap(
        town, "locate", text, "--confirm", "unit/general/1112", "--by", "示例甲",
        "--alias", "老粮库",
    )  # fmt: skip
    assert said.startswith("Confirmed as 1: ")
    assert "confirmed" in gridmap(town, "locate", text)
    listed = gridmap(town, "locate", "--confirmed")
    assert listed.startswith(f"1  {text}  ->  unit/general/1112 (also called 老粮库)  示例甲, ")
    assert gridmap(town, "locate", "--withdraw", "1", "--by", "示例乙").endswith("taken back.\n")
    assert gridmap(town, "locate", text).startswith("Not located.")
    assert gridmap(town, "locate", "--confirmed") == "Nothing is confirmed yet.\n"


def test_thresholds_mark_the_present_one(town: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDMAP_LOCATING_THRESHOLD", "0.83")
    assert "the setting is 0.83" in gridmap(town, "locate", "--thresholds")
    gridmap(town, "locate", "柳林社区", "--confirm", "unit/general/111", "--by", "示例甲")
    told = gridmap(town, "locate", "--thresholds").splitlines()
    assert told[0].startswith("Of 1 confirmed texts")
    (marked,) = [line for line in told if "<-" in line]
    assert marked.split()[0] == "0.83"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["柳林社区", "--confirm", "unit/general/111"], "Say who confirms"),
        (["柳林社区", "--confirm", "unit/x/9", "--by", "甲"], "unit/x/9 is no key"),
        (["柳林社区", "--by", "甲"], "go with --confirm"),
        (["--withdraw", "7", "--by", "甲"], "no confirmation 7"),
        (["--withdraw", "7"], "who takes it back"),
        (["2号楼", "--confirm", "unit/general/111", "--by", "甲"], "names no place"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(
    town: str, arguments: list[str], sentence: str
) -> None:
    result = run(town, "locate", *arguments)
    assert result.exit_code == 1
    assert sentence in result.output
    assert result.output.count("\n") == 1


@pytest.mark.parametrize("arguments", [[], ["a", "--confirmed"], ["--thresholds", "--confirmed"]])
def test_one_thing_at_a_time(town: str, arguments: list[str]) -> None:
    result = run(town, "locate", *arguments)
    assert result.exit_code == 2
    assert "Give one of TEXT" in result.output


def test_another_name_is_not_one_that_a_place_bears_already(town: str) -> None:
    said = ("locate", "柳林居委", "--confirm", "unit/general/111", "--by", "甲", "--alias")
    refused = run(town, *said, "槐树社区")
    assert refused.exit_code == 1
    assert "槐树社区 is the name of 槐树社区 (unit/general/112) already" in refused.stderr
    gridmap(town, *said, "老柳林")
    assert gridmap(town, "locate", "老柳林").startswith("柳林社区 · ")
