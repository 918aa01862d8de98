"""`gridmap import places` and `gridmap import aliases`: what they say, and how they end."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.command import gridmap, run


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A folder with a store and two lists."""
    gridmap(str(tmp_path / "store.gpkg"), "init")
    estates = "名称,经度,纬度\n梧桐小区,117,40\n"
    (tmp_path / "estates.csv").write_text(estates, encoding="gb18030")
    (tmp_path / "names.csv").write_text("别名,标准名称\n政法小区,梧桐小区\n", encoding="utf-8")
    return tmp_path


def test_two_lists_come_in(office: Path) -> None:
    store = str(office / "store.gpkg")
    arguments = ("import", "places", office / "estates.csv", "--kind", "小区", "--datum", "gcj02")
    dry = run(store, *arguments, "--dry-run")
    assert dry.output.endswith("a dry run, nothing is stored.\n")
    result = run(store, *arguments)
    assert result.exit_code == 0
    assert result.output == ("estates.csv: 1 place: 1 new, 0 changed, 0 unchanged, 0 gone.\n")
    result = run(store, "import", "aliases", office / "names.csv")
    assert result.exit_code == 0
    assert result.output == ("names.csv: 1 other name: 1 new, 0 changed, 0 unchanged, 0 gone.\n")


def test_a_missing_datum_is_one_sentence(office: Path) -> None:
    result = run(
        str(office / "store.gpkg"), "import", "places", office / "estates.csv", "--kind", "estate"
    )
    assert result.exit_code == 1
    assert result.output.endswith(
        "has coordinates: name their datum with --datum, such as wgs84 or gcj02.\n"
    )


def test_a_list_of_no_use_ends_with_status_1(office: Path) -> None:
    result = run(str(office / "store.gpkg"), "import", "aliases", office / "names.csv")
    assert result.exit_code == 1
    assert "Nothing is imported of names.csv" in result.output
