"""The gazetteer: labels, what lies in what, numbers, and what entries imply."""

from __future__ import annotations

import pickle
from math import isnan

import pytest
from support.places_town import SINCE, at, gazetteer, town

from gridmap.locating import Gazetteer, Rows
from gridmap.locating.gazetteer import ANYWHERE

TOWN = gazetteer()


def number(name: str) -> int:
    return TOWN.rows.name.index(name)


def named(entries) -> list[str]:
    return [TOWN.label(int(entry)) for entry in entries]


def test_first_are_the_rows_then_what_they_imply() -> None:
    given = town().rows
    count = len(given)
    assert TOWN.rows.key[:count] == given.key
    implied = TOWN.rows.key[count:]
    assert "group/汀兰公寓" in implied
    assert "street/GRAND AVENUE" in implied
    assert "locality/MASPETH" in implied
    assert len(implied) == len(set(implied))
    assert len(TOWN) == count + len(implied)
    assert TOWN.version == "town"


@pytest.mark.parametrize(
    ("key", "label", "detail"),
    [
        ("unit/general/990101001001", "柳林社区居委会", "示例区 河东街道办事处"),
        ("street/映屿街", "映屿街", "示例区 河东街道办事处"),
        ("street/GRAND AVENUE", "GRAND AVENUE", ""),
        ("group/汀兰公寓", "汀兰公寓", ""),
        ("locality/MASPETH", "MASPETH", ""),
    ],
)
def test_label_and_detail(key: str, label: str, detail: str) -> None:
    entry = TOWN.entry(TOWN.numbers[key])
    assert entry.label == label
    assert entry.detail == detail
    assert entry.key == key


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("望云雅居", "望云雅居"),
        ("望云雅居1号楼", "望云雅居1号楼"),
        ("南门", "望云雅居 南门"),
        ("汀兰公寓1号楼", "汀兰公寓1号楼"),
        ("示例大院", "示例大院"),
        ("清河苑", "清河苑"),
    ],
)
def test_label_of_a_place(name: str, label: str) -> None:
    assert TOWN.label(number(name)) == label


def test_label_of_what_has_only_a_number() -> None:
    rows = TOWN.rows
    labels = {TOWN.label(entry) for entry in range(len(rows)) if rows.name[entry] is None}
    assert {"望云雅居1号楼 2单元", "映屿家园 甲3", "映屿街5号", "69-17 GRAND AVENUE"} <= labels


def test_entry_of_a_place_without_a_point() -> None:
    entry = TOWN.entry(number("无坐标家园"))
    assert (entry.lon, entry.lat, entry.extent) == (None, None, None)
    assert isnan(TOWN.lon[number("无坐标家园")])


def test_entry_of_an_estate() -> None:
    entry = TOWN.entry(number("望云雅居"))
    assert entry.extent == pytest.approx((*at(2, 2), *at(6, 6)))
    assert (entry.lon, entry.lat) == pytest.approx(at(4, 4))
    assert entry.kind == "estate"
    assert TOWN.entry(number("望云雅居1号楼")).parent == entry.key


def test_what_holds_an_entrance() -> None:
    entrance = next(e for e in range(len(TOWN)) if TOWN.label(e) == "望云雅居1号楼 2单元")
    assert set(named(TOWN.containers.of(entrance))) == {
        "望云雅居1号楼", "望云雅居", "第一网格", "柳林社区居委会", "河东街道办事处", "示例区",
    }  # fmt: skip
    assert TOWN.detail(entrance) == "示例区 河东街道办事处 柳林社区居委会 第一网格"


def test_a_house_does_not_lie_in_all_that_its_road_crosses() -> None:
    house = next(e for e in range(len(TOWN)) if TOWN.label(e) == "映屿街1号")
    around = named(TOWN.containers.of(house))
    assert "映屿街" in around
    assert "柳林社区居委会" in around
    assert "槐树社区" not in around


@pytest.mark.parametrize(
    ("parent", "part", "found"),
    [
        ("望云雅居", "b5", ["望云雅居5号楼"]),
        ("望云雅居", "b9", []),
        ("望云雅居", "x1", []),
        ("望云雅居1号楼", "e2", ["望云雅居1号楼 2单元"]),
        ("望云雅居2号楼", "e2", []),
        ("映屿家园", "b甲3", ["映屿家园 甲3"]),
        ("映屿街", "h5", ["映屿街5号"]),
        ("望云路", "h44", ["示例大院"]),
        ("示例大院", "b3", ["示例大院 3号楼"]),
        ("汀兰公寓", "b2", ["汀兰公寓2号楼"]),
        ("GRAND AVENUE", "h69-17", ["69-17 GRAND AVENUE"]),
    ],
)
def test_children(parent: str, part: str, found: list[str]) -> None:
    assert named(TOWN.child(number(parent), part)) == found


def test_children_anywhere() -> None:
    assert len(TOWN.child(ANYWHERE, "b1")) == 5
    assert named(TOWN.child(ANYWHERE, "h44")) == ["示例大院"]


def test_estates_of_one_name_have_buildings_of_their_own() -> None:
    first, second = (e for e in range(len(TOWN)) if TOWN.rows.name[e] == "幸福里小区")
    assert len(TOWN.child(first, "b1")) == len(TOWN.child(second, "b1")) == 1
    assert TOWN.child(first, "b1").tolist() != TOWN.child(second, "b1").tolist()
    assert TOWN.child(first, "b7").tolist() == []
    assert named(TOWN.child(second, "b7")) == ["幸福里小区7号楼"]


@pytest.mark.parametrize(
    ("name", "finest", "holding"),
    [
        ("望云雅居5号楼", "990101001001001", "990101001001001"),
        ("望云雅居", "990101001001001", "990101001001001"),
        ("映屿街", None, "990101001"),
        ("柳林社区居委会", "990101001001", "990101001001"),
        ("无坐标家园", "", ""),
    ],
)
def test_finest_unit_and_what_holds_the_whole(name: str, finest: str | None, holding: str) -> None:
    codes = [*TOWN.rows.code, ""]
    if finest is not None:
        assert (codes[TOWN.finest_unit(number(name))] or "") == finest
    assert (codes[TOWN.holding(number(name))] or "") == holding


def test_valid_from_and_to() -> None:
    gone, old, new = number("旧粮库"), number("渔村社区"), number("新渔社区")
    assert [TOWN.is_valid(entry, SINCE - 1) for entry in (gone, old, new)] == [True, True, False]
    assert [TOWN.is_valid(entry, SINCE) for entry in (gone, old, new)] == [False, False, True]


def test_crossings_of_a_list() -> None:
    assert "69 STREET" in TOWN.rows.name
    assert "OAK STREET" in TOWN.rows.name


def test_box_of_what_is_implied_holds_its_members() -> None:
    west, south, east, north = TOWN.box[number("GRAND AVENUE")].tolist()
    assert (west, east) == pytest.approx((-73.9, -73.898))
    assert south == north == pytest.approx(40.7)


def test_a_copy_in_another_process() -> None:
    copied = pickle.loads(pickle.dumps(TOWN))
    assert copied.rows.key == TOWN.rows.key
    assert copied.child(number("望云雅居"), "b5").tolist() == [number("望云雅居5号楼")]


def test_nothing_in_it() -> None:
    empty = Gazetteer.build(Rows())
    assert len(empty) == 0
    assert empty.child(ANYWHERE, "b1").tolist() == []
    assert empty.gates.tolist() == []


def test_numbers_of_a_name_near_an_estate_of_that_name() -> None:
    rows = Rows()
    box = (117.0, 40.0, 117.01, 40.01)
    rows.add("place/1", "estate", "望云雅居", box=box)
    rows.add("place/2", "building", "望云雅居1号楼", point=(117.005, 40.005))
    rows.add("place/3", "building", "望云雅居2号楼", point=(117.5, 40.005))  # another town
    known = Gazetteer.build(rows)
    assert known.child(0, "b1").tolist() == [1]
    assert known.child(0, "b2").tolist() == []
    assert known.child(known.numbers["group/望云雅居"], "b2").tolist() == [2]
