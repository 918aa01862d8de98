"""`import_aliases`: what a name means must be known and clear; what is withdrawn stays so."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import shapely
from sqlalchemy import select, update
from support.files import write_layer
from support.stock import fill

from gridmap.errors import InputError
from gridmap.intake.places import AliasesReport, import_aliases, import_places
from gridmap.intake.streets import import_streets
from gridmap.model import Alias, Event
from gridmap.storage import Store

LIST = "别名,标准名称,编码,类别,起始日期,截止日期\n"


@pytest.fixture
def town(store: Store, tmp_path: Path) -> Store:
    """A store with units, two estates and a street."""
    fill(store)
    (tmp_path / "estates.csv").write_text(
        "编码,名称,类型\nE1,梧桐小区,小区\nE2,柳园,小区\nE3,柳园,小区\n", encoding="utf-8"
    )
    import_places(store, tmp_path / "estates.csv")
    line = shapely.LineString([(117, 40), (117.01, 40)])
    write_layer(tmp_path / "s.gpkg", [line, line], name=["梧桐路"] * 2, fclass=["primary"] * 2)
    import_streets(store, tmp_path / "s.gpkg")
    return store


def bring(store: Store, folder: Path, *rows: str) -> AliasesReport:
    path = folder / "aliases.csv"
    path.write_text(LIST + "\n".join(rows), encoding="utf-8")
    return import_aliases(store, path)


def aliases(store: Store) -> dict[str, Alias]:
    with store.read() as session:
        return {alias.name: alias for alias in session.scalars(select(Alias))}


def test_units_places_and_streets_get_other_names(town: Store, tmp_path: Path) -> None:
    report = bring(
        town, tmp_path,
        "政法小区,梧桐小区,,曾用名,,2020-01-01", "老柳园,,E2,,,", "大街,梧桐路,,俗称,,",
        "一号地,,1111,简称,,",
    )  # fmt: skip
    assert report.lines() == ["aliases.csv: 4 other names: 4 new, 0 changed, 0 unchanged, 0 gone."]
    found = aliases(town)
    assert {name: alias.entry for name, alias in found.items()} == {
        "政法小区": "place/2",
        "老柳园": "place/3",
        "大街": "street/梧桐路",
        "一号地": "unit/general/1111",
    }
    assert [alias.kind for alias in found.values()] == [
        "old name", "nickname", "nickname", "short name",
    ]  # fmt: skip
    old = found["政法小区"]
    assert (old.valid_from, old.valid_to) == (None, datetime(2019, 12, 31, 16, tzinfo=UTC))
    assert (old.source, old.created_by) == ("aliases.csv", "command line")
    with town.read() as session:
        assert "import aliases" in session.scalars(select(Event.kind)).all()


def test_what_is_not_clear_is_left_out_and_told(town: Store, tmp_path: Path) -> None:
    report = bring(
        town, tmp_path,
        "甲,梧桐小区,,,,", "乙,柳园,,,,", "丙,没有,,,,", ",柳园,,,,", "丁,,,,,",
        "戊,梧桐小区,,绰号,,", "己,梧桐小区,,,2021-01-01,2020-01-01", "甲,梧桐小区,,,,",
    )  # fmt: skip
    assert report.lines() == [
        "error: Line 3: 2 things are called 柳园 (place/3, place/4): give the code (编码) or the "
        "key of the one that is meant.",
        "error: Line 4: there is no unit, place or street 没有.",
        "error: Line 5: there is no alias.",
        "error: Line 6: it does not say what the alias names.",
        "error: Line 7: '绰号' is no kind of alias: name one of nickname, 俗称, 别名, old name, "
        "曾用名, 旧称, short name, 简称.",
        "error: Line 8: it ends before it begins.",
        "error: Line 9: it is there already, further up.",
        "aliases.csv: 1 other name: 1 new, 0 changed, 0 unchanged, 0 gone, 7 left out.",
    ]
    assert list(aliases(town)) == ["甲"]


def test_a_key_tells_which_one_is_meant(town: Store, tmp_path: Path) -> None:
    path = tmp_path / "keys.csv"
    path.write_text("alias,key\n东柳园,place/4\n西柳园,place/99\n", encoding="utf-8")
    assert import_aliases(town, path).lines()[0] == ("error: Line 3: there is no entry place/99.")
    assert aliases(town)["东柳园"].entry == "place/4"


def test_a_later_list_withdraws_and_brings_back(town: Store, tmp_path: Path) -> None:
    rows = "甲,梧桐小区,,,,", "乙,梧桐小区,,,,"
    bring(town, tmp_path, *rows)
    report = bring(town, tmp_path, rows[0])
    assert (report.aliases.unchanged, report.aliases.gone) == (1, 1)
    assert aliases(town)["乙"].withdrawn_by == "import aliases.csv"
    assert bring(town, tmp_path, rows[0]).aliases.gone == 0
    assert bring(town, tmp_path, *rows).aliases.changed == 1
    with town.write() as session:
        taken = update(Alias).where(Alias.name == "甲")
        session.execute(taken.values(withdrawn_at=datetime.now(UTC), withdrawn_by="示例员工"))
    report = bring(town, tmp_path, *rows)
    assert report.lines()[-1].endswith("0 gone, 1 kept as withdrawn by hand.")
    assert aliases(town)["甲"].withdrawn_by == "示例员工"


def test_lists_that_are_of_no_use(embedded: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    for text, sentence in (
        ("名称\na\n", r"has no column alias \(别名\)"),
        ("别名\na\n", "does not say what the aliases name"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match=sentence):
            import_aliases(embedded, path)
    report = bring(embedded, tmp_path, "甲,没有,,,,")
    assert report.refused
    assert report.lines()[-1] == "Nothing is imported of aliases.csv: none of 1 row is of use."
