"""Units come in whole or not at all, are never overwritten, and the report names what is wrong."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import shapely
from geoalchemy2.shape import to_shape
from sqlalchemy import select
from support.files import SOUTH, STEP, WEST, polygon, square, write_geojson, write_layer
from support.units import CODES, COMMUNITY, bring, count, kinds, stored, write_grids

from gridmap.errors import InputError
from gridmap.intake.units.history import BEGINNING
from gridmap.model import Event, Import, Seat, Unit
from gridmap.settings import data_folder
from gridmap.storage import Store

LATER = datetime(2026, 10, 1, tzinfo=UTC)


@pytest.fixture
def grids(tmp_path: Path) -> Path:
    """Four grids side by side."""
    return write_grids(tmp_path / "grids.gpkg")


def test_units_come_in_with_tree_names_and_geometry(store: Store, grids: Path) -> None:
    report = bring(store, grids)
    assert report.new == tuple(CODES)
    assert report.lines()[-1] == (
        "grids.gpkg: 4 units of scheme general: 4 new, 0 changed, 0 unchanged."
    )
    first = stored(store)[0]
    assert (first.level, first.name, first.parent_code) == ("grid", "第1网格", COMMUNITY)
    assert (first.valid_from, first.valid_to, first.origin) == (BEGINNING, None, "imported")
    assert to_shape(first.geometry).equals(shapely.MultiPolygon([square(0, 0)]))
    with store.read() as session:
        entry = session.scalars(select(Import)).one()
        event = session.scalars(select(Event)).one()
    assert (entry.kind, entry.rows, entry.accepted, entry.rejected) == ("units", 4, 4, 0)
    assert entry.finished_at is not None
    assert (event.kind, event.subject, event.subject_id) == ("import units", "imports", entry.id)


def test_same_file_again_changes_nothing(store: Store, grids: Path) -> None:
    bring(store, grids)
    version = store.organisation_version()
    report = bring(store, grids)
    assert report.unchanged == tuple(CODES)
    assert report.lines()[-1].endswith("0 new, 0 changed, 4 unchanged; nothing to do.")
    assert store.organisation_version() == version
    assert count(store, Import) == 2


def test_dry_run_reports_the_same_and_changes_nothing(store: Store, grids: Path) -> None:
    report = bring(store, grids, dry_run=True)
    assert report.new == tuple(CODES)
    assert report.lines()[-1].endswith("a dry run, nothing is stored.")
    assert (count(store, Unit), count(store, Import), count(store, Event)) == (0, 0, 0)


@pytest.mark.parametrize("change", [{"last": 2}, {"name": "第四网格"}])
def test_change_ends_a_version_and_begins_another(
    store: Store, grids: Path, tmp_path: Path, change: dict[str, object]
) -> None:
    bring(store, grids)
    changed = write_grids(tmp_path / "later.gpkg", **change)  # type: ignore[arg-type]
    report = bring(store, changed, valid_from=LATER)
    assert report.changed == (CODES[3],)
    assert report.unchanged == tuple(CODES[:3])
    before, after = stored(store)[3:]
    assert (before.valid_from, before.valid_to) == (BEGINNING, LATER)
    assert (after.valid_from, after.valid_to) == (LATER, None)
    assert before.name == "第4网格"
    assert to_shape(before.geometry).area == pytest.approx(STEP**2)


def test_a_column_left_out_keeps_what_is_stored(store: Store, grids: Path, tmp_path: Path) -> None:
    bring(store, grids)
    assert bring(store, grids, name=None, parent=None).unchanged == tuple(CODES)
    path = write_layer(tmp_path / "own.gpkg", [square(9, 0)], code=["G9"], up=["110106"])
    bring(store, path, name=None, parent="up")
    assert bring(store, path, name=None, parent=None).unchanged == ("G9",)


def test_a_parent_that_came_later_takes_the_place_of_one_that_never_did(
    embedded: Store, grids: Path, tmp_path: Path
) -> None:
    path = write_layer(tmp_path / "a.gpkg", [square(0, 0)], code=CODES[:1], up=["elsewhere"])
    bring(embedded, path, name=None, parent="up")
    assert bring(embedded, path, name=None, parent=None).unchanged == (CODES[0],)
    above = write_layer(tmp_path / "b.gpkg", [square(0, 0, 4)], code=[COMMUNITY])
    bring(embedded, above, level="community", name=None, parent=None)
    assert bring(embedded, path, name=None, parent=None).changed == (CODES[0],)
    assert stored(embedded)[-1].parent_code == COMMUNITY


def test_changes_begin_now_and_not_before_their_forerunner(
    store: Store, grids: Path, tmp_path: Path
) -> None:
    bring(store, grids)
    began = datetime.now(UTC)
    bring(store, write_grids(tmp_path / "b.gpkg", name="乙"))
    assert stored(store)[4].valid_from >= began
    earlier = LATER - timedelta(days=9999)
    report = bring(store, write_grids(tmp_path / "c.gpkg", name="丙"), valid_from=earlier)
    assert report.refused
    assert f"Unit {CODES[3]} has a version from 20" in report.lines()[0]
    assert len(stored(store)) == 5


def test_units_that_are_missing_stay_and_are_listed(
    store: Store, grids: Path, tmp_path: Path
) -> None:
    bring(store, grids)
    report = bring(store, write_grids(tmp_path / "fewer.gpkg", count=2))
    assert report.left == tuple(CODES[2:])
    assert "2 stored units not in the file, left as they are: " in "\n".join(report.lines())
    assert all(unit.valid_to is None for unit in stored(store))


def test_a_unit_keeps_its_level(store: Store, grids: Path) -> None:
    bring(store, grids)
    report = bring(store, grids, level="building", parent=None)
    assert report.refused
    assert report.lines()[0] == (
        f"error: Unit {CODES[0]} is stored as grid, and building is named now: a unit keeps its "
        "level; mend --level, or name another --scheme."
    )
    assert {(unit.level, unit.valid_to) for unit in stored(store)} == {("grid", None)}


def test_ended_code_that_comes_again(store: Store, grids: Path, tmp_path: Path) -> None:
    bring(store, grids)
    with store.write() as session:
        session.scalars(select(Unit).where(Unit.code == CODES[0])).one().valid_to = LATER
    report = bring(store, grids, valid_from=LATER + timedelta(days=1))
    assert report.new == (CODES[0],)
    assert "code again" in kinds(report, "warning")


def test_levels_of_one_scheme_begin_with_the_first_tickets(
    store: Store, grids: Path, tmp_path: Path
) -> None:
    bring(store, grids)
    path = write_layer(tmp_path / "c.gpkg", [square(0, 0, 4)], code=[COMMUNITY], name=["社区"])
    report = bring(store, path, level="社区", parent=None)
    assert report.new == (COMMUNITY,)
    assert stored(store)[0].valid_from == BEGINNING
    assert stored(store)[0].parent_code == "110106001"


def test_name_and_parent_may_be_told_by_the_code(embedded: Store, tmp_path: Path) -> None:
    path = write_layer(tmp_path / "a.gpkg", [square(0, 0)], BoroCD=[101.0], crs=4326)
    bring(embedded, path, code="borocd", name=None, parent=None)
    (unit,) = stored(embedded)
    assert (unit.code, unit.name, unit.parent_code) == ("101", "101", None)


def test_numbers_that_lost_digits_are_no_codes(embedded: Store, tmp_path: Path) -> None:
    path = write_layer(tmp_path / "a.gpkg", [square(0, 0)], code=[1.1010600101200300001e19])
    with pytest.raises(InputError, match="lost their last digits"):
        bring(embedded, path, name=None, parent=None)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"code": "id"}, r"no column 'id'; its columns are code, name, parent"),
        ({"level": "plot"}, "'plot' is no level: name one of district, street"),
        ({"origin": "found"}, "'found' is no origin"),
        ({"valid_from": datetime(2026, 1, 1)}, "has no time zone"),
        ({"datum": "wgs48"}, "is not known"),
        ({"layer": "other"}, "no layer 'other'"),
    ],
)
def test_wrong_arguments(
    embedded: Store, grids: Path, options: dict[str, object], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        bring(embedded, grids, **options)
    assert count(embedded, Unit) == 0


def test_the_store_is_no_file_of_units(embedded: Store) -> None:
    with pytest.raises(InputError, match="is the store itself: name the file that is to come in"):
        bring(embedded, Path(embedded.engine.url.database or ""))


def test_one_error_keeps_the_whole_file_out(embedded: Store, tmp_path: Path) -> None:
    first, second = (shapely.geometry.mapping(square(number, 0)) for number in range(2))
    point = {"type": "Point", "coordinates": [WEST, SOUTH]}
    path = tmp_path / "a.geojson"
    features = [
        ({"code": "1", "name": "甲"}, first),
        ({"code": "1", "name": "乙"}, second),
        ({"code": "", "name": "丙"}, point),
        ({"code": "4", "name": ""}, None),
    ]
    report = bring(embedded, write_geojson(path, features), parent=None)
    assert report.refused
    assert sorted(kinds(report, "error")) == ["code", "duplicate code", "name", "shape", "shape"]
    said = "\n".join(report.lines())
    assert "The code 1 on feature 2 stands on feature 1 already." in said
    assert "There is no code on feature 3." in said
    assert "Unit feature 3 is refused: a unit is an area, and this is a Point." in said
    assert "Unit 4 is refused: it has no shape." in said
    assert said.endswith("Nothing is imported of a.geojson: mend 5 errors first.")
    assert (count(embedded, Unit), count(embedded, Import)) == (0, 0)


def test_bow_tie_comes_in_repaired(store: Store, tmp_path: Path) -> None:
    ring = [(WEST, SOUTH), (WEST + 0.01, SOUTH + 0.01), (WEST + 0.01, SOUTH), (WEST, SOUTH + 0.01)]
    path = write_geojson(tmp_path / "a.geojson", [({"code": "1"}, polygon([*ring, ring[0]]))])
    report = bring(store, path, name=None, parent=None)
    assert kinds(report, "warning") == ["repaired ring"]
    assert len(to_shape(stored(store)[0].geometry).geoms) == 2


def test_empty_layer(embedded: Store, tmp_path: Path) -> None:
    path = write_geojson(tmp_path / "a.geojson", [])
    with pytest.raises(InputError, match="holds no unit"):
        bring(embedded, path, name=None, parent=None)


def test_gap_and_overlap_with_a_unit_of_the_store(
    store: Store, grids: Path, tmp_path: Path
) -> None:
    bring(store, grids)
    path = write_layer(
        tmp_path / "more.gpkg", [square(3.5, 0)], code=[f"{COMMUNITY}005"], name=["第5网格"]
    )
    report = bring(store, path, parent=None)
    (overlap,) = [f for f in report.findings if f.kind == "overlap"]
    assert overlap.units == (f"{COMMUNITY}005", CODES[3])
    assert not report.refused


def test_child_outside_its_parent(embedded: Store, grids: Path, tmp_path: Path) -> None:
    path = write_layer(tmp_path / "c.gpkg", [square(0, 0, 3.5)], code=[COMMUNITY], name=["社区"])
    bring(embedded, path, level="community", parent=None)
    report = bring(embedded, grids)
    (finding,) = [f for f in report.findings if f.kind == "outside parent"]
    assert finding.message == f"50.0% of unit {CODES[3]} lies outside of its parent {COMMUNITY}."


def test_a_wrong_datum_is_told_once(embedded: Store, tmp_path: Path) -> None:
    above = write_layer(tmp_path / "c.gpkg", [square(0, 0, 8)], code=[COMMUNITY])
    bring(embedded, above, level="community", name=None, parent=None)
    codes = [f"{COMMUNITY}{number:03}" for number in range(1, 9)]
    shapes = [square(number + 6.5, 0) for number in range(8)]
    path = write_layer(tmp_path / "g.geojson", shapes, crs=4326, code=codes)
    report = bring(embedded, path, name=None, parent=None)
    (finding,) = [f for f in report.findings if f.kind == "outside parent"]
    assert finding.message.startswith(
        f"7 units lie in part or wholly outside of their parents: {codes[2]} (100.0%)"
    )
    assert finding.message.endswith("one of the two files is in another datum (--datum).")
    note = "note: no --datum given: taken as WGS 84, as the format says; Chinese data is often "
    assert f"{note}GCJ-02 (--datum gcj02)." in report.lines()


def test_parents(embedded: Store, tmp_path: Path) -> None:
    path = write_layer(
        tmp_path / "a.gpkg",
        [square(number, 0) for number in range(4)],
        code=CODES,
        name=CODES,
        parent=[COMMUNITY, "110106001002", CODES[0], CODES[3]],
    )
    report = bring(embedded, path)
    found = {(f.kind, f.severity): f.message for f in report.findings}
    assert kinds(report, "warning").count("missing parent") == 2
    assert kinds(report, "error") == ["parent", "parent"]
    said = found["parent", "error"]
    assert said == f"Unit {CODES[3]} (grid) cannot be below unit {CODES[3]} (grid)."
    assert kinds(report, "warning").count("code and parent") == 3


def test_codes_that_break_the_scheme(embedded: Store, tmp_path: Path) -> None:
    codes = [*CODES[:3], "11010600100100X"]
    shapes = [square(number, 0) for number in range(4)]
    path = write_layer(tmp_path / "a.gpkg", shapes, code=codes, name=codes)
    report = bring(embedded, path, parent=None)
    assert "The code 11010600100100X breaks the code scheme DB11-15 of the others." in [
        finding.message for finding in report.findings
    ]
    assert not report.refused


def test_two_levels_in_one_file(store: Store, tmp_path: Path) -> None:
    path = write_layer(
        tmp_path / "a.gpkg",
        [square(0, 0, 2), square(0, 0), square(1, 0)],
        code=[COMMUNITY, *CODES[:2]],
        name=["社区", "一", "二"],
    )
    report = bring(store, path, level="auto", parent=None)
    assert [f for f in report.findings if f.severity != "warning"] == []
    assert [unit.level for unit in stored(store)] == ["community", "grid", "grid"]
    assert [unit.parent_code for unit in stored(store)] == ["110106001", COMMUNITY, COMMUNITY]
    path = write_layer(tmp_path / "b.gpkg", [square(0, 0)], code=["101"], name=["x"])
    assert kinds(bring(store, path, level="auto", parent=None), "error") == ["level"]


def test_entrances_may_be_points(embedded: Store, tmp_path: Path) -> None:
    path = write_layer(tmp_path / "a.gpkg", [shapely.Point(117, 40)], code=["1"], name=["1单元"])
    report = bring(embedded, path, level="entrance", parent=None)
    assert not report.refused
    assert count(embedded, Seat) == 1


def test_scheme_of_its_own_finds_parents_elsewhere(
    embedded: Store, grids: Path, tmp_path: Path
) -> None:
    bring(embedded, grids)
    path = write_layer(
        tmp_path / "park.gpkg", [square(0, 0)], code=["P1"], name=["公园"], parent=[CODES[0]]
    )
    report = bring(embedded, path, scheme="exclusive", level="building")
    assert "missing parent" not in kinds(report, "warning")
    assert report.left == ()


def test_demonstration_with_faults(embedded: Store) -> None:
    """The file with one fault of every kind."""
    folder = data_folder() / "demonstration"
    for level in ("district", "street", "community"):
        assert not bring(embedded, folder / f"units-{level}.geojson", level=level).refused
    report = bring(embedded, folder / "units-with-faults.geojson")
    assert kinds(report, "error") == ["duplicate code"]
    warned = set(kinds(report, "warning"))
    assert warned >= {"overlap", "gap", "repaired ring", "missing parent", "code scheme"}
    assert count(embedded, Unit) == 25


def test_a_write_that_fails_leaves_nothing(
    store: Store, grids: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        message = "the power failed"
        raise RuntimeError(message)

    monkeypatch.setattr("gridmap.intake.units.importing.journal", fail)
    with pytest.raises(RuntimeError, match="power"):
        bring(store, grids)
    assert count(store, Unit) == 0


def test_two_imports_at_once(store: Store, grids: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        reports = list(pool.map(lambda _: bring(store, grids), range(2)))
    assert sorted(len(report.new) for report in reports) == [0, 4]
    assert sorted(len(report.unchanged) for report in reports) == [0, 4]
    assert len(stored(store)) == 4
