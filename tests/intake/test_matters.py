"""Catalogues of matters."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from gridmap.errors import InputError
from gridmap.intake.matters import COLUMNS, import_matters
from gridmap.model import Event, Matter
from gridmap.settings import data_folder
from gridmap.storage import Store

HEADER = ",".join(COLUMNS)
PARENT = "test,matter,09,街面秩序,,false,ours,invented"
CHILD = "test,matter,09010,非机动车乱停放,09,false,ours,invented"


def write(path: Path, *rows: str, header: str = HEADER) -> Path:
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    return path


def test_catalogue_comes_in_once(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", PARENT, CHILD)
    assert import_matters(store, path).new == 2
    again = import_matters(store, path)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 2)
    assert again.lines() == ["a.csv: 2 matters: 0 new, 0 changed, 2 unchanged; nothing to do."]
    with store.read() as session:
        matter = session.scalars(select(Matter).where(Matter.code == "09010")).one()
        assert len(session.scalars(select(Event)).all()) == 2
    assert (matter.name, matter.parent_code, matter.is_local_extension) == (
        "非机动车乱停放",
        "09",
        False,
    )


def test_changed_name(store: Store, tmp_path: Path) -> None:
    import_matters(store, write(tmp_path / "a.csv", PARENT, CHILD))
    report = import_matters(store, write(tmp_path / "a.csv", PARENT, CHILD.replace("乱", "")))
    assert (report.changed, report.unchanged) == (1, 1)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (CHILD.replace("ours", ""), "Line 3: there is no source."),
        (CHILD.replace("false", "perhaps"), "is_local_extension is 'perhaps'"),
        (PARENT, "matter test matter 09 stands on line 2 already."),
        ("test,matter", "it has 2 cells, the header 8."),
    ],
)
def test_one_error_keeps_the_catalogue_out(
    embedded: Store, tmp_path: Path, row: str, why: str
) -> None:
    report = import_matters(embedded, write(tmp_path / "a.csv", PARENT, row))
    assert report.refused
    assert why in report.lines()[0]
    assert report.lines()[-1] == "Nothing is imported of a.csv: mend 1 error first."
    with embedded.read() as session:
        assert session.scalars(select(Matter)).all() == []


def test_missing_parent_is_told(embedded: Store, tmp_path: Path) -> None:
    report = import_matters(embedded, write(tmp_path / "a.csv", CHILD))
    assert report.lines()[0] == "warning: Matter test matter 09010 has the unknown parent 09."
    assert report.new == 1


def test_missing_column(embedded: Store, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "a,b", header="catalogue,code")
    with pytest.raises(InputError, match="has no column kind, name, parent_code"):
        import_matters(embedded, path)


def test_catalogues_of_data(store: Store) -> None:
    folder = data_folder() / "catalogues"
    for name in ("gbt47678-2026", "gbt30428-2013", "cjt214", "local"):
        report = import_matters(store, folder / f"{name}.csv")
        assert report.findings == []
        assert report.new == report.rows > 20
