"""How much of what a text says each candidate explains."""

from __future__ import annotations

from math import inf

import pytest
from support.places_town import at, gazetteer

from gridmap.locating.candidates import Candidate, candidates
from gridmap.locating.limits import Limits
from gridmap.locating.reading import limits_of, read
from gridmap.locating.scoring import Evidence, apart_m, distance_m, evidence, weigh
from gridmap.moments import now

TOWN = gazetteer()


def weighed(
    text: str, *, context: Limits = (), category: str | None = None
) -> tuple[Evidence, dict[str, float]]:
    """Weigh all candidates of a text: the gain of each by its label, the best of equal labels."""
    reading = read(TOWN, text)
    found = candidates(TOWN, reading, (*limits_of(reading), *context), now())
    said = evidence(TOWN, reading, found, context, category)
    gains: dict[str, float] = {}
    for one in found:
        label = TOWN.rows.key[one.entry]
        gains[label] = max(weigh(TOWN, said, one), gains.get(label, 0.0))
    return said, gains


def share(text: str, name: str) -> float:
    """The share of the evidence that an entry explains."""
    said, gains = weighed(text)
    return gains[TOWN.rows.key[TOWN.rows.name.index(name)]] / said.total


def key(name: str) -> str:
    return TOWN.rows.key[TOWN.rows.name.index(name)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("望云雅居", "望云雅居"),
        ("望云雅居5号楼", "望云雅居5号楼"),
        ("望云雅居5号楼301室", "望云雅居5号楼"),  # a room weighs nothing
        ("990101001002", "槐树社区"),
        ("示例区槐树社区", "槐树社区"),
    ],
)
def test_what_is_said_in_full_is_explained_in_full(text: str, name: str) -> None:
    assert share(text, name) == pytest.approx(1.0)


def test_a_number_that_is_not_there_explains_nothing() -> None:
    assert share("望云雅居9号楼", "望云雅居") == pytest.approx(1.0 / 1.6)


def test_a_short_name_or_one_by_its_sound_explains_less() -> None:
    whole = share("望云雅居", "望云雅居")
    assert whole > share("旺云雅居", "望云雅居") > share("望云", "望云雅居") > 0.7


def test_a_unit_that_is_named_speaks_for_what_lies_in_it_and_against_the_rest() -> None:
    said, gains = weighed("柳荫社区幸福里小区")
    first, second = (
        TOWN.rows.key[entry] for entry in range(len(TOWN)) if TOWN.rows.name[entry] == "幸福里小区"
    )
    assert gains[second] == pytest.approx(said.total)
    assert gains[first] == pytest.approx(said.total - 0.45 - 0.3)


def test_context_breaks_a_tie() -> None:
    east = frozenset([TOWN.numbers["unit/general/990101002001"]])
    _, gains = weighed("幸福里小区", context=(east,))
    first, second = (
        TOWN.rows.key[entry] for entry in range(len(TOWN)) if TOWN.rows.name[entry] == "幸福里小区"
    )
    assert gains[second] == pytest.approx(gains[first] + 0.3)


def test_the_matter_hints_at_a_category() -> None:
    _, gains = weighed("向阳", category="restaurant")
    shop, restaurant = (
        TOWN.rows.key[entry] for entry in range(len(TOWN)) if TOWN.rows.name[entry] == "向阳"
    )
    assert gains[restaurant] == pytest.approx(gains[shop] + 0.05)


@pytest.mark.parametrize(
    ("text", "meant", "other"),
    [
        ("家住望云雅居，反映映屿家园", "映屿家园", "望云雅居"),
        ("不是望云雅居，是映屿家园", "映屿家园", "望云雅居"),
        ("望云雅居对面的清河苑", "清河苑", "望云雅居"),
    ],
)
def test_roles_weigh(text: str, meant: str, other: str) -> None:
    _, gains = weighed(text)
    assert gains[key(meant)] > 2 * gains[key(other)]


def test_what_is_beside_another_name_explains_some_of_it() -> None:
    _, gains = weighed("望云雅居康宁药店")
    assert gains[key("康宁药店")] > gains[key("望云雅居")]


def candidate(name: str, point: tuple[float, float] | None = None) -> Candidate:
    return Candidate(TOWN.rows.name.index(name), None, point=point)


@pytest.mark.parametrize(
    ("place", "metres"), [((4, 4), 0.0), ((4, 7), 111.2), ((7, 4), 85.2), ((5, 7), 111.2)]
)
def test_distance_to_a_box(place: tuple[float, float], metres: float) -> None:
    estate = TOWN.rows.name.index("望云雅居")
    found = distance_m(TOWN, candidate("清河苑", at(*place)), estate)
    assert found == pytest.approx(metres, abs=0.3)


def test_distance_of_two_points() -> None:
    one, other = candidate("清河苑", at(0, 0)), candidate("清河苑", at(3, 4))
    assert apart_m(TOWN, one, other) == pytest.approx(512.9, rel=0.01)
    assert apart_m(TOWN, one, one) == 0.0


def test_distance_of_what_has_no_point_is_infinite() -> None:
    nowhere = TOWN.rows.name.index("无坐标家园")
    assert distance_m(TOWN, candidate("清河苑"), nowhere) == inf
    assert apart_m(TOWN, candidate("清河苑"), candidate("无坐标家园")) == inf
    assert apart_m(TOWN, candidate("无坐标家园"), candidate("清河苑")) == inf
