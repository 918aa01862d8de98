"""From names on through the numbers behind them: every place that a reading may mean."""

from __future__ import annotations

import pytest
from support.places_town import at, gazetteer

from gridmap.locating.candidates import Candidate, candidates
from gridmap.locating.reading import limits_of, read
from gridmap.moments import now

TOWN = gazetteer()


def listed(text: str) -> list[Candidate]:
    reading = read(TOWN, text)
    return candidates(TOWN, reading, limits_of(reading), now())


def labels(text: str) -> list[str]:
    return [TOWN.label(one.entry) for one in listed(text)]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("望云雅居", ["望云雅居"]),
        ("望云雅居5号楼", ["望云雅居5号楼"]),
        ("望云雅居1号楼2单元301室", ["望云雅居1号楼 2单元"]),
        ("幸福里小区1号楼", ["幸福里小区 1号楼", "幸福里小区 1号楼"]),
        ("望云雅居5号楼康宁药店3号楼", ["望云雅居5号楼", "康宁药店"]),
        ("望云路44号院3号楼", ["示例大院 3号楼"]),
        ("12 main street", ["12 MAIN STREET", "12 MAIN STREET"]),
        ("main street 12", ["12 MAIN STREET", "12 MAIN STREET"]),
        ("没有地方", []),
    ],
)
def test_where_names_and_numbers_lead(text: str, meant: list[str]) -> None:
    assert labels(text) == meant


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("望云雅居9号楼", ["9号楼"]),
        ("望云雅居1号楼9单元", ["9单元"]),
        ("映屿街999号", ["999号"]),
        ("望云雅居5号楼", []),
        ("望云雅居9单元", []),  # an estate has no entrances: it is not said of which building
        ("康宁药店9号楼", []),  # nor a shop buildings
        ("望云雅居 99", []),  # nothing says what it is
    ],
)
def test_numbers_that_are_not_there(text: str, missing: list[str]) -> None:
    (one,) = listed(text)
    assert [text[part.start : part.end] for part in one.missing] == missing


def test_between_the_houses_beside_it() -> None:
    (one,) = listed("映屿街3号")
    assert one.method == "interpolated"
    assert [TOWN.label(house) for house in one.beside] == ["映屿街1号", "映屿街5号"]
    assert one.point == pytest.approx(at(4, 10))
    assert one.spread_deg == pytest.approx(0.002)


def test_beyond_the_last_house() -> None:
    (one,) = listed("映屿街14号")
    assert [TOWN.label(house) for house in one.beside] == ["映屿街10号"]
    assert one.point == pytest.approx(at(14, 9.9))
    (far,) = listed("映屿街500号")
    assert far.point is None


def test_houses_of_the_quarter_that_is_named() -> None:
    (one,) = listed("15 main street, harlem")[:1]
    assert {TOWN.rows.localities[house][0] for house in one.beside} == {"HARLEM"}
    (street,) = listed("main street, harlem")[:1]
    assert street.point == pytest.approx((-73.7945, 40.7)), "the middle of its houses there"
    assert len(street.beside) == 2


def test_what_a_candidate_lies_in() -> None:
    names = {TOWN.rows.name[entry] for entry in listed("望云雅居5号楼")[0].related(TOWN)}
    assert {"望云雅居5号楼", "望云雅居", "第一网格", "柳林社区居委会", "示例区"} <= names
    between = listed("映屿街7号")[0]
    names = {TOWN.rows.name[entry] for entry in between.related(TOWN)}
    assert "第二网格" in names, "both houses lie in it"
    assert "槐树社区" not in names, "the street goes on to it, the houses do not"


def test_a_house_lies_in_its_own_quarter_only() -> None:
    """A road that was placed by its houses in Harlem leads to one in another quarter too."""
    for one in listed("12 main street, harlem")[:2]:
        quarter = TOWN.rows.localities[one.entry][0]
        around = {TOWN.rows.name[entry] for entry in one.related(TOWN)}
        assert around & {"MASPETH", "HARLEM"} == {quarter}
