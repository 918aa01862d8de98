"""Routing of GeoDataFrames."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely
from support.town import at, router

from gridmap.errors import DatumError, InputError
from gridmap.routing.frames import route_frame


def frame(crs: object = 4326) -> gpd.GeoDataFrame:
    points = [shapely.Point(at(0.5, 0.5)), None, shapely.Point(at(4.5, 1))]
    return gpd.GeoDataFrame(
        {"when": ["2026-10-01T08:00+08:00"] * 3, "where": ["", "槐树社区", None]},
        geometry=points,
        crs=crs,
        index=[7, 5, 3],
    )


def test_every_row_is_answered_in_its_place() -> None:
    routed = route_frame(router(), frame(), reported_at="when", address="where")
    assert routed.index.tolist() == [7, 5, 3]
    assert routed["unit"].tolist() == ["1111", "112", "113"]
    assert routed["rule"].tolist() == ["territory", "named", "territory"]


def test_a_projected_frame_is_turned_into_degrees() -> None:
    routed = route_frame(router(), frame().to_crs(4548))
    assert routed["unit"].fillna("").tolist() == ["1111", "", "113"]
    assert routed.crs == 4548


def test_coordinates_of_unknown_datum_are_refused() -> None:
    with pytest.raises(DatumError, match="no CRS"):
        route_frame(router(), frame(None))
    shifted = route_frame(router(), frame(None), datum="gcj02")
    assert shifted["boundary_m"][7] != route_frame(router(), frame())["boundary_m"][7]


def test_other_geometries_and_missing_columns_are_told() -> None:
    areas = frame().set_geometry(frame().buffer(0))
    areas.geometry = [shapely.box(0, 0, 1, 1)] * 3
    with pytest.raises(InputError, match="points"):
        route_frame(router(), areas)
    with pytest.raises(InputError, match="'when'"):
        route_frame(router(), frame().drop(columns="when"), reported_at="when")
