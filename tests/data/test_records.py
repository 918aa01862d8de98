"""Rules, limits, sheds, bays, circles, code schemes, calendars: each record says how sure it is."""

import csv
import re
import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from gridmap.settings import data_folder

CERTAINTIES = {"verified", "code-seen", "in-source", "computed", "from-memory", "inferred"}
FOLDERS = ["rules", "limits", "sheds", "bays", "circles"]
FILES = [path for folder in FOLDERS for path in sorted((data_folder() / folder).glob("*.toml"))]
SCHEMES = data_folder() / "code-schemes.toml"
UNITS = {"s", "min", "h", "day", "month", "working_h", "working_day"}
COMPARISONS = {"at_least", "at_most", "about", "above", "forbidden", "required", "not_required"}


def read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def records(data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Tables in arrays, at any depth, but for plain value tables within a record."""
    for value in data.values():
        if isinstance(value, dict):
            yield from records(value)
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, dict):
                    yield item


@pytest.mark.parametrize(
    "path", [*FILES, SCHEMES], ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_every_record_has_a_source_and_a_certainty(path: Path) -> None:
    found = list(records(read(path)))
    assert found
    for record in found:
        assert record["source"]
        marks = [value for key, value in record.items() if key.startswith("certainty")]
        assert set(marks) <= CERTAINTIES
        assert "certainty" in record


@pytest.mark.parametrize("key", ["territory", "ownership", "fallback", "returns"])
def test_single_tables_of_the_rules_have_a_source_too(key: str) -> None:
    table = read(data_folder() / "rules" / "default.toml")[key]
    assert table["source"]
    assert table["certainty"] in CERTAINTIES


@pytest.mark.parametrize(
    "path", sorted((data_folder() / "limits").glob("*.toml")), ids=lambda p: p.stem
)
def test_a_limit_is_value_unit_calendar_and_start(path: Path) -> None:
    limits = read(path)["limit"]
    assert len({limit["id"] for limit in limits}) == len(limits)
    for limit in limits:
        assert limit["value"] > 0
        assert limit["unit"] in UNITS
        assert limit["calendar"] == ("working" if "working" in limit["unit"] else "natural")
        assert limit["start"]


@pytest.mark.parametrize(
    "path", sorted((data_folder() / "sheds").glob("*.toml")), ids=lambda p: p.stem
)
def test_a_shed_rule_compares_a_number_or_none(path: Path) -> None:
    for rule in read(path)["rule"]:
        assert rule["compare"] in COMPARISONS
        assert ("value" in rule) == ("unit" in rule)
        assert "value" in rule or rule["compare"] in ("forbidden", "required", "not_required")
        assert rule["text_zh"]
        assert rule["text_en"]


def test_shed_profiles_contradict_each_other_as_their_places_do() -> None:
    areas = {
        path.stem: rule["value"]
        for path in (data_folder() / "sheds").glob("*.toml")
        for rule in read(path)["rule"]
        if rule["topic"] == "area_per_bike"
    }
    assert areas == {"anhui": 2.2, "tianjin": 2.5, "huizhou": 2.0}


def test_remembered_shed_rules_stand_in_their_own_profile() -> None:
    for path in (data_folder() / "sheds").glob("*.toml"):
        marks = {rule["certainty"] for rule in read(path)["rule"]}
        assert ("from-memory" in marks) == (path.stem == "unverified")


def test_default_rules_name_levels_from_the_finest() -> None:
    rules = read(data_folder() / "rules" / "default.toml")
    assert rules["territory"]["levels"] == ["grid", "community", "street", "district"]
    assert rules["territory"]["tolerance_m"] == 1.0
    assert rules["returns"]["escalate_at"] == 3
    for department in [*rules["specialist"], *rules["fallback"]["category"]]:
        assert department["matters"]
        assert department["name_zh"]
        assert department["name_en"]


def test_walkers_reach_what_their_speed_says() -> None:
    speeds = {
        w["id"]: w["speed_m_s"] for w in read(data_folder() / "circles/walkers.toml")["walker"]
    }
    assert speeds["adult"] * 15 * 60 == pytest.approx(1080)
    assert speeds["elder"] * 15 * 60 == pytest.approx(810)


@pytest.mark.parametrize("scheme", read(SCHEMES)["scheme"], ids=lambda scheme: scheme["id"])
def test_patterns_agree_with_the_parts_of_a_code(scheme: dict[str, Any]) -> None:
    assert sum(part["length"] for part in scheme["parts"]) == scheme["length"]
    assert scheme["name"] == scheme["id"]
    code = "1" * scheme["length"]
    for rule in scheme["levels"]:
        if rule["level"] == scheme["level"]:
            found = re.fullmatch(rule["pattern"], code)
            assert found
            if scheme["parent_length"] and "parent" in rule:
                parent = found.expand(rule["parent"])
                assert parent.startswith(code[: scheme["parent_length"]])


def test_the_calendar_of_2026_is_complete() -> None:
    with (data_folder() / "calendars/china-2026.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    days = {date.fromisoformat(row["date"]): row["day"] for row in rows}
    assert len(days) == len(rows)
    assert all(row["source"] and row["certainty"] == "verified" for row in rows)
    all_days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    ordinary = {day: "off" if day.weekday() > 4 else "work" for day in all_days}
    worked = [day for day in all_days if days.get(day, ordinary[day]) == "work"]
    assert len(worked) == 248
    assert days[date(2026, 2, 14)] == days[date(2026, 10, 10)] == "work"
    assert days[date(2026, 2, 16)] == days[date(2026, 10, 1)] == "off"
