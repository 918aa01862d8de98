"""Whose ticket is it: each rule, its reason, its flag, and the ticket's own time."""

from __future__ import annotations

import pickle
import re
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from shapely import Point
from support.town import UNITS, at, box, duty, router, unit

from gridmap.errors import DatumError
from gridmap.moments import to_moment
from gridmap.routing import Decision, Router

MOMENT = datetime(2026, 10, 1, 8, tzinfo=UTC)
METRE = 1 / 111_000  # degrees of latitude


def decide(router: Router, column: float, row: float, **options: object) -> Decision:
    lon, lat = at(column, row)
    return router.decide(lon, lat, as_of=MOMENT, **options)  # type: ignore[arg-type]


def columns(lon: list[float], lat: list[float], address: str | None = None) -> dict[str, object]:
    count = len(lon)
    return {
        "lon": np.array(lon),
        "lat": np.array(lat),
        "address": [address] * count,
        "content": [None] * count,
        "matter": [None] * count,
        "matter_code": [None] * count,
        "as_of": np.full(count, np.datetime64("2026-10-01T08:00:00", "us")),
    }


def test_a_point_goes_to_the_grid_that_covers_it_and_to_its_worker() -> None:
    town = router(duties=[duty(1, "grid_worker", "1111"), duty(2, "grid_chief", "1111")])
    decision = decide(town, 0.5, 0.5)
    assert (decision.rule, decision.unit.code, decision.worker.code) == ("territory", "1111", "P1")
    assert not decision.flagged
    assert decision.boundary_m == pytest.approx(426, abs=5)  # half of 0.01 degrees at 40 N
    assert decision.reason_zh == "位于第一网格（1111）内，距边界427米；由专职网格员员工1负责。"
    assert [above.code for above in decision.chain] == ["111", "11", "1"]


def test_near_a_boundary_the_covering_grid_keeps_it_and_the_other_is_named() -> None:
    decision = decide(router(), 1 - 0.5 * METRE * 100 * 0.76, 0.5)
    assert (decision.rule, decision.unit.code) == ("boundary", "1111")
    assert decision.flagged
    assert decision.alternatives == "1112"
    assert decision.boundary_m < 1


def test_on_the_very_edge_the_lowest_code_has_it() -> None:
    decision = decide(router(), 3, 0)  # a corner of both, whatever the projection
    assert (decision.rule, decision.unit.code, decision.alternatives) == (
        "boundary",
        "1121",
        "1122",
    )


def test_in_a_gap_the_nearest_grid_within_the_limit_has_it() -> None:
    decision = decide(router(), 1.5, 1 + 30 * METRE * 100)
    assert (decision.rule, decision.unit.code, decision.flagged) == ("nearest", "1112", True)
    assert decision.boundary_m == pytest.approx(30, abs=1)
    assert "111" in decision.alternatives.split()


def test_deep_in_a_gap_the_community_has_it() -> None:
    decision = decide(router(duties=[duty(7, "community_head", "111")]), 1.5, 1.5)
    assert (decision.rule, decision.unit.code, decision.flagged) == ("backstop", "111", True)
    assert decision.worker.code == "P7"


def test_a_community_without_grids_is_no_gap() -> None:
    decision = decide(router(), 4.5, 0.5)
    assert (decision.rule, decision.unit.code, decision.flagged) == ("territory", "113", False)


def test_a_point_in_nobodys_ground_waits_in_a_queue() -> None:
    decision = decide(router(), 6.5, 0.5)
    assert (decision.rule, decision.queue, decision.unit) == ("outside", "locating", None)
    assert decision.flagged


def test_without_any_duties_the_unit_itself_answers() -> None:
    decision = decide(router(), 0.5, 0.5)
    assert (decision.queue, decision.worker, decision.flagged) == ("", None, False)


def test_where_nobody_is_there_the_unit_above_answers() -> None:
    town = router(duties=[duty(1, "grid_worker", "1111"), duty(9, "street_head", "11")])
    decision = decide(town, 1.5, 0.5)
    assert (decision.unit.code, decision.owner_unit.code) == ("1112", "11")
    assert (decision.worker.code, decision.flagged) == ("P9", True)
    assert "上移至河东街道办事处（11）" in decision.reason_zh


def test_where_nobody_is_anywhere_above_it_waits_for_an_owner() -> None:
    decision = decide(router(duties=[duty(1, "grid_worker", "1111")]), 1.5, 0.5)
    assert (decision.queue, decision.worker, decision.flagged) == ("owner", None, True)


def test_ground_of_its_own_goes_before_the_grid() -> None:
    park = (
        unit("9001", "grid", "111", scheme="exclusive", name="柳林公园"),
        box(0.2, 0.2, 0.5, 0.5),
    )
    town = router(units=[*UNITS, park], duties=[duty(5, "grid_chief", "9001", scheme="exclusive")])
    decision = decide(town, 0.4, 0.4)
    assert (decision.rule, decision.unit.code, decision.worker.code) == ("ownership", "9001", "P5")
    assert decision.alternatives == "1111"
    assert decide(town, 0.1, 0.1).unit.code == "1111"


def test_a_specialist_takes_its_matters_wherever_they_are() -> None:
    decision = decide(
        router(duties=[duty(1, "grid_worker", "1111")]), 0.5, 0.5, text="公交司机态度差"
    )
    assert (decision.rule, decision.worker, decision.flagged) == ("specialist", None, False)
    assert decision.department
    assert decision.unit.code == "1111"


def test_an_emergency_is_marked_and_still_routed() -> None:
    decision = decide(router(), 0.5, 0.5, text="楼道有燃气泄漏")
    assert decision.rule == "territory"
    assert decision.within_h <= 2
    assert decision.reason_zh.startswith("【紧急")
    assert decision.reason_en.startswith("EMERGENCY")


def test_units_and_duties_are_those_of_the_tickets_own_time() -> None:
    merged = 1_700_000_000_000_000
    old = [
        (unit("1111", "grid", "111", valid=(0, merged), id=71), box(0, 0, 1, 1)),
        (unit("1112", "grid", "111", valid=(0, merged), id=72), box(1, 0, 1, 1)),
    ]
    new = [(unit("1113", "grid", "111", valid=(merged, 2**62), id=73), box(0, 0, 2, 1))]
    duties = [duty(1, "grid_worker", "1111"), duty(3, "grid_worker", "1113")]
    town = router(units=[*old, *new], duties=duties)
    lon, lat = at(0.5, 0.5)
    before = town.decide(lon, lat, as_of=datetime(2023, 1, 1, tzinfo=UTC))
    after = town.decide(lon, lat, as_of=datetime(2024, 1, 1, tzinfo=UTC))
    assert (before.unit.id, before.worker.code) == (71, "P1")
    assert (after.unit.id, after.worker.code) == (73, "P3")
    both = columns([lon, lon, lon], [lat, lat, lat])
    both["as_of"] = np.array(["2024-01-01", "2023-01-01", "1960-01-01"], dtype="datetime64[us]")
    answer = town.answer(both)
    assert [unit and unit.id for unit in answer.decisions.unit] == [73, 71, None]
    assert answer.decisions.queue[2] == "locating"


def test_a_shifted_datum_is_turned_back() -> None:
    from gridmap.datum import wgs84_to_gcj02

    town, (lon, lat) = router(), at(0.02, 0.5)
    shifted_lon, shifted_lat = wgs84_to_gcj02(np.array([lon]), np.array([lat]))
    shifted = float(shifted_lon[0]), float(shifted_lat[0])
    assert town.decide(*shifted, datum="gcj02").unit.code == "1111"
    assert town.decide(*shifted, datum="gcj02").boundary_m == pytest.approx(17, abs=1)
    with pytest.raises(DatumError, match="wgs84"):
        town.decide(lon, lat, datum="beijing54")


@pytest.mark.parametrize("matter", [None, "09009", "93001"])
@pytest.mark.parametrize("compiled", [False, True])
def test_many_tickets_and_one_are_answered_alike(compiled: bool, matter: str | None) -> None:
    far = (unit("2111", "grid", None, name="飞地网格"), box(8, 3))  # wide ground of nobody between
    duties = [duty(1, "grid_worker", "1111"), duty(9, "street_head", "11")]
    town = router(units=[*UNITS, far], duties=duties)
    if compiled:
        town.compile()
    rng = np.random.default_rng(7)
    lon, lat = 117 + rng.uniform(-0.01, 0.1, 600), 40 + rng.uniform(-0.01, 0.05, 600)
    asked = columns(lon.tolist(), lat.tolist())
    asked["matter"] = asked["matter_code"] = [matter] * 600
    many = town.answer(asked).decisions
    for index in range(600):
        one = town.decide(lon[index], lat[index], as_of=MOMENT, matter=matter)
        assert replace(one, chain=()) == many.one(index, to_moment(MOMENT))
    expected = {None: {"territory", "outside", "backstop"}, "09009": {"category"}}
    assert set(many.rule) >= expected.get(matter, {"specialist"})


def test_every_ticket_has_an_owner_or_a_queue() -> None:
    town = router(duties=[duty(1, "grid_worker", "1111")])
    rng = np.random.default_rng(8)
    lon, lat = 117 + rng.uniform(-0.02, 0.08, 1000), 40 + rng.uniform(-0.02, 0.04, 1000)
    lon[::50], lat[::77] = np.nan, 0.0
    decisions = town.answer(columns(lon.tolist(), lat.tolist())).decisions
    for index in range(len(decisions)):
        assert (
            decisions.worker[index] is not None
            or decisions.department[index] is not None
            or decisions.queue[index]
        )
        assert decisions.reason_zh[index].endswith("。")
        assert "{" not in decisions.reason_zh[index] + decisions.reason_en[index]


@pytest.mark.parametrize(
    ("address", "code", "rule"),
    [
        ("河东街道槐树社区第二网格楼下", "1122", "named"),
        ("河东街道槐树社区3号院", "112", "named"),
        ("第一网格门口", None, "unlocated"),
        ("某处", None, "unlocated"),
    ],
)
def test_without_a_coordinate_a_named_unit_has_it(
    address: str, code: str | None, rule: str
) -> None:
    decisions = router().answer(columns([np.nan], [np.nan], address)).decisions
    assert decisions.rule[0] == rule
    assert (decisions.unit[0] and decisions.unit[0].code) == code
    assert decisions.flagged[0] == (code != "1122")
    if address == "第一网格门口":
        assert decisions.alternatives[0] == "1111 1121"


@pytest.mark.parametrize(
    ("lon", "lat", "why"),
    [
        (np.nan, np.nan, "No coordinate"),
        (0, 0, "The coordinate is 0,0"),
        (40.01, 117.01, "Longitude and latitude seem to be swapped"),
        (200, 40, "The coordinate is not a longitude and latitude"),
        (np.inf, 40, "The coordinate is not two numbers"),
        (116, 39, "No unit covers the coordinate"),
    ],
)
def test_a_named_unit_says_why_and_a_wrong_coordinate_is_flagged(
    lon: float, lat: float, why: str
) -> None:
    answer = router().answer(columns([lon], [lat], "槐树社区第二网格楼下"))
    decisions = answer.decisions
    assert (decisions.rule[0], decisions.unit[0].code) == ("named", "1122")
    assert decisions.reason_en[0].startswith(f"{why}; by the name of the unit, sure to 9")
    assert "%: 第二网格 (1122); " in decisions.reason_en[0]
    assert decisions.flagged[0] == (why != "No coordinate")
    assert "{" not in decisions.reason_zh[0]


def test_without_any_area_no_unit_covers_a_coordinate() -> None:
    bare = router(units=[(unit, None) for unit, _ in UNITS])
    decisions = bare.answer(columns([117.01], [40.01], "槐树社区第二网格楼下")).decisions
    assert decisions.rule[0] == "named"
    assert "没有单元覆盖该坐标" in decisions.reason_zh[0]
    assert decisions.flagged[0]


PLACES = {
    "拂汀雅居": box(0.2, 0.2, 0.3, 0.3),  # in one grid
    "临桥花园": box(0.8, 0.2, 0.4, 0.3),  # in two of one community
    "望云大厦": Point(*at(0.4, 0.6)),
    "远山驿站": Point(*at(9, 9)),  # nobody's ground
}


@pytest.mark.parametrize(
    ("address", "rule", "code", "zh", "en"),
    [
        (
            "望云大厦门口",
            "territory",
            "1111",
            r"没有坐标，按登记的地点定位：望云大厦（把握 9\d%）；位于第一网格（1111）内，距边.*",
            r"No coordinate; 望云大厦: a registered place, sure to 9\d%\. Lies in 第一网格 .*",
        ),
        (
            "拂汀雅居",
            "named",
            "1111",
            r"没有坐标，只定位到范围：拂汀雅居（把握 9\d%），整体属于第一网格（1111）；.*",
            r"No coordinate; 拂汀雅居: the area as a whole, sure to 9\d%, all of it in 第一.*",
        ),
        (
            "临桥花园",
            "named",
            "111",
            r"没有坐标，只定位到范围：临桥花园（把握 9\d%），整体属于柳林社区（111）；.*",
            r"No coordinate; 临桥花园: .* all of it in 柳林社区 \(111\); .*",
        ),
        (
            "槐树社区",
            "named",
            "112",
            r"没有坐标，按单元名称定位（把握 9\d%）：槐树社区（112）；.*",
            r"No coordinate; by the name of the unit, sure to 9\d%: 槐树社区 \(112\); .*",
        ),
        (
            "远山驿站",
            "outside",
            None,
            r"没有坐标，按登记的地点定位：远山驿站（把握 9\d%）；不在任何单元内，.*转人工定位。",
            r"No coordinate; 远山驿站: .* sure to 9\d%\. Lies in no unit and near none: .*",
        ),
    ],
)
def test_what_is_located_by_its_words_says_so(
    address: str, rule: str, code: str | None, zh: str, en: str
) -> None:
    answer = router(places=PLACES).answer(columns([np.nan], [np.nan], address))
    decisions = answer.decisions
    assert (decisions.rule[0], decisions.unit[0] and decisions.unit[0].code) == (rule, code)
    assert re.fullmatch(zh, decisions.reason_zh[0])
    assert re.fullmatch(en, decisions.reason_en[0])
    assert decisions.flagged[0] == (code != "1111"), "wider than a grid, or nobody's"
    assert answer.located.label[0] == address.removesuffix("门口")


def test_a_place_told_beside_a_wrong_coordinate_is_flagged() -> None:
    town = router(places=PLACES)
    for lon, lat in ((0.0, 0.0), (40.01, 117.01), (116.0, 39.0)):
        decisions = town.answer(columns([lon], [lat], "望云大厦")).decisions
        assert (decisions.rule[0], decisions.unit[0].code) == ("territory", "1111")
        assert decisions.flagged[0]
        assert "没有坐标" not in decisions.reason_zh[0]
    assert decisions.reason_zh[0].startswith("没有单元覆盖该坐标，按登记的地点定位：望云大厦（")


def test_words_on_nobodys_ground_go_to_a_department_by_the_matter() -> None:
    asked = columns([np.nan], [np.nan], "远山驿站")
    asked["matter"] = asked["matter_code"] = ["09009"]
    decisions = router(places=PLACES).answer(asked).decisions
    assert (decisions.rule[0], decisions.queue[0]) == ("category", "locating")
    assert "；没有单元覆盖该处，按事项类别暂派" in decisions.reason_zh[0]


def test_a_specialist_is_told_where_the_words_led() -> None:
    asked = columns([0.0], [0.0], "望云大厦")
    asked["content"] = ["公交司机态度差"]
    decisions = router(places=PLACES).answer(asked).decisions
    assert (decisions.rule[0], decisions.unit[0].code) == ("specialist", "1111")
    assert decisions.reason_zh[0].startswith("坐标为 0,0，按登记的地点定位：望云大厦（把握 9")
    assert not decisions.flagged[0], "the matter decides, wherever it is"


def test_a_coordinate_that_is_used_is_not_spoken_of() -> None:
    answer = router(places=PLACES).answer(columns([at(1.5, 0.5)[0]], [at(1.5, 0.5)[1]], "望云大厦"))
    assert answer.located.label[0] == ""
    assert answer.decisions.reason_zh[0].startswith("位于第二网格（1112）内，")


def test_a_router_can_be_sent_to_another_process() -> None:
    town = router(duties=[duty(1, "grid_worker", "1111")])
    before = decide(town, 0.5, 0.5)
    assert decide(pickle.loads(pickle.dumps(town)), 0.5, 0.5) == before


def test_the_record_for_the_open_interface_holds_no_phone() -> None:
    record = decide(router(duties=[duty(1, "grid_worker", "1111")]), 0.5, 0.5).as_dict()
    assert record["worker"] == {"code": "P1", "name": "员工1", "role": "grid_worker"}
    assert record["as_of"] == "2026-10-01T08:00:00Z"
    assert record["emergency_within_h"] is None
    assert [above["code"] for above in record["chain"]] == ["111", "11", "1"]
