"""Acceptance 7: polygons that are not simple, through the command line, on both stores."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from support.command import gridmap, run
from support.tickets import row, write, write_profile

GRID = "110106001001001"
OPTIONS = ("--level", "grid", "--code", "code", "--datum")
Ring = list[tuple[float, float]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the invented profile; the store is elsewhere."""
    folder = tmp_path / "office"
    folder.mkdir()
    write_profile(folder)
    return folder


def box(column: float, row: float, size: float = 1.0) -> Ring:
    """A square ring; places are hundredths of a degree from 116 E, 39 N."""
    return [
        (column, row),
        (column + size, row),
        (column + size, row + size),
        (column, row + size),
        (column, row),
    ]


def geojson(folder: Path, *rings: Ring, several: bool = False) -> Path:
    """A file with one unit: a polygon with holes, or several polygons."""
    degrees = [[(116 + x / 100, 39 + y / 100) for x, y in ring] for ring in rings]
    geometry: dict[str, Any] = {"type": "Polygon", "coordinates": degrees}
    if several:
        geometry = {"type": "MultiPolygon", "coordinates": [[ring] for ring in degrees]}
    feature = {"type": "Feature", "properties": {"code": GRID}, "geometry": geometry}
    path = folder / "units.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return path


def units_at(database: str, folder: Path, *places: tuple[float, float]) -> list[str]:
    """Which unit each place goes to, by `gridmap route`; nothing where none is."""
    lines = "".join(
        row(f"P{number}", f"{116 + x / 100},{39 + y / 100}") for number, (x, y) in enumerate(places)
    )
    path, output = write(folder / "places.csv", lines), folder / "answers.csv"
    gridmap(database, "route", path, "--profile", folder / "invented.toml", "--output", output)
    with output.open(encoding="utf-8-sig", newline="") as file:
        return [answer["unit"] for answer in csv.DictReader(file)]


def test_a_bow_tie_is_repaired_and_said(store_url: str, folder: Path) -> None:
    ring = [(0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0), (0.0, 0.0)]
    said = gridmap(store_url, "import", "units", geojson(folder, ring), *OPTIONS, "wgs84")
    assert GRID in said
    assert "repaired" in said
    found = units_at(store_url, folder, (0.2, 0.5), (0.8, 0.5), (0.5, 0.9), (0.5, 0.1))
    assert found == [GRID, GRID, "", ""]


def test_a_hole_is_not_the_units_ground(store_url: str, folder: Path) -> None:
    path = geojson(folder, box(0, 0, 3), box(1, 1)[::-1])
    gridmap(store_url, "import", "units", path, *OPTIONS, "wgs84")
    assert units_at(store_url, folder, (0.5, 0.5), (1.5, 1.5)) == [GRID, ""]


def test_a_multipolygon_is_one_unit(store_url: str, folder: Path) -> None:
    path = geojson(folder, box(0, 0), box(2, 0), several=True)
    gridmap(store_url, "import", "units", path, *OPTIONS, "wgs84")
    found = units_at(store_url, folder, (0.5, 0.5), (2.5, 0.5), (1.5, 0.5))
    assert found == [GRID, GRID, ""]


def test_a_wrong_datum_is_refused(store_url: str, folder: Path) -> None:
    path = geojson(folder, box(0, 0))
    result = run(store_url, "import", "units", path, *OPTIONS, "mars")
    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert "'mars' is not known: name one of wgs84, cgcs2000, gcj02, bd09" in result.output
