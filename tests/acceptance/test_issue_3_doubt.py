"""Item 4 of the issue: where words do not tell, there are candidates, never a silent guess.

Two estates of one name, a number that does not exist, a place that is not of the district: what is
found stays below the threshold of README (0.8), so that a person decides.
"""

from __future__ import annotations

import re
from contextlib import closing

import pytest
from support.asked_places import demonstration_store
from support.known import Ground
from support.known_places import ground_of
from support.office_list import SHARED

from gridmap.locating import Gazetteer, Matcher

THRESHOLD = 0.8


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ground, Matcher]:
    folder = tmp_path_factory.mktemp("demonstration")
    url = f"geopackage:///{folder / 'gridmap.gpkg'}"
    with closing(demonstration_store(url, folder)) as store:
        return ground_of(store), Matcher(Gazetteer.from_store(store))


def estates(ground: Ground) -> list[str]:
    return [place.head for place in ground.places if place.kind == "estate" and place.house]


@pytest.mark.parametrize("name", SHARED)
def test_estates_of_one_name_are_all_told(known: tuple[Ground, Matcher], name: str) -> None:
    ground, matcher = known
    meant = {place.key for place in ground.places if place.name == name}
    assert len(meant) == len(SHARED[name])
    for text in (name, f"{name}楼道堆物，一直没人管", f"您好，我要反映{name}门口路灯不亮"):
        found = matcher.find(text)
        assert found.confidence < THRESHOLD, (text, found.reason_en)
        assert meant <= {one.entry.key for one in found.candidates}


@pytest.mark.parametrize("form", ["{}99号楼", "{}一百零一栋", "{} 77# 有人乱停车"])
def test_a_building_that_does_not_exist_is_not_guessed(
    known: tuple[Ground, Matcher], form: str
) -> None:
    ground, matcher = known
    sure = [
        (text, found.entry and found.entry.key, found.confidence)
        for name in estates(ground)
        for text in [form.format(name)]
        for found in [matcher.find(text)]
        if found.confidence >= THRESHOLD
    ]
    assert not sure, f"{len(sure)}: {sure[:10]}"


@pytest.mark.parametrize(
    "text",
    ["鲲鹏嘉园5号楼", "北京市朝阳区望京西园三区301楼", "火星路15号", "上海市静安区南京西路1266号",
     "Elm Street 12", "5号楼", "3单元", "小区门口", "路灯不亮", "电梯坏了，老人下不了楼",
     "某小区某号楼", "我家楼下", "12345"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(known: tuple[Ground, Matcher], text: str) -> None:
    found = known[1].find(text)
    assert found.confidence < THRESHOLD, (text, found.entry, found.reason_en)
    assert found.reason_zh
    assert found.reason_en


def test_a_misspelt_name_between_two_is_not_guessed(known: tuple[Ground, Matcher]) -> None:
    """A character left out that leaves two names equally near: 问苑 of 问潮苑 and of 问涛苑."""
    ground, matcher = known
    names = estates(ground)
    between = [
        (short, {one for one in names if re.fullmatch(f"{short[0]}.{short[1:]}", one)})
        for short in sorted({name[0] + name[2:] for name in names})
    ]
    for short, meant in [pair for pair in between if len(pair[1]) > 1]:
        assert matcher.find(f"{short}3号楼").confidence < THRESHOLD, (short, meant)
