"""Every kind of geometry file gives the same columns in the store's datum."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import Transformer
from support.files import SOUTH, WEST, polygon, square, write_geojson, write_layer

from gridmap.datum import from_store, transform_geometry
from gridmap.errors import DatumError, InputError
from gridmap.intake.areas.layers import read_layer

SHAPES = [square(0, 0), shapely.MultiPolygon([square(1, 0), square(3, 0)])]


@pytest.mark.parametrize("suffix", [".gpkg", ".shp", ".geojson", ".gdb", ".kml"])
def test_every_kind(tmp_path: Path, suffix: str) -> None:
    crs = 4326 if suffix == ".kml" else 4490
    path = write_layer(tmp_path / f"a{suffix}", SHAPES, code=["1", "2"], Name=["甲", "乙"], crs=crs)
    layer = read_layer(path)
    assert layer.fields["code"].tolist() == ["1", "2"]
    assert layer.fields["Name"].tolist() == ["甲", "乙"]
    for found, written in zip(layer.geometry, SHAPES, strict=True):
        assert shapely.equals_exact(found.envelope, written.envelope, 1e-9, normalize=True)
        assert found.equals_exact(written, 1e-9) or found.symmetric_difference(written).area < 1e-15


@pytest.mark.parametrize("crs", [4548, 32650, 3857, 4326, 4490, "OGC:CRS84"])
def test_known_crs_is_brought_to_degrees_longitude_first(tmp_path: Path, crs: object) -> None:
    to_crs = Transformer.from_crs(4326, crs, always_xy=True)
    shape = shapely.transform(
        square(0, 0), lambda v: np.column_stack(to_crs.transform(v[:, 0], v[:, 1]))
    )
    path = write_layer(tmp_path / "a.gpkg", [shape], crs=crs, code=["1"])
    (found,) = read_layer(path).geometry
    assert found.bounds == pytest.approx(square(0, 0).bounds, abs=1e-8)


def test_axis_order_of_geojson_with_crs_member(tmp_path: Path) -> None:
    ring = [(WEST, SOUTH), (WEST + 0.1, SOUTH), (WEST + 0.1, SOUTH + 0.1), (WEST, SOUTH)]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}
    path = write_geojson(tmp_path / "a.geojson", [({"code": "1"}, polygon(ring))], crs=crs)
    assert read_layer(path).geometry[0].bounds[:2] == (WEST, SOUTH)


def test_geojson_alone_is_wgs84_and_may_be_said_to_be_gcj02(tmp_path: Path) -> None:
    shifted = shapely.transform(
        square(0, 0), lambda v: np.column_stack(from_store(v[:, 0], v[:, 1], "gcj02"))
    )
    path = write_layer(tmp_path / "a.geojson", [shifted], crs=4326, code=["1"])
    assert read_layer(path).geometry[0].equals_exact(shifted, 1e-6)
    found = read_layer(path, datum="gcj02").geometry[0]
    assert found.bounds == pytest.approx(square(0, 0).bounds, abs=1e-8)


@pytest.mark.parametrize(
    ("suffix", "crs", "datum", "told"),
    [
        (".geojson", 4326, None, True),
        (".kml", 4326, None, True),
        (".geojson", 4326, "wgs84", False),
        (".geojson", 4490, None, False),
        (".gpkg", 4326, None, False),
    ],
)
def test_wgs84_by_rule_of_the_format_is_told(
    tmp_path: Path, suffix: str, crs: int, datum: str | None, told: bool
) -> None:
    path = write_layer(tmp_path / f"a{suffix}", [square(0, 0)], crs=crs, code=["1"])
    remarks = read_layer(path, datum=datum).remarks
    assert any("no --datum given: taken as WGS 84" in remark for remark in remarks) == told


def test_file_without_crs_needs_a_datum(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "a.shp", [square(0, 0)], crs=None, code=["1"])
    with pytest.raises(DatumError, match="does not tell its datum: name it with --datum"):
        read_layer(path)
    found = read_layer(path, datum="bd09").geometry[0]
    assert found.equals(transform_geometry(square(0, 0), "bd09"))
    with pytest.raises(DatumError, match="'wgs48' is not known"):
        read_layer(path, datum="wgs48")


def test_datum_against_a_projected_crs(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "a.gpkg", [shapely.box(5e5, 4.4e6, 5.1e5, 4.41e6)], crs=4548)
    for datum in ("wgs84", "gcj02"):
        with pytest.raises(DatumError, match=f"leave --datum {datum} away"):
            read_layer(path, datum=datum)


@pytest.mark.parametrize("crs", [4214, 4610])
def test_old_datums_without_a_public_way_are_refused(tmp_path: Path, crs: int) -> None:
    path = write_layer(tmp_path / "a.gpkg", [square(0, 0)], crs=crs)
    with pytest.raises(DatumError, match="survey office's parameters"):
        read_layer(path)


def test_neighbouring_datum_with_a_public_way(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "a.gpkg", [shapely.box(-74, 40, -73.9, 40.1)], crs=4269)
    assert read_layer(path).geometry[0].bounds == pytest.approx((-74, 40, -73.9, 40.1), abs=1e-4)


def test_coordinates_that_do_not_fit_their_crs(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "a.gpkg", [shapely.box(1e30, 1e30, 2e30, 2e30)], crs=4548)
    assert not np.isfinite(shapely.get_coordinates(read_layer(path).geometry)).all()


def test_several_layers(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    write_layer(path, [square(0, 0)], layer="grids", code=["1"])
    write_layer(path, [square(1, 0), square(2, 0)], layer="streets", code=["2", "3"])
    with pytest.raises(InputError, match="several layers: name one of grids, streets"):
        read_layer(path)
    with pytest.raises(InputError, match="no layer 'roads'"):
        read_layer(path, layer="roads")
    assert len(read_layer(path, layer="streets")) == 2


@pytest.mark.parametrize("encoding", ["GB18030", "UTF-8"])
@pytest.mark.parametrize("told", [True, False])
def test_encoding_of_dbf(tmp_path: Path, encoding: str, told: bool) -> None:
    names = ["太平桥街道", "西罗园街道"]
    path = write_layer(
        tmp_path / "a.shp", [square(0, 0), square(1, 0)], encoding=encoding, name=names
    )
    if not told:
        path.with_suffix(".cpg").unlink()
    assert read_layer(path).fields["name"].tolist() == names


def test_wrong_encoding_of_dbf(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "a.shp", [square(0, 0)], encoding="GB18030", name=["太平桥街道"])
    path.with_suffix(".cpg").write_text("UTF-8")
    with pytest.raises(InputError, match=r"not in its encoding: put a \.cpg file"):
        read_layer(path)


def test_open_ring_is_closed_and_told(tmp_path: Path) -> None:
    ring = [(WEST, SOUTH), (WEST + 0.1, SOUTH), (WEST + 0.1, SOUTH + 0.1)]
    path = write_geojson(tmp_path / "a.geojson", [({"code": "1"}, polygon(ring))])
    layer = read_layer(path)
    assert layer.closed.tolist() == [0]
    assert layer.geometry[0].area == pytest.approx(0.005)


def test_height_is_dropped(tmp_path: Path) -> None:
    path = write_layer(tmp_path / "a.gpkg", [shapely.force_3d(square(0, 0), 50.0)], code=["1"])
    assert not shapely.has_z(read_layer(path).geometry).any()
