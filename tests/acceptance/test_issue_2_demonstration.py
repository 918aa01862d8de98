"""The demonstration's tickets against the truth that their maker wrote beside them.

`expected.csv` comes from the script that invents the district and knows where each ticket
happened; it shares no code with routing.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from support.command import gridmap
from support.demonstration import demonstration_store

from gridmap.settings import data_folder

Row = dict[str, str]
DISTRICT = data_folder() / "demonstration"
#: Rows whose trouble is not the place: a number used twice is seen by the store, and a coordinate
#: that is no number leaves the address.
NOT_ABOUT_THE_PLACE = {"number_reused", "bad_coordinate"}


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module", params=["geopackage", "postgis"])
def pairs(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> list[tuple[Row, Row]]:
    """What is true of every row, beside what `gridmap route` answers."""
    folder = tmp_path_factory.mktemp("demonstration")
    if request.param == "postgis":
        url = request.getfixturevalue("module_postgis_url")
    else:
        url = f"geopackage:///{folder / 'demonstration.gpkg'}"
    demonstration_store(url, folder).close()
    output = folder / "answers.csv"
    gridmap(
        url, "route", DISTRICT / "tickets.csv", "--profile", "demonstration", "--output", output
    )
    answers = {row["line"]: row for row in read(output)}
    expected = read(DISTRICT / "expected.csv")
    assert len(answers) == len(expected)
    return [(row, answers[row["line"]]) for row in expected]


def is_told_by_words(truth: Row) -> bool:
    """Whether no coordinate of the row can be used, so that its words decide."""
    return truth["case"].startswith("address_") or truth["case"] in {"zero", "swapped", "outside"}


def test_every_place_is_found_where_it_was_put(pairs: list[tuple[Row, Row]]) -> None:
    wrong = Counter(
        truth["case"]
        for truth, answer in pairs
        if truth["case"] not in NOT_ABOUT_THE_PLACE
        and not is_told_by_words(truth)
        and truth["unit_code"] != answer["unit"]
    )
    assert not wrong


def test_words_lead_to_the_unit_they_name_or_on_to_the_grid_where_it_was(
    pairs: list[tuple[Row, Row]],
) -> None:
    """`unit_code` is what the address names; estates, buildings and streets may tell more.

    A house number of the demonstration tells a stretch of a street, which often is the boundary of
    two grids: one of a number across the street may go to the wrong side.
    """
    told = [(truth, answer) for truth, answer in pairs if is_told_by_words(truth)]
    astray = []
    for truth, answer in told:
        named, unit, grid = truth["unit_code"], answer["unit"], truth["true_grid"]
        assert len(unit) >= len(named), ("less than the address names", truth, answer)
        if unit != named and not (unit.startswith(named) and grid.startswith(unit)):
            astray.append((truth, answer))
    assert len(told) == 690
    more = [t for t, a in told if a["unit"] == t["true_grid"] != t["unit_code"]]
    assert len(more) >= 300
    assert not astray
    assert {answer["locating"] for _, answer in astray} <= {"interpolated"}
    assert all(answer["unit"] in answer["reason"] for _, answer in told)


def test_what_was_read_from_words_says_so(pairs: list[tuple[Row, Row]]) -> None:
    for truth, answer in pairs:
        by_words = answer["locating"] not in {"", "none", "coordinate"}
        assert ("把握" in answer["reason"]) == by_words, (truth, answer)
        assert ("sure to" in answer["reason_en"]) == by_words, (truth, answer)
        if is_told_by_words(truth):
            assert answer["locating"] != "coordinate", (truth, answer)


def test_what_is_doubtful_is_flagged(pairs: list[tuple[Row, Row]]) -> None:
    doubtful = {"on_boundary", "near_boundary", "gap_near", "gap_far", "zero", "swapped", "outside"}
    for truth, answer in pairs:
        if truth["case"] in doubtful and not answer["department"]:
            assert answer["flagged"] == "true", (truth, answer)
        if truth["case"] in {"on_boundary", "near_boundary"}:
            assert set(truth["also"].split()) <= set(answer["alternatives"].split()), (
                truth,
                answer,
            )


def test_nothing_is_without_an_owner_or_a_queue(pairs: list[tuple[Row, Row]]) -> None:
    for _, answer in pairs:
        kept = answer["worker"] or answer["department"] or answer["queue"]
        assert kept or answer["rule"] == "unreadable", answer
