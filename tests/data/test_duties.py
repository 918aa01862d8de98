"""The people of the demonstration district: every duty has ground, nobody is real."""

import csv
import json
import re
from collections import Counter
from datetime import date

import pytest

from gridmap.settings import data_folder

FOLDER = data_folder() / "demonstration"
COLUMNS = [
    *["person_code", "name", "phone", "organisation", "role", "scheme", "level", "unit_code"],
    *["matter", "valid_from", "valid_to", "substitute_for"],
]
FILES = ["duties.csv", "duties-buildings.csv"]
LEVELS = ["district", "street", "community", "grid"]
MIDDLE = "2026-10-15"


def rows(name: str = "duties.csv") -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        assert reader.fieldnames == COLUMNS
        return list(reader)


def codes(name: str) -> set[str]:
    content = json.loads((FOLDER / f"{name}.geojson").read_text(encoding="utf-8"))
    return {feature["properties"]["code"] for feature in content["features"]}


def in_force(row: dict[str, str], day: str) -> bool:
    return row["valid_from"] <= day and (not row["valid_to"] or day < row["valid_to"])


@pytest.mark.parametrize("name", FILES)
def test_every_duty_has_a_unit_and_a_period(name: str) -> None:
    units = {("general", level): codes(f"units-{level}") for level in LEVELS}
    units["general", "building"] = codes("buildings")
    units["exclusive", "grid"] = codes("exclusive")
    for row in rows(name):
        start = date.fromisoformat(row["valid_from"])
        assert not row["valid_to"] or date.fromisoformat(row["valid_to"]) > start
        if row["role"] == "absence":
            assert not row["unit_code"]
            assert row["valid_to"]
        else:
            assert row["unit_code"] in units[row["scheme"], row["level"]]


@pytest.mark.parametrize("name", FILES)
def test_nobody_is_real(name: str) -> None:
    people: dict[str, tuple[str, str]] = {}
    for row in rows(name):
        assert re.fullmatch(r"000-0000-\d{4}", row["phone"])
        assert re.fullmatch(r"演示\D+\d{4}", row["name"])
        assert "演示" in row["organisation"]
        known = (row["name"], row["phone"])
        assert people.setdefault(row["person_code"], known) == known


def test_grids_have_one_chief_and_one_worker_but_for_the_named_two() -> None:
    staff: dict[str, Counter[str]] = {code: Counter() for code in codes("units-grid")}
    for row in rows():
        plain = not row["matter"] and not row["substitute_for"] and row["scheme"] == "general"
        if plain and row["level"] == "grid" and in_force(row, MIDDLE):
            staff[row["unit_code"]][row["role"]] += 1
    nobody = {code for code, roles in staff.items() if not roles}
    no_worker = {code for code, roles in staff.items() if roles and not roles["grid_worker"]}
    assert nobody == {"990101001002003"}
    assert no_worker == {"990101002002004"}
    for code in staff.keys() - nobody - no_worker:
        assert staff[code]["grid_chief"] == 1
        assert staff[code]["grid_worker"] == 1
        assert staff[code]["volunteer"] >= 1


def test_every_higher_unit_has_one_head_every_day() -> None:
    roles = {"district": "district_head", "street": "street_head", "community": "community_head"}
    for level, role in roles.items():
        for day in ("2026-10-01", "2026-10-19", "2026-10-20", "2026-10-31"):
            heads = [r["unit_code"] for r in rows() if r["role"] == role and in_force(r, day)]
            assert Counter(heads) == Counter(codes(f"units-{level}"))


def test_substitutes_act_for_people_who_are_away_at_that_time() -> None:
    away = [row for row in rows() if row["role"] == "absence"]
    acting = [row for row in rows() if row["substitute_for"]]
    assert len(acting) >= 4
    for row in acting:
        assert any(
            absent["person_code"] == row["substitute_for"]
            and absent["valid_from"] <= row["valid_from"]
            and row["valid_to"] <= absent["valid_to"]
            for absent in away
        )
    assert {row["person_code"] for row in acting} & {row["person_code"] for row in away}
    assert {row["person_code"] for row in away} - {row["substitute_for"] for row in acting}


def test_somebody_hands_over_in_the_month_and_one_serves_a_single_matter() -> None:
    ended = [row["unit_code"] for row in rows() if row["valid_to"] == "2026-10-12"]
    begun = [row["unit_code"] for row in rows() if row["valid_from"] == "2026-10-12"]
    assert set(begun) <= set(ended)
    assert len(begun) == 8
    assert [row["matter"] for row in rows() if row["matter"]] == ["09010"]


def test_some_chiefs_hold_two_grids() -> None:
    held = Counter(r["person_code"] for r in rows() if r["role"] == "grid_chief")
    assert set(held.values()) == {1, 2}
