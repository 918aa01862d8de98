"""Acceptance 2 and 4: Fengtai's units come in whole, on both stores.

411 units of 2016: 1 district, 21 streets and towns, 389 communities and villages; 176 of them have
a point in GCJ-02, the others have none.
"""

from __future__ import annotations

import csv
from collections import Counter
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import shapely
from geoalchemy2.shape import to_shape
from numpy.typing import NDArray
from sqlalchemy import select

from gridmap.datum import transform_geometry, wgs84_to_gcj02
from gridmap.intake.areas.layers import read_layer
from gridmap.intake.units import UnitsReport, import_units
from gridmap.intake.units.derive import derive_grids
from gridmap.model import Seat, Unit
from gridmap.routing import Router
from gridmap.settings import data_folder
from gridmap.storage import Store, create_store

Floats = NDArray[np.float64]


@pytest.fixture
def folder(real_data: Path) -> Path:
    return real_data / "fengtai"


@pytest.fixture
def rows(folder: Path) -> dict[str, dict[str, str]]:
    with (folder / "fengtai-units-2016.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file)}


@pytest.fixture
def report(store: Store, folder: Path) -> UnitsReport:
    return import_fengtai(store, folder)


def import_fengtai(store: Store, folder: Path) -> UnitsReport:
    return import_units(
        store,
        folder / "fengtai-units-2016.csv",
        level="auto",
        code="code",
        name="name",
        parent="parent",
        datum="gcj02",
    )


def test_tree_and_names(store: Store, report: UnitsReport, rows: dict[str, dict[str, str]]) -> None:
    assert len(report.new) == 411
    with store.read() as session:
        units = {unit.code: unit for unit in session.scalars(select(Unit))}
    assert units.keys() == rows.keys()
    assert Counter(unit.level for unit in units.values()) == {
        "district": 1,
        "street": 21,
        "community": 389,
    }
    for code, unit in units.items():
        assert (unit.name, unit.parent_code) == (rows[code]["name"], rows[code]["parent"])
    above = [units[unit.parent_code] for unit in units.values() if unit.parent_code in units]
    assert len(above) == 410


def test_points_are_converted_and_the_others_listed(
    store: Store, report: UnitsReport, rows: dict[str, dict[str, str]]
) -> None:
    with store.read() as session:
        found = session.execute(select(Unit.code, Seat.geometry).join(Seat)).all()
    assert len(found) == 176
    points = {code: to_shape(geometry) for code, geometry in found}
    lon, lat = np.array([(point.x, point.y) for point in points.values()]).T
    back = np.column_stack(wgs84_to_gcj02(lon, lat))
    given = [(float(rows[c]["lon_gcj02"]), float(rows[c]["lat_gcj02"])) for c in points]
    assert np.abs(back - np.array(given)).max() < 1e-9
    assert set(report.unplaced) == {code for code, row in rows.items() if not row["lon_gcj02"]}
    assert len(report.unplaced) == 235
    said = "\n".join(report.lines())
    assert all(code in said for code in report.unplaced)


def test_every_point_lies_in_the_converted_outline(
    store: Store, report: UnitsReport, folder: Path
) -> None:
    path = folder / "boundary-gcj02.geojson"
    outline = shapely.union_all(read_layer(path, datum="gcj02").geometry)
    as_it_stands = shapely.from_geojson(path.read_text(encoding="utf-8"))
    assert outline.equals(transform_geometry(as_it_stands, "gcj02"))
    with store.read() as session:
        points = [to_shape(geometry) for geometry in session.scalars(select(Seat.geometry))]
    assert shapely.covers(outline, points).all()


def test_again_nothing_changes(store: Store, report: UnitsReport, folder: Path) -> None:
    again = import_fengtai(store, folder)
    assert len(again.unchanged) == 411


def test_derived_grids_say_so_and_fill_the_district(
    store: Store, report: UnitsReport, folder: Path
) -> None:
    path = folder / "boundary-gcj02.geojson"
    derived = derive_grids(store, path, scheme="general", datum="gcj02")
    assert len(derived.cells) == 158
    assert "demonstration grids, no administrative boundaries" in derived.lines()[-1]
    with store.read() as session:
        units = session.scalars(select(Unit).where(Unit.scheme == "derived")).all()
        kept = session.scalars(select(Unit).where(Unit.scheme == "general")).all()
    assert {unit.origin for unit in units} == {"derived"}
    assert {unit.origin for unit in kept} == {"imported"}
    outline = shapely.union_all(read_layer(path, datum="gcj02").geometry)
    cells = [to_shape(unit.geometry) for unit in units if unit.level == "community"]
    assert shapely.area(cells).sum() == pytest.approx(outline.area, rel=1e-6)
    assert shapely.union_all(cells).symmetric_difference(outline).area < 1e-12


def test_both_stores_decide_alike(
    geopackage_url: str, postgis_url: str, folder: Path, tmp_path: Path
) -> None:
    """Over the derived units, whose edges are long and crooked: at random and beside the edges."""
    rules = tmp_path / "derived.toml"
    default = (data_folder() / "rules" / "default.toml").read_text(encoding="utf-8")
    rules.write_text(default.replace('scheme = "general"', 'scheme = "derived"', 1))
    told = []
    for url in (geopackage_url, postgis_url):
        with closing(create_store(url)) as store:
            import_fengtai(store, folder)
            derive_grids(store, folder / "boundary-gcj02.geojson", scheme="general", datum="gcj02")
            router = Router.from_store(store, rules)
            told.append(decisions(router, *places(router.ground.bounds, store)))
    assert told[0] == told[1]
    assert {rule for rule, *_ in told[0]} == {"territory", "boundary", "nearest", "outside"}


def places(bounds: Floats, store: Store) -> tuple[Floats, Floats]:
    """20,000 points of the district's box, and each vertex of the derived units moved by metres."""
    rng = np.random.default_rng(106)
    with store.read() as session:
        cells = session.scalars(select(Unit.geometry).where(Unit.scheme == "derived")).all()
    vertices = shapely.get_coordinates([to_shape(cell) for cell in cells if cell is not None])
    vertices = np.unique(vertices, axis=0)
    vertices += rng.normal(0, 1e-5, vertices.shape)
    box = rng.uniform(bounds[:2], bounds[2:], (20_000, 2))
    lon, lat = np.concatenate([box, vertices]).T
    return lon, lat


def decisions(router: Router, lon: Floats, lat: Floats) -> list[tuple[object, ...]]:
    """What the router says of places, without the numbers that a store gives its rows."""
    nothing = [None] * len(lon)
    said = router.answer(
        {
            "lon": lon,
            "lat": lat,
            "address": nothing,
            "content": nothing,
            "matter": nothing,
            "matter_code": nothing,
            "as_of": np.full(len(lon), np.datetime64("2026-10-01", "us")),
        }
    ).decisions
    codes = [unit and unit.code for unit in said.unit]
    columns = said.rule, codes, said.boundary_m.tolist(), said.alternatives, said.reason_zh
    return list(zip(*columns, strict=True))
