"""Rows of a list of places, whatever stands in their cells."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.intake.places.addressing import Inside, behind_number, street_and_number
from gridmap.intake.places.columns import COLUMNS, kind_words, parse_kind
from gridmap.intake.places.reading import PlaceList
from gridmap.intake.places.rows import place_rows, plain_building

CELLS = st.sampled_from(["", "小区", "2号楼", "3", "映屿街38号", "2026-01-01"]) | st.text(
    max_size=6
)


def table(columns: dict[str, list[str]]) -> PlaceList:
    count = len(next(iter(columns.values())))
    labels = [f"line {line}" for line in range(2, count + 2)]
    return PlaceList(labels, columns, {}, np.full(count, None, dtype=object), [], [])


@given(
    st.dictionaries(
        st.sampled_from(sorted(COLUMNS)), st.lists(CELLS, min_size=3, max_size=3), min_size=1
    )
)
def test_every_row_is_taken_or_told(columns: dict[str, list[str]]) -> None:
    rows, refused, findings = place_rows(table(columns), None)
    errors = [finding for finding in findings if finding.severity == "error"]
    assert len(rows) + len(errors) == 3
    assert len({row.key for row in rows}) == len(rows)
    assert not refused & {row.key for row in rows}
    for row in rows:
        assert row.name or row.number or row.tags


def test_a_place_without_a_code_is_told_by_what_it_says_and_if_need_be_where() -> None:
    alone, _, _ = place_rows(table({"estate": ["柳园"], "community": ["一"]}), None)
    moved, _, _ = place_rows(table({"estate": ["柳园"], "community": ["二"]}), None)
    assert alone[0].key == moved[0].key
    two, _, _ = place_rows(table({"estate": ["柳园"] * 2, "community": ["一", "二"]}), None)
    assert len({row.key for row in two}) == 2


@pytest.mark.parametrize(
    ("text", "number"),
    [("2号楼", "2"), ("2栋", "2"), ("2#", "2"), ("2", "2"), ("甲2号楼", "甲2"), ("A座", "A座"),
     ("楼", "楼")],
)  # fmt: skip
def test_the_number_of_a_building(text: str, number: str) -> None:
    assert plain_building(text) == number


@pytest.mark.parametrize(
    ("cells", "answer"),
    [
        (("", "", "映屿街38号"), ("映屿街", "38")),
        (("映屿街", "38号", ""), ("映屿街", "38")),
        (("", "映屿街38号", ""), ("映屿街", "38")),
        (("", "38号", "演示街道映屿街38号2号楼"), ("映屿街", "38")),
        (("", "40号", "映屿街38号"), (None, "40")),
        (("映屿街", "东侧", ""), ("映屿街", "东侧")),
        (("", "", ""), (None, None)),
    ],
)
def test_street_and_number(cells: tuple[str, str, str], answer: tuple[str, str]) -> None:
    assert street_and_number(*cells) == answer


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("映屿街38号", Inside()),
        ("映屿街38号院拂汀雅居2号楼1单元", Inside("拂汀雅居", "2号楼", "1单元")),
        ("映屿街38号示例公司", Inside()),
        ("映屿街38号院2号楼", Inside("", "2号楼")),
        ("映屿街38号拂汀雅居A座", Inside("拂汀雅居", "A座")),
        ("映屿街38号拂汀雅居2号楼301室", Inside()),
        ("拂汀雅居2号楼", Inside()),
    ],
)
def test_what_stands_behind_the_number(address: str, inside: Inside) -> None:
    assert behind_number(address) == inside


def test_every_kind_has_its_words() -> None:
    assert parse_kind("小区") == ("estate", None)
    assert parse_kind(" Pharmacy ") == ("service", "pharmacy")
    assert set(kind_words().values()) >= {("address", None), ("service", "bus_stop")}
