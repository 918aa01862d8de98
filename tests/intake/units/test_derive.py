"""Derived grids: a partition of the outline, and marked as made up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely
from geoalchemy2.shape import to_shape
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from support.files import square, write_layer

from gridmap.datum import Metric
from gridmap.errors import InputError
from gridmap.intake.areas.coverage import check_coverage
from gridmap.intake.units import import_units
from gridmap.intake.units.derive import derive_grids, voronoi_areas
from gridmap.model import Unit
from gridmap.storage import Store

OUTLINE = square(0, 0, 10, 10).difference(square(4, 4))
POINTS = "code,name,lon,lat\n110106001000,甲街道,,\n110106001001,一社区,117.002,40.002\n" + (
    "110106001002,二社区,117.008,40.005\n110106001003,三社区,117.003,40.008\n"
    "110106001004,四社区,117.5,40.5\n110106001005,五社区,117.002,40.002\n110106001006,六社区,,\n"
)


@pytest.fixture
def outline(tmp_path: Path) -> Path:
    return write_layer(tmp_path / "outline.gpkg", [OUTLINE], name=["外框"])


@pytest.fixture
def seats(store: Store, tmp_path: Path) -> Store:
    """Six communities, of which three have a point of their own in the outline."""
    path = tmp_path / "seats.csv"
    path.write_text(POINTS, encoding="utf-8")
    import_units(store, path, level="auto", code="code", name="name", datum="wgs84")
    return store


def test_cells_fill_the_outline(seats: Store, outline: Path) -> None:
    report = derive_grids(seats, outline, scheme="general")
    assert report.cells == ("110106001001", "110106001002", "110106001003")
    assert report.above == ("110106001000",)
    with seats.read() as session:
        units = session.scalars(select(Unit).where(Unit.scheme == "derived")).all()
    assert {unit.origin for unit in units} == {"derived"}
    shapes = {unit.code: to_shape(unit.geometry) for unit in units}
    cells = [shapes[code] for code in report.cells]
    assert shapely.union_all(cells).symmetric_difference(OUTLINE).area < 1e-12
    assert shapes["110106001000"].symmetric_difference(OUTLINE).area < 1e-12
    assert cells[0].contains(shapely.Point(117.002, 40.002))
    assert cells[1].contains(shapely.Point(117.008, 40.005))


def test_what_has_no_cell_is_told(seats: Store, outline: Path) -> None:
    report = derive_grids(seats, outline, scheme="general")
    assert report.lines() == [
        "note: 2 units outside or on another's point: 110106001004, 110106001005.",
        "3 units with areas derived from points, and 1 above them, in scheme derived: "
        "demonstration grids, no administrative boundaries.",
    ]


def test_derived_once_only_and_from_something(seats: Store, outline: Path) -> None:
    derive_grids(seats, outline, scheme="general")
    with pytest.raises(InputError, match="units of scheme derived already"):
        derive_grids(seats, outline, scheme="general")
    with pytest.raises(InputError, match="No unit of scheme general, level grid, has a point"):
        derive_grids(seats, outline, scheme="general", level="grid", into="other")


def test_outline_must_be_an_area(seats: Store, tmp_path: Path) -> None:
    path = write_layer(tmp_path / "a.gpkg", [shapely.Point(117, 40)], name=["点"])
    with pytest.raises(InputError, match="holds no area to divide"):
        derive_grids(seats, path, scheme="general")


def test_one_point_gets_everything() -> None:
    (area,) = voronoi_areas(np.array([117.001]), np.array([40.001]), OUTLINE)
    assert area.symmetric_difference(OUTLINE).area < 1e-12


@given(
    st.lists(
        st.tuples(st.integers(1, 99), st.integers(1, 99)), min_size=2, max_size=30, unique=True
    )
)
def test_each_cell_is_nearest_to_its_point(places: list[tuple[int, int]]) -> None:
    lon, lat = np.array(places).T * 1e-4 + [[117.0], [40.0]]
    cells = voronoi_areas(lon, lat, OUTLINE)
    filled = np.array([cell for cell in cells if cell is not None and not cell.is_empty])
    assert [f for f in check_coverage(filled, [""] * len(filled)) if f.kind == "overlap"] == []
    assert shapely.union_all(filled).symmetric_difference(OUTLINE).area < 1e-12
    metric = Metric.around([117.0], [40.0])
    x, y = metric.project(lon, lat)
    for index, cell in enumerate(cells):
        if cell is not None and not cell.is_empty:
            place = metric.project_geometry(cell.representative_point())
            distance = np.hypot(x - place.x, y - place.y)
            assert distance[index] <= distance.min() + 0.1
