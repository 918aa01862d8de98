"""Units from tables: with points, without, and with what people write into cells."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pytest
import shapely
from geoalchemy2.shape import to_shape
from sqlalchemy import select
from support.files import square, write_layer
from support.units import CODES, COMMUNITY, bring, count, stored, write_grids

from gridmap.datum import from_store
from gridmap.errors import DatumError
from gridmap.model import Seat, Unit
from gridmap.storage import Store


@pytest.fixture
def grids(tmp_path: Path) -> Path:
    """Four grids side by side."""
    return write_grids(tmp_path / "grids.gpkg")


TABLE = """编码,名称,上级,经度,纬度
110106001001,甲社区,110106001,{},{}
110106001002,乙社区,110106001,,
"""
IN_TABLE = {"level": "community", "code": "编码", "name": "名称", "parent": "上级"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_table_with_points(store: Store, tmp_path: Path, encoding: str) -> None:
    lon, lat = (axis.item() for axis in from_store(np.array([116.3]), np.array([39.8]), "gcj02"))
    path = tmp_path / "a.csv"
    path.write_text(TABLE.format(lon, lat), encoding=encoding)
    with pytest.raises(DatumError, match="name their datum with --datum"):
        bring(store, path, **IN_TABLE)
    report = bring(store, path, **IN_TABLE, datum="gcj02")
    assert report.unplaced == ("110106001002",)
    assert "1 unit without area or point, kept: 110106001002." in "\n".join(report.lines())
    with store.read() as session:
        seat, unit = session.execute(select(Seat, Unit).join(Unit)).one()
        assert (to_shape(seat.geometry).x, to_shape(seat.geometry).y) == pytest.approx(
            (116.3, 39.8), abs=1e-9
        )
        assert (unit.name, unit.geometry) == ("甲社区", None)
    assert bring(store, path, **IN_TABLE, datum="gcj02").unchanged == (
        "110106001001",
        "110106001002",
    )
    moved = bring(store, path, **IN_TABLE, datum="wgs84")
    assert moved.changed == ("110106001001",)
    assert count(store, Seat) == 2


def test_table_without_places_keeps_those_of_the_store(
    store: Store, grids: Path, tmp_path: Path
) -> None:
    bring(store, grids)
    path = tmp_path / "names.csv"
    path.write_text(f"code,name,parent\n{CODES[0]},新名,{COMMUNITY}\n", encoding="utf-8")
    assert bring(store, path).changed == (CODES[0],)
    before, after = stored(store)[:2]
    assert (before.name, after.name) == ("第1网格", "新名")
    assert to_shape(after.geometry).equals(to_shape(before.geometry))


@pytest.mark.parametrize(
    ("lon", "lat", "words"),
    [
        ("39.8", "116.3", "point on line 2 is refused: longitude and latitude are swapped"),
        ("0", "0", "the coordinate is 0,0"),
        ("nan", "39.8", "is no number"),
        ("116.3", "", "is no number"),
        ("116°18′", "39.8", "'116°18′' in column 经度 on line 2 is no number"),
        ("500000", "4400000", "are no degrees"),
    ],
)
def test_wrong_points(embedded: Store, tmp_path: Path, lon: str, lat: str, words: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(TABLE.format(lon, lat), encoding="utf-8")
    report = bring(embedded, path, **IN_TABLE, datum="wgs84")
    assert report.refused
    assert words in "\n".join(report.lines())
    assert count(embedded, Unit) == 0


def test_western_china_with_swapped_axes_is_told(embedded: Store, tmp_path: Path) -> None:
    path = write_layer(tmp_path / "a.gpkg", [shapely.box(43.8, 87.6, 43.9, 87.7)], code=["1"])
    report = bring(embedded, path, name=None, parent=None)
    assert (
        "1 unit in the Arctic: if that is China, longitude and latitude are swapped."
        in (report.lines()[0])
    )


def test_point_for_a_unit_with_an_area_keeps_the_area(
    embedded: Store, grids: Path, tmp_path: Path
) -> None:
    bring(embedded, grids)
    path = tmp_path / "points.csv"
    path.write_text(f"code,name,lon,lat\n{CODES[0]},第1网格,117.0001,40.0001\n", encoding="utf-8")
    report = bring(embedded, path, parent=None, datum="wgs84")
    assert stored(embedded)[1].geometry is not None
    assert count(embedded, Seat) == 1
    assert "note: A table draws no areas: the stored area of 1 unit stays." in report.lines()
    assert not any("No area" in line for line in report.lines())


def test_grids_that_are_only_points_are_warned_of(embedded: Store, tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    rows = "".join(f"{code},第{code[-1]}网格,117.000{code[-1]},40.0001\n" for code in CODES)
    path.write_text(f"code,name,lon,lat\n{rows}", encoding="utf-8")
    lines = bring(embedded, path, parent=None, datum="wgs84").lines()
    assert (
        "warning: No area, only a point, for 4 units: no place can lie there, and tickets go to "
        f"the unit above ({', '.join(CODES)})."
    ) in lines
    assert [line for line in lines if "have parents" in line] == [
        f"warning: 4 units have parents which no unit of file or store is ({COMMUNITY}): harmless "
        "where the tree begins with these, else import the level above first."
    ]


def test_a_refused_file_says_nothing_of_what_is_kept(embedded: Store, tmp_path: Path) -> None:
    path = tmp_path / "swapped.csv"
    path.write_text(f"code,name,lon,lat\n{CODES[0]},第1网格,40,117\n", encoding="utf-8")
    report = bring(embedded, path, parent=None, datum="wgs84")
    assert report.refused
    assert not any("kept" in line for line in report.lines())


def test_broken_row_of_a_table_keeps_it_out(embedded: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("code,name\n1,甲\n2\n", encoding="utf-8")
    report = bring(embedded, path, parent=None)
    assert "error: Line 3: it has 1 cells, the header 2." in report.lines()


def test_workbook_with_blank_rows(embedded: Store, tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(["code", "name"])
    sheet.append([110106001001, "甲社区"])
    sheet.cell(64_000, 3, None)
    workbook.save(tmp_path / "a.xlsx")
    report = bring(embedded, tmp_path / "a.xlsx", level="community", parent=None)
    assert report.new == ("110106001001",)


@pytest.mark.parametrize("header", ["wkt", "WKT", "geometry"])
def test_a_table_may_hold_areas_as_text(store: Store, tmp_path: Path, header: str) -> None:
    path = tmp_path / "areas.csv"
    rows = "".join(
        f'{code},网格{place},"{square(place, 0).wkt}"\n' for place, code in enumerate(CODES)
    )
    path.write_text(f"code,name,{header}\n{rows}", encoding="utf-8")
    with pytest.raises(DatumError, match="does not tell its datum: name it with --datum"):
        bring(store, path, parent=None)
    report = bring(store, path, parent=None, datum="wgs84")
    assert report.new == tuple(CODES)
    assert to_shape(stored(store)[1].geometry).equals(shapely.MultiPolygon([square(1, 0)]))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("POLYGN ((0 0))", "The area on line 2 is no well-known text"),
        ("", "is refused: it has no shape"),
        ("POINT (117 40)", "a unit is an area, and this is a Point"),
    ],
)
def test_a_text_that_is_no_area_keeps_the_table_out(
    embedded: Store, tmp_path: Path, text: str, words: str
) -> None:
    path = tmp_path / "areas.csv"
    path.write_text(f"code,name,wkt\n{CODES[0]},网格,{text}\n", encoding="utf-8")
    report = bring(embedded, path, parent=None, datum="wgs84")
    assert report.refused
    assert any(words in line for line in report.lines())
