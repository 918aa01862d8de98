"""Places that are told by others: crossings, stretches, sides, gates."""

from __future__ import annotations

import pytest
from support.places_town import at, gazetteer, matcher

from gridmap.locating import Found
from gridmap.locating.candidates import Candidate
from gridmap.locating.reading import read
from gridmap.locating.relations import Relation, relation

TOWN = gazetteer()


def found(text: str) -> Found:
    return matcher().find(text)


@pytest.mark.parametrize(
    "text",
    ["映屿街与望云路交叉口", "望云路和映屿街路口", "映屿街望云路口", "映屿街、望云路十字路口西北角",
     "在映屿街跟望云路交汇处有积水", "映屿街/望云路交叉口", "映玉街与望云路交叉口"],
)  # fmt: skip
def test_crossing(text: str) -> None:
    met = found(text)
    assert met.method == "crossing", met.reason_en
    assert (met.lon, met.lat) == pytest.approx(at(10, 10))
    assert met.confidence > 0.8


@pytest.mark.parametrize(
    "text",
    ["69 STREET and GRAND AVENUE", "GRAND AVE & 69 ST", "grand avenue at 69 street, maspeth",
     "corner of Grand Ave and 69th St"],
)  # fmt: skip
def test_crossing_in_latin_letters(text: str) -> None:
    met = found(text)
    assert met.method == "crossing", met.reason_en
    assert (met.lon, met.lat) == pytest.approx((-73.9, 40.7))


@pytest.mark.parametrize(
    "text",
    ["映屿街与远山路交叉口", "映屿街与望云路", "ELM STREET and MAIN STREET", "映屿街和垃圾路口"],
)
def test_no_crossing(text: str) -> None:
    assert found(text).method != "crossing"
    if "望云" not in text and "垃圾" not in text:
        assert found(text).confidence < 0.8


@pytest.mark.parametrize(
    "text",
    ["映屿街（望云路至槐安路段）", "映屿街望云路到槐安路之间", "映屿街（望云路-槐安路）路段"],
)
def test_stretch_between_two(text: str) -> None:
    met = found(text)
    assert met.method == "between", met.reason_en
    assert (met.lon, met.lat) == pytest.approx(at(15, 10))
    assert met.extent is not None
    assert met.extent[0] <= at(10, 10)[0] + 1e-9
    assert met.extent[2] >= at(20, 10)[0] - 1e-9
    assert met.is_area, "what lies along a stretch is no point"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("望云雅居北侧", (4, 6)),
        ("望云雅居南边", (4, 2)),
        ("望云雅居东面", (6, 4)),
        ("望云雅居西侧", (2, 4)),
        ("望云雅居北门", (4, 6)),  # no such gate is registered
    ],
)
def test_side(text: str, place: tuple[float, float]) -> None:
    met = found(text)
    assert met.method == "side"
    assert met.entry is not None
    assert met.entry.name == "望云雅居"
    assert (met.lon, met.lat) == pytest.approx(at(*place))


@pytest.mark.parametrize(("text", "place"), [("望云雅居南门", (4, 2)), ("望云雅居东门", (6, 4))])
def test_gate(text: str, place: tuple[float, float]) -> None:
    assert (found(text).lon, found(text).lat) == pytest.approx(at(*place))


def test_a_side_of_a_building_is_the_building() -> None:
    met = found("望云雅居5号楼北侧")
    assert (met.lon, met.lat) == pytest.approx(at(3.5, 5))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("望云雅居对面", Relation("对面", beside=True)),
        ("望云雅居旁边的空地", Relation("旁边", beside=True)),
        ("望云雅居门口", Relation("门口", beside=False)),
        ("望云雅居楼下", Relation("楼下", beside=False)),
        ("望云雅居东北角", None),
        ("望云雅居东南门", Relation("东南门", beside=False, bearing_deg=135, gate=True)),
        ("望云雅居南侧", Relation("南侧", beside=True, bearing_deg=180)),
        ("望云雅居很吵", None),
        ("望云雅居", None),
    ],
)
def test_words_behind_a_place(text: str, expected: Relation | None) -> None:
    reading = read(TOWN, text)
    (mention,) = reading.mentions
    candidate = Candidate(next(iter(mention.entries)), mention)
    assert relation(reading, candidate) == expected


def test_words_before_a_place_in_latin_letters() -> None:
    reading = read(TOWN, "opposite 12 main street")
    (mention,) = reading.mentions
    candidate = Candidate(next(iter(mention.entries)), mention, used=list(reading.parts))
    assert relation(reading, candidate) == Relation("opposite", beside=True)
