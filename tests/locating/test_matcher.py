"""From what people write to the place that they mean: a small town, asked in many ways."""

from __future__ import annotations

import time
from math import isnan

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from support.places_town import BEFORE, SINCE, at, gazetteer, matcher

from gridmap.locating import METHODS, REASONS, Found, Gazetteer, Matcher, Rows

THRESHOLD = 0.8

#: Text, label of what is meant, method: what goes on without a person.
CLEAR = [
    ("望云雅居", "望云雅居", "area"),
    ("望云雅居5号楼", "望云雅居5号楼", "place"),
    ("望云雅居５＃楼", "望云雅居5号楼", "place"),
    ("望云雅居5#", "望云雅居5号楼", "place"),
    ("望云雅居五号楼门口", "望云雅居5号楼", "place"),
    ("望云雅居5栋", "望云雅居5号楼", "place"),
    ("望云雅居5幢楼下", "望云雅居5号楼", "place"),
    ("望雲雅居5號樓", "望云雅居5号楼", "place"),
    ("望云雅居 5 座", "望云雅居5号楼", "place"),
    ("望云雅居5", "望云雅居5号楼", "place"),
    ("望云雅居，5号楼", "望云雅居5号楼", "place"),
    ("望云雅居小区5号楼", "望云雅居5号楼", "place"),
    ("望云雅居院内5号楼底商", "望云雅居5号楼", "place"),
    ("望云雅居的5号楼", "望云雅居5号楼", "place"),
    ("望云雅居1号楼2单元", "望云雅居1号楼 2单元", "place"),
    ("望云雅居1号楼2单元301室", "望云雅居1号楼 2单元", "place"),
    ("望云雅居1-2-301", "望云雅居1号楼 2单元", "place"),
    ("望云雅居1号楼二门", "望云雅居1号楼 2单元", "place"),
    ("望云小区3号楼", "望云雅居3号楼", "place"),
    ("旺云雅居5号楼", "望云雅居5号楼", "place"),
    ("望云雅局5号楼", "望云雅居5号楼", "place"),
    ("反映望云雅居3号楼楼道堆物，无人清理", "望云雅居3号楼", "place"),
    ("12月3日晚上望云雅居3号楼有人放炮", "望云雅居3号楼", "place"),
    ("示例区河东街道柳林社区望云雅居3号楼", "望云雅居3号楼", "place"),
    ("望云雅居3号楼（河东街道）", "望云雅居3号楼", "place"),
    ("映屿家园2号楼", "映屿家园 2", "place"),
    ("映屿家园甲3号楼", "映屿家园 甲3", "place"),
    ("政法小区2号楼", "映屿家园 2", "place"),
    ("政法小区", "映屿家园", "area"),
    ("河东商务楼", "四方景园一区3号楼", "place"),
    ("四方景园一区3号楼", "四方景园一区3号楼", "place"),
    ("四方景园1区3号楼", "四方景园一区3号楼", "place"),
    ("柳荫社区幸福里1号楼", "幸福里小区 1号楼", "place"),
    ("幸福里小区7号楼", "幸福里小区7号楼", "place"),
    ("汀兰公寓2号楼", "汀兰公寓2号楼", "place"),
    ("汀兰公寓", "汀兰公寓", "area"),
    ("映屿街5号", "映屿街5号", "address"),
    ("映屿街甲5号旁", "映屿街甲5号", "interpolated"),  # beside 5, and not 5 itself
    ("映屿街7号", "映屿街7号", "interpolated"),
    ("映屿街12号", "映屿街12号", "interpolated"),
    ("槐安路13号", "槐安路13号", "interpolated"),
    ("映屿街", "映屿街", "street"),
    ("望云路44号院", "示例大院", "area"),
    ("望云路44号院3号楼", "示例大院 3号楼", "address"),
    ("映屿街与望云路交叉口", "映屿街 × 望云路", "crossing"),
    ("望云雅居南门", "望云雅居 南门", "place"),
    ("望云雅居北侧", "望云雅居", "side"),
    ("康宁药店", "康宁药店", "place"),
    ("望云雅居旁边的康宁药店", "康宁药店", "place"),
    ("家住望云雅居，在映屿家园2号楼发现垃圾", "映屿家园 2", "place"),
    ("柳林社区", "柳林社区居委会", "unit_name"),
    ("河东街道", "河东街道办事处", "unit_name"),
    ("柳林社区第一网格", "第一网格", "unit_name"),
    ("990101001002的井盖", "槐树社区", "unit_code"),
    ("桥头公园", "桥头公园", "area"),
    ("清和苑", "清河苑", "area"),
    ("69-17 Grand Ave, Maspeth", "69-17 GRAND AVENUE", "address"),
    ("69-21 GRAND AVENUE, MASPETH, QUEENS", "69-21 GRAND AVENUE", "interpolated"),
    ("12 MAIN ST, HARLEM", "12 MAIN STREET", "address"),
    ("7 Elder Ln.", "7 ELDER LANE", "address"),
    ("corner of Elm St & Oak St", "ELM STREET × OAK STREET", "crossing"),
]

#: Text, problem, and the labels that a person is to choose from.
DOUBTFUL = [
    ("幸福里小区", "ambiguous", {"幸福里小区"}),
    ("幸福里1号楼", "ambiguous", {"幸福里小区 1号楼"}),
    ("向阳", "ambiguous", {"向阳"}),
    ("第一网格", "ambiguous", {"第一网格"}),
    ("12 MAIN STREET", "ambiguous", {"12 MAIN STREET"}),
    ("3号楼", "ambiguous", {"望云雅居3号楼", "四方景园二区3号楼"}),
    ("四方景园3号楼", "ambiguous", {"四方景园一区3号楼", "四方景园二区3号楼"}),
    ("望云雅居9号楼", "unknown_number", {"望云雅居"}),
    ("映屿街999号", "unknown_number", {"映屿街"}),
    ("映屿街与远山路交叉口", "", {"映屿街", "远山路"}),
    ("锦绣翠湖5号楼", "", set()),
    ("小区2号楼5单元下水道堵塞", "ambiguous", {"望云雅居2号楼"}),
]


def find(text: str, **known) -> Found:
    return matcher().find(text, **known)


@pytest.mark.parametrize(("text", "label", "method"), CLEAR)
def test_clear(text: str, label: str, method: str) -> None:
    found = find(text)
    assert found.entry is not None
    assert (found.entry.label, found.method) == (label, method)
    assert found.confidence >= THRESHOLD
    assert found.candidates[0].entry.key == found.entry.key
    assert found.words
    assert all(word in text for word in found.words)
    assert label in found.reason_zh
    assert label in found.reason_en


@pytest.mark.parametrize(("text", "problem", "labels"), DOUBTFUL)
def test_doubtful(text: str, problem: str, labels: set[str]) -> None:
    found = find(text)
    assert found.confidence < THRESHOLD, found.reason_en
    assert labels <= {one.entry.label for one in found.candidates}
    if problem:
        assert found.problem == problem
        assert REASONS[problem][0] in found.reason_zh
        assert REASONS[problem][1] in found.reason_en[:1].lower() + found.reason_en[1:]


@pytest.mark.parametrize(
    ("text", "problem"),
    [("", "no_place"), ("无此地", "no_place"), ("路灯不亮", "no_place"), ("9单元301室", "vague"),
     ("88号楼", "vague"), ("旧粮库", "no_place"), ("😀😀", "no_place"),
     ("' OR 1=1 --", "no_place")],
)  # fmt: skip
def test_nothing_is_found(text: str, problem: str) -> None:
    found = find(text)
    assert found.entry is None
    assert (found.method, found.confidence, found.problem) == ("none", 0.0, problem)
    assert found.candidates == ()
    assert isnan(found.lon)
    assert found.reason_zh == f"{REASONS[problem][0]}。"


def test_an_entrance_that_is_not_registered_is_said() -> None:
    found = find("望云雅居1号楼9单元")
    assert found.entry is not None
    assert (found.entry.label, found.problem) == ("望云雅居1号楼", "unknown_number")
    assert "9单元" in found.candidates[0].reason_zh


def test_both_of_one_name_are_told() -> None:
    keys = {one.entry.key for one in find("幸福里1号楼").candidates}
    assert len(keys) == 2


@pytest.mark.parametrize(
    ("context", "community"),
    [
        ("我是柳荫社区居民", "990101002001"),
        ("河西街道", "990101002001"),
        ("河东街道的居民", "990101001001002"),
    ],
)
def test_context_limits(context: str, community: str) -> None:
    found = find("幸福里1号楼", context=context)
    assert found.confidence >= THRESHOLD
    assert found.held_by == f"unit/general/{community}"


def test_context_is_asked_where_the_text_says_nothing() -> None:
    found = find("门口", context="望云雅居5号楼门口路灯不亮")
    assert found.entry is not None
    assert found.entry.label == "望云雅居5号楼"
    assert find("望云雅居5号楼", context="映屿家园2号楼").entry == found.entry


def test_the_matter_hints_where_names_do_not_tell() -> None:
    for matter, category in (("餐馆油烟", "restaurant"), ("超市缺斤短两", "supermarket")):
        found = find("向阳", matter=matter)
        assert found.entry is not None
        rows = gazetteer().rows
        assert rows.category[gazetteer().numbers[found.entry.key]] == category


@pytest.mark.parametrize("matter", ["餐馆油烟", "超市缺斤短两", "药店", None, ""])
def test_a_hint_never_goes_before_what_is_said(matter: str | None) -> None:
    found = find("柳林社区望云雅居5号楼", matter=matter)
    assert found.entry is not None
    assert found.entry.label == "望云雅居5号楼"


@pytest.mark.parametrize(
    ("text", "moment", "label"),
    [
        ("旧粮库", BEFORE, "旧粮库"),
        ("旧粮库", SINCE, None),
        ("渔村社区", BEFORE, "渔村社区"),
        ("渔村社区", SINCE, None),
        ("新渔社区", SINCE, "新渔社区"),
        ("新渔社区", BEFORE, None),
    ],
)
def test_what_is_valid_at_a_moment(text: str, moment: int, label: str | None) -> None:
    found = find(text, moment=moment)
    assert (found.entry.label if found.entry else None) == label


def test_valid_now_where_no_moment_is_given() -> None:
    assert find("旧粮库").entry is None
    assert find("新渔社区").entry is not None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("映屿街7号", (9, 10)),  # between 5 and 9, on its line
        ("映屿街4号", (5, 10)),  # between 2 and 6
        ("槐安路13号", (22, 15)),  # round the bend
        ("望云雅居5号楼", (3.5, 5)),
        ("映屿街5号", (6, 10.1)),
    ],
)
def test_point(text: str, place: tuple[float, float]) -> None:
    found = find(text)
    assert (found.lon, found.lat) == pytest.approx(at(*place))
    west, south, east, north = found.extent or (0, 0, 0, 0)
    assert west <= found.lon <= east
    assert south <= found.lat <= north


def test_a_point_between_far_houses_is_no_point_but_ground() -> None:
    assert find("映屿街7号").is_area
    assert not find("69-21 GRAND AVENUE, MASPETH").spread_m < 25
    assert not find("望云雅居5号楼").is_area
    assert find("望云雅居").is_area


def test_a_place_without_a_point() -> None:
    found = find("无坐标家园")
    assert found.entry is not None
    assert isnan(found.lon)
    assert found.extent is None
    assert found.is_area


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("望云雅居", "990101001001001"),
        ("望云雅居5号楼", "990101001001001"),
        ("映屿街", "990101001"),  # it crosses both communities
        ("柳林社区", "990101001001"),
        ("柳林社区映屿街", "990101001001"),  # the text says which part of it
        ("望云路44号院3号楼", "990101001001001"),
    ],
)
def test_the_unit_that_holds_all_of_it(text: str, unit: str) -> None:
    assert find(text).held_by == f"unit/general/{unit}"


def test_the_unit_that_is_named_whatever_else_is() -> None:
    found = find("柳林社区望云雅居99号楼")
    assert found.confidence < THRESHOLD
    assert found.named_unit == "unit/general/990101001001"
    assert found.named_confidence >= THRESHOLD
    assert find("望云雅居5号楼").named_unit is None


def test_many_at_once_are_as_one_by_one() -> None:
    texts = [text for text, _, _ in CLEAR[:12]] * 2
    matters = ["餐馆", None] * 12
    contexts = [None, "柳荫社区"] * 12
    found = matcher().find_many(texts, matters=matters, contexts=contexts)
    for one, text, matter, context in zip(found, texts, matters, contexts, strict=True):
        assert one.as_dict() == find(text, matter=matter, context=context).as_dict()


def test_answer_for_the_open_interface() -> None:
    told = find("望云雅居5号楼").as_dict()
    assert told["entry"]["label"] == "望云雅居5号楼"
    assert told["unit"] == "unit/general/990101001001001"
    assert told["problem"] is None
    assert told["words"] == ["望云雅居", "5号楼"]
    assert find("").as_dict()["entry"] is None
    assert find("无坐标家园").as_dict()["lon"] is None


@pytest.mark.parametrize(
    "text",
    ["望" * 10_000, "n " * 5_000, "1-" * 5_000, "望云雅居" * 2_500, "5号楼" * 3_000, "ﷺ" * 5_000,
     "的" * 10_000, "a,b&" * 2_500, "（" * 10_000, "北京市" * 3_000, "十" * 10_000],
)  # fmt: skip
def test_long_nonsense_takes_no_long_time(text: str) -> None:
    began = time.perf_counter()
    found = find(text, context=text)
    assert time.perf_counter() - began < 3.0
    assert found.text == text
    assert 0.0 <= found.confidence <= 1.0


@given(
    st.one_of(
        st.text(st.characters(exclude_categories=()), max_size=80),
        st.text(
            "望旺云雅居幸福里小区柳林社河东街道5一号楼单元，的家住不是与路口南门 mainst&0-",
            max_size=40,
        ),
    ),
    st.one_of(st.none(), st.text(max_size=20), st.just("柳林社区")),
)
@hypothesis_settings(max_examples=200)
def test_whatever_is_asked_is_answered(text: str, context: str | None) -> None:
    found = find(text, context=context, matter=context)
    assert found.method in METHODS
    assert found.problem in REASONS or not found.problem
    assert 0.0 <= found.confidence <= 1.0
    assert (found.entry is None) is (found.method == "none")
    assert found.reason_zh.endswith("。")
    assert found.reason_en.endswith(".")
    assert len({one.entry.key for one in found.candidates}) >= min(len(found.candidates), 1)
    if found.extent and not isnan(found.lon):
        west, south, east, north = found.extent
        assert west - 1e-9 <= found.lon <= east + 1e-9
        assert south - 1e-9 <= found.lat <= north + 1e-9


@pytest.mark.parametrize("text", ["", "望云雅居5号楼", "12 main street", "5号楼", "110101001001"])
def test_an_empty_gazetteer(text: str) -> None:
    found = Matcher(Gazetteer.build(Rows())).find(text, context="柳林社区", matter="药店")
    assert found.entry is None
    assert found.problem in ("no_place", "vague")


def test_between_two_places() -> None:
    found = find("望云雅居与映屿家园之间的空地")
    ends = [find(name) for name in ("望云雅居", "映屿家园")]
    assert found.method == "between"
    assert found.words == ("望云雅居", "映屿家园")
    assert found.lon == pytest.approx(sum(end.lon for end in ends) / 2)
    assert found.lat == pytest.approx(sum(end.lat for end in ends) / 2)
    assert found.extent is not None
    assert found.extent[0] <= min(end.lon for end in ends) + 1e-9
    assert find("望云雅居与映屿家园").method != "between"
