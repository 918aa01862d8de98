"""Ticket profiles: known keys only, and a datum or a plea for one with coordinates."""

import csv
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from gridmap.settings import data_folder

FOLDER = data_folder() / "profiles"
PROFILES = sorted(FOLDER.glob("*.toml"))
COLUMNS = {
    *["number", "reported_at", "matter", "matter_code", "address", "content", "channel"],
    *["urgency", "status", "closed_at", "reporter_name", "reporter_phone"],
    *["longitude", "latitude"],
}
FILE_KEYS = {"encoding", "datum", "time_format", "time_zone", "sheet"}
DATUMS = {"wgs84", "cgcs2000", "gcj02", "bd09"}
WITHOUT_DATUM = {"egova", "huangpu"}


def read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def test_the_field_sets_that_are_known_have_a_profile() -> None:
    assert {path.stem for path in PROFILES} == {
        *["12345-platform", "demonstration", "dongcheng", "egova"],
        *["huangpu", "nyc311", "pingshan"],
    }


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.stem)
def test_a_profile_has_the_agreed_keys(path: Path) -> None:
    profile = read(path)
    assert profile.keys() <= {"file", "columns", "values"}
    assert profile["file"].keys() <= FILE_KEYS
    assert {"number", "reported_at"} <= profile["columns"].keys() <= COLUMNS
    assert set(profile.get("values", {}).get("status", {}).values()) <= {"open", "closed"}
    b"".decode(profile["file"]["encoding"])
    ZoneInfo(profile["file"]["time_zone"])
    moment = datetime(2026, 10, 1, 13, 5, 9)
    written = moment.strftime(profile["file"]["time_format"])
    assert datetime.strptime(written, profile["file"]["time_format"]) == moment


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.stem)
def test_coordinates_have_a_datum_or_the_file_asks_for_it(path: Path) -> None:
    profile = read(path)
    mapped = {"longitude", "latitude"} & profile["columns"].keys()
    assert len(mapped) in (0, 2)
    if path.stem in WITHOUT_DATUM:
        assert mapped
        assert "datum" not in profile["file"]
        assert "MANDATORY" in path.read_text(encoding="utf-8")
    elif mapped:
        assert profile["file"]["datum"] in DATUMS


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.stem)
def test_a_profile_says_its_source_and_certainty_at_the_top(path: Path) -> None:
    head = path.read_text(encoding="utf-8").split("[file]")[0]
    assert "Source:" in head
    assert "ertainty:" in head


def test_the_demonstration_profile_names_columns_of_the_export() -> None:
    with (data_folder() / "demonstration" / "tickets.csv").open(encoding="utf-8-sig") as file:
        header = next(csv.reader(file))
    profile = read(FOLDER / "demonstration.toml")
    assert set(profile["columns"].values()) < set(header)


def test_the_new_york_profile_names_columns_of_the_export(real_data: Path) -> None:
    with (real_data / "nyc311" / "requests.csv").open(encoding="utf-8") as file:
        header = next(csv.reader(file))
    assert set(read(FOLDER / "nyc311.toml")["columns"].values()) < set(header)
