"""The variation maker itself: what it writes is deterministic, unique, and as its list says."""

from __future__ import annotations

import pypinyin
import pytest
from support.known import Ground, Known, kept
from support.misspelling import SHAPES, SOUNDS, distance
from support.rewriting import numeral
from support.variations import CHANGES, written

UNITS = ("演示区", "潮乙街道", "听涛社区")
AT = {"lon": 119.6, "lat": 38.9}


def estate(key: str, name: str, street: str, house: str, units: tuple[str, ...] = UNITS) -> Known:
    return Known(key, "estate", head=name, street=street, house=house, units=units, **AT)


def building(key: str, head: str, number: str, entrance: str = "", street: str = "") -> Known:
    kind, word = ("entrance" if entrance else "building"), "号楼"
    house = "38" if street else ""
    return Known(
        key, kind, "", head, number, word, entrance, street, house, units=UNITS, **AT
    )  # fmt: skip


PLACES = [
    estate("place/1", "挽贝雅居", "映屿街", "38"),
    estate("place/2", "泊汀家园", "泊汐路", "12"),
    building("place/11", "挽贝雅居", "5", street="映屿街"),
    building("place/12", "挽贝雅居", "甲5", street="映屿街"),
    building("place/13", "挽贝雅居", "5", "2", street="映屿街"),
    estate("place/31", "海棠花园", "", ""),
    Known(
        "place/32", "estate", head="海棠花园", units=(*UNITS[:2], "青屿社区"), lon=119.7, lat=38.9
    ),
    Known("place/41", "service", head="Blue Whale Center", units=UNITS, **AT),
]


@pytest.fixture
def ground() -> Ground:
    return Ground(PLACES, ["映屿街", "泊汐路", *UNITS, "青屿社区"])


def texts(ground: Ground, place: Known, seed: int = 3) -> dict[str, tuple[str, str]]:
    return {one.name: (one.text, one.truth) for one in written(place, ground, seed=seed)}


def test_the_same_seed_writes_the_same(ground: Ground) -> None:
    for place in PLACES:
        assert written(place, ground) == written(place, ground)
    assert texts(ground, PLACES[2], 1) != texts(ground, PLACES[2], 2)


def test_a_building_is_written_as_people_write_it(ground: Ground) -> None:
    said = texts(ground, PLACES[2])
    assert said["registered"] == ("挽贝雅居5号楼", "place/11")
    assert said["full width"][0] == "挽贝雅居５号楼"
    assert said["numerals"][0] == "挽贝雅居五号楼"
    assert said["traditional"][0] == "挽貝雅居5號樓"
    assert said["street office"][0] == "潮乙街道挽贝雅居5号楼"
    assert said["no suffix"][0] == "挽贝5号楼"
    assert said["address for estate"][0] in ("映屿街38号5号楼", "映屿街38号院5号楼")
    assert said["address behind"][0] == "挽贝雅居5号楼（映屿街38号）"
    assert said["number sign"][0].startswith(("挽贝雅居5#", "挽贝雅居5＃"))
    assert said["another place"][1] == "place/11"
    assert "letter case" not in said


def test_a_door_behind_is_meant_where_there_is_one(ground: Ground) -> None:
    doors = {texts(ground, PLACES[2], seed)["entrance and room"] for seed in range(20)}
    assert {truth for text, truth in doors if "2单元" in text or "2门" in text} == {"place/13"}
    assert {truth for text, truth in doors if "3单元" in text or "3门" in text} == {"place/11"}


def test_an_added_letter_stays(ground: Ground) -> None:
    said = texts(ground, PLACES[3])
    assert said["registered"][0] == "挽贝雅居甲5号楼"
    assert all("甲" in text for text, _ in said.values())


def test_a_shared_name_is_told_by_its_community_only(ground: Ground) -> None:
    said = texts(ground, PLACES[5])
    assert {"community", "all units", "community elsewhere"} <= said.keys()
    assert "registered" not in said
    assert all("听涛社区" in text for text, _ in said.values())


def test_latin_names_are_shortened(ground: Ground) -> None:
    said = texts(ground, PLACES[7])
    assert said["abbreviation"][0] == "Blue Whale Ctr"
    assert said["letter case"][0] in ("blue whale center", "BLUE WHALE CENTER", "bLUE wHALE cENTER")


def test_a_slip_that_makes_another_name_is_left_out() -> None:
    ground = Ground([estate("place/1", "问涛苑", "", ""), estate("place/2", "问潮苑", "", "")], [])
    assert ground.is_nearest("问桃苑", "问涛苑")
    assert not ground.is_nearest("问苑", "问涛苑")
    assert not ground.is_nearest("问潮苑", "问涛苑")


def test_numbers_are_never_misspelt(ground: Ground) -> None:
    slips = ("homophone", "near character", "missing character", "extra character")
    for seed in range(20):
        said = texts(ground, PLACES[2], seed)
        assert all(said[name][0].endswith("5号楼") for name in slips if name in said)


@pytest.mark.parametrize(
    ("number", "text"),
    [(5, "五"), (10, "十"), (12, "十二"), (20, "二十"), (105, "一百零五"), (110, "一百一十"),
     (616, "六百一十六"), (1001, "一千零一")],
)  # fmt: skip
def test_numerals(number: int, text: str) -> None:
    assert numeral(number) == text


def test_characters_of_one_sound_are() -> None:
    for group in SOUNDS:
        sounds = [
            set(pypinyin.pinyin(one, style=pypinyin.Style.NORMAL, heteronym=True)[0])
            for one in group
        ]
        assert set.intersection(*sounds), group
    assert all(len(group) == len({*group}) >= 2 for group in SHAPES)


def test_slips_of_sound_and_shape_weigh_little() -> None:
    assert distance("问桃苑", "问涛苑") == 0.25
    assert distance("问苑", "问涛苑") == 1
    assert distance("涛问苑", "问涛苑") == 1


def test_a_third_is_kept_aside() -> None:
    places = [building(f"place/{n}", "挽贝雅居", str(n)) for n in range(3000)]
    assert 900 < sum(kept(place) for place in places) < 1100


def test_every_variation_of_the_list_is_told_in_the_docstring() -> None:
    import support.variations

    told = support.variations.__doc__ or ""
    assert all(name in told for name in CHANGES)
