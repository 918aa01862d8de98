"""Catalogues of matters: complete as transcribed, and each line says where it is from."""

import csv
from collections import Counter

import pytest

from gridmap.settings import data_folder

FOLDER = data_folder() / "catalogues"
COLUMNS = [
    *["catalogue", "kind", "code", "name", "parent_code", "is_local_extension"],
    *["source", "certainty"],
]
CERTAINTIES = {"verified", "code-seen", "in-source", "computed", "from-memory", "inferred"}
CATALOGUES = ["gbt47678-2026", "gbt30428-2013", "cjt214", "local"]
Row = dict[str, str]


def read(name: str) -> list[Row]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", CATALOGUES)
def test_every_class_has_a_key_a_parent_and_a_source(name: str) -> None:
    rows = read(name)
    keys = {(row["kind"], row["code"]) for row in rows}
    assert len(keys) == len(rows)
    for row in rows:
        assert list(row) == COLUMNS
        assert row["catalogue"] == name
        assert row["kind"] in ("component", "matter")
        assert row["code"].isdigit()
        assert row["name"]
        assert row["is_local_extension"] in ("true", "false")
        assert row["source"]
        assert row["certainty"] in CERTAINTIES
        assert row["parent_code"] == (row["code"][:2] if len(row["code"]) > 2 else "")
        assert not row["parent_code"] or (row["kind"], row["parent_code"]) in keys


def test_the_2026_list_has_the_published_numbers_of_classes() -> None:
    rows = [row for row in read("gbt47678-2026") if row["parent_code"]]
    assert Counter(row["kind"] for row in rows) == {"component": 153, "matter": 250}
    sizes = Counter((row["kind"], row["parent_code"]) for row in rows)
    components = {"01": 76, "02": 44, "03": 16, "04": 14, "05": 3}
    others = {"06": 51, "07": 7, "08": 16, "09": 21, "10": 2}
    assert sizes == {
        **{("component", code): count for code, count in components.items()},
        **{("matter", code): count for code, count in (components | others).items()},
    }


def test_components_have_a_matter_of_the_same_number() -> None:
    rows = [row for row in read("gbt47678-2026") if row["parent_code"]]
    matters = {row["code"]: row["name"] for row in rows if row["kind"] == "matter"}
    for row in rows:
        if row["kind"] == "component":
            assert matters[row["code"]] == f"{row['name']}异常"


@pytest.mark.parametrize(
    ("name", "code", "title"),
    [
        ("gbt47678-2026", "09010", "非机动车乱停放"),
        ("gbt30428-2013", "0410", "非机动车乱停放"),
        ("cjt214", "0506", "非机动车乱停放"),
        ("cjt214", "0406", "道路积水"),
        ("local", "90001", "道路积水"),
    ],
)
def test_numbers_moved_between_editions(name: str, code: str, title: str) -> None:
    found = {row["code"]: row["name"] for row in read(name) if row["kind"] == "matter"}
    assert found[code] == title


def test_road_ponding_is_a_local_extension_only() -> None:
    assert "道路积水" not in {row["name"] for row in read("gbt47678-2026")}
    local = read("local")
    assert all(row["is_local_extension"] == "true" for row in local)


def test_the_crosswalk_joins_classes_that_exist_and_claims_nothing() -> None:
    names = {
        (name, row["kind"], row["code"]): row["name"] for name in CATALOGUES for row in read(name)
    }
    rows = read("crosswalk")
    for row in rows:
        for side in ("from", "to"):
            key = (row[f"{side}_catalogue"], row[f"{side}_kind"], row[f"{side}_code"])
            assert names[key] == row[f"{side}_name"]
        assert row["confirmed_by"] == ""
        assert row["source"]
        assert row["certainty"] == "inferred"
    shifted = [row for row in rows if row["from_catalogue"] == "gbt30428-2013"]
    assert len(shifted) == 14
    for row in shifted:
        old, new = row["from_code"], row["to_code"]
        assert new == f"{int(old[:2]) + 5:02d}0{old[2:]}"
