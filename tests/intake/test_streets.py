"""Streets from a layer of lines."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely
from geoalchemy2.shape import to_shape
from sqlalchemy import select
from support.files import write_layer

from gridmap.errors import InputError
from gridmap.intake.streets import import_streets
from gridmap.model import Street
from gridmap.settings import data_folder
from gridmap.storage import Store

LINE = shapely.LineString([(117, 40), (117.01, 40)])
TWO = shapely.MultiLineString([[(117, 40.1), (117.01, 40.1)], [(117.02, 40.1), (117.03, 40.1)]])


def stored(store: Store) -> list[Street]:
    with store.read() as session:
        return list(session.scalars(select(Street).order_by(Street.id)))


def test_lines_names_and_classes(store: Store, tmp_path: Path) -> None:
    path = write_layer(
        tmp_path / "a.gpkg", [LINE, TWO], name=["示例路", None], highway=["primary", ""]
    )
    report = import_streets(store, path)
    assert report.lines() == ["a.gpkg: 3 streets: 3 new, 0 changed, 0 unchanged."]
    first, second, third = stored(store)
    assert (first.name, first.street_class, first.source) == ("示例路", "primary", "a.gpkg")
    assert (second.name, second.street_class, second.source_id) == (None, "unclassified", "2")
    assert to_shape(first.geometry).equals(LINE)
    assert to_shape(third.geometry).equals(TWO.geoms[1])


def test_same_file_changes_nothing_and_a_newer_one_replaces(store: Store, tmp_path: Path) -> None:
    path = write_layer(tmp_path / "a.geojson", [LINE, TWO], **{"class": ["primary", "service"]})
    import_streets(store, path)
    assert import_streets(store, path).unchanged == 3
    write_layer(path, [LINE], **{"class": ["primary"]})
    assert import_streets(store, path).new == 1
    assert len(stored(store)) == 1


def test_what_is_no_line(embedded: Store, tmp_path: Path) -> None:
    shapes = [LINE, shapely.Point(117, 40), None]
    path = write_layer(tmp_path / "a.gpkg", shapes, fclass=["a", "b", "c"])
    assert import_streets(embedded, path).lines()[0] == "warning: 2 rows without a line left out."
    points = write_layer(tmp_path / "b.gpkg", [shapely.Point(117, 40)], fclass=["a"])
    with pytest.raises(InputError, match="holds no line: streets are lines"):
        import_streets(embedded, points)


def test_streets_need_a_class_and_a_place(embedded: Store, tmp_path: Path) -> None:
    path = write_layer(tmp_path / "a.gpkg", [LINE], name=["示例路"])
    with pytest.raises(InputError, match="tells no class of streets"):
        import_streets(embedded, path)
    swapped = write_layer(
        tmp_path / "b.gpkg", [shapely.LineString([(40, 117), (40.1, 117)])], highway=["primary"]
    )
    report = import_streets(embedded, swapped)
    assert report.refused
    assert "longitude and latitude are swapped" in report.lines()[0]
    assert stored(embedded) == []
    with pytest.raises(InputError, match="'found' is no origin"):
        import_streets(embedded, path, origin="found")


def test_demonstration(store: Store) -> None:
    path = data_folder() / "demonstration" / "roads.geojson"
    assert import_streets(store, path, origin="demonstration").new == 70
    assert {street.origin for street in stored(store)} == {"demonstration"}
