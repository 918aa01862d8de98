"""Tickets: by their coordinate, else by their words; what is not sure enough waits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from support.places_town import BEFORE, SINCE, at, gazetteer, matcher

from gridmap.locating import Located, Locator
from gridmap.locating.answer import COORDINATE_CONFIDENCE

BOUNDS = np.array([*at(0, 0), *at(70, 20)])


def unit_row(key: str) -> int:
    """Units are told by their number in the gazetteer."""
    number = gazetteer().numbers.get(key)
    return -1 if number is None else number


def locate(
    address: str | None = None, *, content: str | None = None, matter: str | None = None,
    point: tuple[float, float] = (np.nan, np.nan), threshold: float = 0.8, moment: int = SINCE,
    row: Any = unit_row,
) -> dict[str, Any]:  # fmt: skip
    """Locate one ticket."""
    located = Locator(matcher(), threshold).locate(
        np.array([point[0]]), np.array([point[1]]), [address], [content], [matter],
        moments=np.array([moment]), bounds=BOUNDS, unit_row=row,
    )  # fmt: skip
    return {name: values[0] for name, values in vars(located).items()}


def code(unit: int) -> str | None:
    return None if unit < 0 else gazetteer().rows.code[unit]


def test_a_coordinate_goes_before_words() -> None:
    told = locate("望云雅居5号楼", point=at(50, 5))
    assert (told["lon"], told["lat"]) == at(50, 5)
    assert (told["method"], told["confidence"]) == ("coordinate", COORDINATE_CONFIDENCE)
    assert told["problem"] == told["unusable"] == told["candidates"] == ""


def test_a_place_is_a_point() -> None:
    told = locate("望云雅居5号楼")
    assert (told["lon"], told["lat"]) == pytest.approx(at(3.5, 5))
    assert told["method"] == "place"
    assert told["confidence"] >= 0.8
    assert told["unit"] == -1
    assert told["problem"] == ""


@pytest.mark.parametrize(
    ("address", "method", "unit"),
    [
        ("望云雅居", "area", "990101001001001"),
        ("映屿街", "street", "990101001"),
        ("柳林社区", "unit_name", "990101001001"),
        ("990101001002", "unit_code", "990101001002"),
        ("映屿街7号", "interpolated", "990101001001002"),
    ],
)
def test_ground_goes_to_the_unit_that_holds_it(address: str, method: str, unit: str) -> None:
    told = locate(address)
    assert np.isnan(told["lon"])
    assert (told["method"], code(told["unit"])) == (method, unit)
    assert told["confidence"] >= 0.8


def test_ground_that_no_unit_holds_waits() -> None:
    told = locate("无坐标家园")
    assert np.isnan(told["lon"])
    assert (told["unit"], told["method"], told["problem"]) == (-1, "none", "unsure")


def test_below_the_threshold_it_waits_with_its_candidates() -> None:
    told = locate("幸福里1号楼")
    assert (told["method"], told["unit"], told["confidence"]) == ("none", -1, 0.0)
    assert told["problem"] == "ambiguous"
    assert set(told["candidates"].split()) == {"990101001001002", "990101002001"}


def test_the_threshold_decides() -> None:
    sure = matcher().find("四方景园一区").confidence
    assert locate("四方景园一区", threshold=sure)["method"] == "area"
    waits = locate("四方景园一区", threshold=min(sure + 1e-9, 1.1))
    assert (waits["method"], waits["problem"]) == ("none", "unsure")
    assert waits["candidates"] == "990101002001"


def test_the_unit_that_is_named_answers_where_the_place_is_not_sure() -> None:
    told = locate("柳林社区望云雅居99号楼")
    assert (told["method"], code(told["unit"])) == ("unit_name", "990101001001")
    assert told["confidence"] >= 0.8
    assert told["candidates"]


@pytest.mark.parametrize(("address", "content"), [(None, None), ("", ""), (None, "")])
def test_nothing_is_said(address: str | None, content: str | None) -> None:
    told = locate(address, content=content)
    assert (told["method"], told["problem"], told["confidence"]) == ("none", "no_place", 0.0)


def test_the_content_helps() -> None:
    assert locate("幸福里1号楼", content="柳荫社区居民反映")["method"] == "place"
    assert locate(None, content="望云雅居5号楼漏水")["method"] == "place"


@pytest.mark.parametrize(
    ("point", "unusable"),
    [
        ((0.0, 0.0), "zero"),
        (at(5, 5)[::-1], "swapped"),
        ((1170.0, 40.0), "out_of_range"),
        ((np.inf, 40.0), "no_number"),
        (at(500, 5), "outside"),
    ],
)
def test_words_help_where_a_coordinate_cannot_be_used(
    point: tuple[float, float], unusable: str
) -> None:
    told = locate("望云雅居5号楼", point=point)
    assert told["unusable"] == told["problem"] == unusable
    assert told["method"] == "place"
    assert (told["lon"], told["lat"]) == pytest.approx(at(3.5, 5))
    lost = locate("别处", point=point)
    assert (lost["method"], lost["problem"], lost["unusable"]) == ("none", unusable, unusable)
    assert np.isnan(lost["lon"])


def test_a_ticket_of_its_time() -> None:
    assert locate("渔村社区", moment=BEFORE)["method"] == "unit_name"
    assert locate("渔村社区", moment=SINCE)["method"] == "none"
    assert locate("旧粮库", moment=BEFORE)["method"] != "none"


def test_a_unit_that_routing_does_not_know_is_no_answer() -> None:
    told = locate("望云雅居", row=lambda key: -1)
    assert told["unit"] == -1
    assert told["method"] == "none"


def test_a_column_of_tickets() -> None:
    texts = ["望云雅居5号楼", None, "别处", "柳林社区"]
    lon, lat = (
        np.array([np.nan, at(1, 1)[0], np.nan, np.nan]),
        np.array([np.nan, at(1, 1)[1], 0, 0]),
    )
    located = Locator(matcher(), 0.8).locate(
        lon, lat, texts, [None] * 4, [None] * 4,
        moments=np.full(4, SINCE), bounds=BOUNDS, unit_row=unit_row,
    )  # fmt: skip
    assert located.method.tolist() == ["place", "coordinate", "none", "unit_name"]
    empty = Locator(matcher(), 0.8).locate(
        lon[:0], lat[:0], [], [], [], moments=np.empty(0, int), bounds=BOUNDS, unit_row=unit_row
    )
    assert len(empty.lon) == 0
    assert isinstance(empty, Located)
