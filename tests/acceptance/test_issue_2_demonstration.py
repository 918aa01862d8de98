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


def test_every_place_is_found_where_it_was_put(pairs: list[tuple[Row, Row]]) -> None:
    wrong = Counter(
        truth["case"]
        for truth, answer in pairs
        if truth["case"] not in NOT_ABOUT_THE_PLACE and truth["unit_code"] != answer["unit"]
    )
    assert not wrong


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
