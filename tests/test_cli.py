"""What the command line refuses before it writes anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.command import gridmap, run
from support.tickets import row, write, write_profile

from gridmap.settings import data_folder


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a store, a file of tickets, its profile and a site's rules."""
    gridmap(str(tmp_path / "store.gpkg"), "init")
    write(tmp_path / "october.csv", row("T1"))
    write_profile(tmp_path)
    rules = (data_folder() / "rules" / "default.toml").read_bytes()
    (tmp_path / "rules.toml").write_bytes(rules)
    monkeypatch.setenv("GRIDMAP_RULES", str(tmp_path / "rules.toml"))
    (tmp_path / "link.csv").symlink_to(tmp_path / "october.csv")
    return tmp_path


@pytest.mark.parametrize(
    "name", ["october.csv", "link.csv", "invented.toml", "rules.toml", "store.gpkg"]
)
def test_answers_never_replace_what_they_are_made_from(office: Path, name: str) -> None:
    before = (office / name).read_bytes()
    result = run(
        str(office / "store.gpkg"), "route", office / "october.csv",
        "--profile", office / "invented.toml", "--output", office / name,
    )  # fmt: skip
    assert result.exit_code == 1
    assert result.output.startswith("Error: The answers would replace ")
    assert (office / name).read_bytes() == before


def test_answers_replace_any_other_file(office: Path) -> None:
    (office / "answers.csv").write_text("of last month", encoding="utf-8")
    gridmap(
        str(office / "store.gpkg"), "route", office / "october.csv",
        "--profile", office / "invented.toml", "--output", office / "answers.csv",
    )  # fmt: skip
    assert "T1" in (office / "answers.csv").read_text(encoding="utf-8-sig")
