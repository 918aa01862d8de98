"""The demonstration export: as messy as a real one, and the truth about each line is known."""

import csv
import json
import re
import tomllib
from collections import Counter
from datetime import datetime

import pytest
import shapely

from gridmap.settings import data_folder

FOLDER = data_folder() / "demonstration"
HEADER = [
    *["工单编号", "来电时间", "受理渠道", "来电人姓名", "联系方式", "问题分类", "工单标题"],
    *["主要内容", "事发地址", "紧急程度", "工单状态", "办结时间", "经度", "纬度"],
]
Row = dict[str, str]


def read(name: str) -> list[Row]:
    with (FOLDER / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def pairs() -> list[tuple[Row, Row]]:
    """Each ticket with what is true of it."""
    return list(zip(read("tickets.csv"), read("expected.csv"), strict=True))


@pytest.fixture(scope="module")
def grids() -> dict[str, shapely.Polygon]:
    return shapes("units-grid")


def shapes(name: str) -> dict[str, shapely.Polygon]:
    content = json.loads((FOLDER / f"{name}.geojson").read_text(encoding="utf-8"))
    return {
        feature["properties"]["code"]: shapely.geometry.shape(feature["geometry"])
        for feature in content["features"]
    }


def place(ticket: Row) -> shapely.Point:
    return shapely.Point(float(ticket["经度"]), float(ticket["纬度"]))


def of_case(pairs: list[tuple[Row, Row]], *cases: str) -> list[tuple[Row, Row]]:
    found = [(ticket, truth) for ticket, truth in pairs if truth["case"] in cases]
    assert found
    return found


def test_the_export_has_the_header_and_the_size_of_a_month(pairs: list[tuple[Row, Row]]) -> None:
    assert list(pairs[0][0]) == HEADER
    assert 2_900 < len(pairs) < 3_300
    for line, (ticket, truth) in enumerate(pairs, start=2):
        assert truth["line"] == str(line)
        assert truth["number"] == ticket["工单编号"]


def test_a_fifth_has_no_coordinate(pairs: list[tuple[Row, Row]]) -> None:
    without = sum(not ticket["经度"] for ticket, _ in pairs)
    assert 0.15 < without / len(pairs) < 0.25


def test_located_tickets_lie_in_their_grid(
    pairs: list[tuple[Row, Row]], grids: dict[str, shapely.Polygon]
) -> None:
    for ticket, truth in of_case(pairs, "located", "formula", "repeated", "near_boundary"):
        assert grids[truth["unit_code"]].contains(place(ticket))
        assert truth["unit_code"] == truth["true_grid"]


def test_tickets_on_a_boundary_touch_all_the_grids_named(
    pairs: list[tuple[Row, Row]], grids: dict[str, shapely.Polygon]
) -> None:
    for ticket, truth in of_case(pairs, "on_boundary"):
        named = [truth["unit_code"], *truth["also"].split()]
        touching = [code for code, grid in grids.items() if grid.intersects(place(ticket))]
        assert sorted(named) == touching
        assert len(named) > 1
        assert truth["unit_code"] == min(named)


def test_tickets_near_a_boundary_are_within_a_metre_of_the_others(
    pairs: list[tuple[Row, Row]], grids: dict[str, shapely.Polygon]
) -> None:
    metre = 1 / 86_000
    for ticket, truth in of_case(pairs, "near_boundary"):
        for code in truth["also"].split():
            assert 0 < grids[code].distance(place(ticket)) < metre


def test_tickets_in_the_pond_are_in_no_grid(
    pairs: list[tuple[Row, Row]], grids: dict[str, shapely.Polygon]
) -> None:
    for ticket, truth in of_case(pairs, "gap_near", "gap_far"):
        assert not any(grid.intersects(place(ticket)) for grid in grids.values())
        assert len(truth["unit_code"]) == (15 if truth["case"] == "gap_near" else 12)


def test_tickets_on_exclusive_ground_name_its_owner(pairs: list[tuple[Row, Row]]) -> None:
    exclusive = shapes("exclusive")
    for ticket, truth in of_case(pairs, "exclusive"):
        assert exclusive[truth["unit_code"]].contains(place(ticket))
    owned = {truth["unit_code"] for _, truth in of_case(pairs, "exclusive")}
    assert owned == set(exclusive)


def test_addresses_name_the_unit_that_is_expected(pairs: list[tuple[Row, Row]]) -> None:
    names = {}
    for level in ("district", "street", "community", "grid"):
        content = json.loads((FOLDER / f"units-{level}.geojson").read_text(encoding="utf-8"))
        for feature in content["features"]:
            names[feature["properties"]["code"]] = feature["properties"]["name"]
    for ticket, truth in of_case(pairs, "address_grid", "address_community", "address_street"):
        assert names[truth["unit_code"]] in ticket["事发地址"]
        assert truth["true_grid"].startswith(truth["unit_code"])
    for ticket, _ in of_case(pairs, "address_unnamed", "address_vague"):
        assert not any(name in ticket["事发地址"] for name in names.values())
    for ticket, _ in of_case(pairs, "address_ambiguous"):
        assert sum(name in ticket["事发地址"] for name in names.values()) == 2


def test_wrong_coordinates_are_wrong(pairs: list[tuple[Row, Row]]) -> None:
    district = shapes("units-district")["990101"]
    for ticket, truth in of_case(pairs, "zero", "swapped", "outside"):
        point = place(ticket)
        assert not district.intersects(point)
        if truth["case"] == "swapped":
            assert district.contains(shapely.Point(point.y, point.x))


def test_bad_rows_are_bad_and_the_others_have_a_time(pairs: list[tuple[Row, Row]]) -> None:
    bad = Counter(truth["case"] for _, truth in of_case(pairs, "bad_time", "no_number"))
    assert min(bad.values()) >= 3
    for ticket, truth in pairs:
        if truth["case"] != "bad_time":
            assert datetime.fromisoformat(ticket["来电时间"]).month == 10
        assert bool(ticket["工单编号"]) == (truth["case"] != "no_number")


def test_numbers_are_unique_but_for_the_rows_made_to_repeat(pairs: list[tuple[Row, Row]]) -> None:
    plain = [
        ticket["工单编号"]
        for ticket, truth in pairs
        if truth["case"] not in ("repeated", "number_reused", "no_number")
    ]
    assert len(plain) == len(set(plain))
    for ticket, _ in of_case(pairs, "repeated"):
        same = [other for other, _ in pairs if other["工单编号"] == ticket["工单编号"]]
        assert same.count(ticket) >= 2
    for ticket, _ in of_case(pairs, "number_reused"):
        same = [other for other, _ in pairs if other["工单编号"] == ticket["工单编号"]]
        assert len({other["主要内容"] for other in same}) == 2


def test_every_matter_is_in_a_catalogue(pairs: list[tuple[Row, Row]]) -> None:
    known = set()
    for name in ("gbt47678-2026.csv", "local.csv"):
        with (data_folder() / "catalogues" / name).open(encoding="utf-8", newline="") as file:
            known |= {row["name"] for row in csv.DictReader(file) if row["kind"] == "matter"}
    assert {ticket["问题分类"] for ticket, _ in pairs} <= known


def test_rules_find_emergencies_and_specialists_in_the_export(
    pairs: list[tuple[Row, Row]],
) -> None:
    path = data_folder() / "rules" / "default.toml"
    rules = tomllib.loads(path.read_text(encoding="utf-8"))
    for rule in rules["emergency"]:
        assert any(word in t["主要内容"] for t, _ in pairs for word in rule["words"])
    for rule in rules["specialist"]:
        assert any(ticket["问题分类"] in rule["matters"] for ticket, _ in pairs)


def test_nobody_who_called_is_real(pairs: list[tuple[Row, Row]]) -> None:
    for ticket, _ in pairs:
        assert re.fullmatch(r"(演示来电人\d{4})?", ticket["来电人姓名"])
        assert re.fullmatch(r"(000-0000-\d{4})?", ticket["联系方式"])


def test_some_cells_are_what_a_spreadsheet_would_run(pairs: list[tuple[Row, Row]]) -> None:
    first = {ticket["主要内容"][0] for ticket, _ in of_case(pairs, "formula")}
    assert first == set("=+-@")


def test_no_cell_of_any_table_looks_like_a_real_phone() -> None:
    for path in FOLDER.glob("*.csv"):
        text = path.read_text(encoding="utf-8-sig")
        assert not re.search(r"(?<![\d.\-])1[3-9]\d{9}(?!\d)", text), path
