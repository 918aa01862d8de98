"""Acceptance 1 and 4: New York's requests go to the boards that the city names, on both stores.

71 community districts and 2,963 requests; 2,930 of these have a coordinate and a board. A strict
point in polygon agrees with the city for 99.22 % of them, with 1 m at the boundary for 99.86 %.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from support.command import gridmap

BOROUGHS = {"MANHATTAN": 1, "BRONX": 2, "BROOKLYN": 3, "QUEENS": 4, "STATEN ISLAND": 5}
Row = dict[str, str]


def board(label: str) -> str | None:
    """`03 QUEENS` is board 403; `Unspecified QUEENS` is none."""
    number, _, borough = label.partition(" ")
    return (
        f"{BOROUGHS[borough] * 100 + int(number)}"
        if number.isdecimal() and borough in BOROUGHS
        else None
    )


@pytest.fixture(scope="module", params=["geopackage", "postgis"])
def answers(
    request: pytest.FixtureRequest, real_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> list[tuple[Row, Row]]:
    """Every request beside the answer to it, through the commands of README."""
    folder = tmp_path_factory.mktemp("new-york")
    if request.param == "postgis":
        database = request.getfixturevalue("module_postgis_url")
    else:
        database = f"{folder / 'new-york.gpkg'}"
    source, output = real_data / "nyc311", folder / "answers.csv"
    gridmap(database, "init")
    gridmap(
        database, "import", "units", source / "community_districts.geojson",
        "--level", "district", "--code", "BoroCD",
    )  # fmt: skip
    gridmap(database, "route", source / "requests.csv", "--profile", "nyc311", "--output", output)
    with (source / "requests.csv").open(encoding="utf-8", newline="") as file:
        asked = list(csv.DictReader(file))
    with output.open(encoding="utf-8-sig", newline="") as file:
        answered = list(csv.DictReader(file))
    return list(zip(asked, answered, strict=True))


def test_no_row_is_missing_and_the_order_is_kept(answers: list[tuple[Row, Row]]) -> None:
    assert len(answers) == 2963
    assert all(asked["Unique Key"] == answered["ticket"] for asked, answered in answers)


def test_the_labelled_board_is_named(answers: list[tuple[Row, Row]]) -> None:
    labelled = [
        (board(asked["Community Board"]), answered)
        for asked, answered in answers
        if asked["Longitude"] and board(asked["Community Board"])
    ]
    assert len(labelled) == 2930
    chosen = sum(answered["unit"] == label for label, answered in labelled)
    named = sum(
        answered["unit"] == label
        or (answered["flagged"] == "true" and label in answered["alternatives"].split())
        for label, answered in labelled
    )
    print(f"chosen {chosen / 2930:.4%}, named {named / 2930:.4%}")
    assert chosen / len(labelled) >= 0.992
    assert named / len(labelled) >= 0.9985


def test_a_row_without_coordinate_is_flagged(answers: list[tuple[Row, Row]]) -> None:
    without = [answered for asked, answered in answers if not asked["Longitude"]]
    assert len(without) == 32
    assert all(answered["flagged"] == "true" for answered in without)
    assert all(answered["queue"] == "locating" for answered in without)


def test_both_stores_decide_alike(answers: list[tuple[Row, Row]], seen: list[object]) -> None:
    seen.append([answered for _, answered in answers])
    assert seen[0] == seen[-1]


@pytest.fixture(scope="module")
def seen() -> list[object]:
    """The answers of the stores so far."""
    return []
