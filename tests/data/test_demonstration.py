"""The demonstration district: written again byte for byte, seamless, and clearly invented."""

import json
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from gridmap.settings import data_folder

FOLDER = data_folder() / "demonstration"
LEVELS = {"district": (6, 1), "street": (9, 4), "community": (12, 20), "grid": (15, 150)}
POND_M2 = 11_872
OPEN_SEA = shapely.box(119.55, 38.86, 119.65, 38.94)
METRES = np.array([86_770.0, 111_020.0])


def features(name: str) -> list[dict[str, Any]]:
    content = json.loads((FOLDER / f"{name}.geojson").read_text(encoding="utf-8"))
    return list(content["features"])


def shapes(name: str) -> dict[str, shapely.Polygon]:
    return {
        feature["properties"]["code"]: shapely.geometry.shape(feature["geometry"])
        for feature in features(name)
    }


def area_m2(shape: shapely.Geometry) -> float:
    return float(shapely.area(shape) * METRES.prod())


@pytest.fixture(scope="module")
def written_again(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demonstration")
    script = [sys.executable, str(FOLDER / "make.py"), str(folder)]
    subprocess.run(script, check=True, capture_output=True, timeout=120)
    return folder


def test_the_script_writes_the_same_bytes_again(written_again: Path) -> None:
    names = sorted(path.name for path in written_again.iterdir())
    committed = [path for path in FOLDER.iterdir() if path.suffix in (".csv", ".geojson")]
    assert names == sorted(path.name for path in committed)
    for name in names:
        assert (written_again / name).read_bytes() == (FOLDER / name).read_bytes(), name


def test_all_data_together_stays_small() -> None:
    sizes = [path.stat().st_size for path in data_folder().rglob("*") if "__" not in str(path)]
    assert sum(sizes) < 6_000_000


@pytest.mark.parametrize("level", LEVELS)
def test_codes_follow_the_scheme_and_name_their_parent(level: str) -> None:
    length, count = LEVELS[level]
    units = [feature["properties"] for feature in features(f"units-{level}")]
    codes = [unit["code"] for unit in units]
    assert len(codes) == len(set(codes)) == count
    assert codes == sorted(codes)
    for unit in units:
        assert re.fullmatch(rf"990101\d{{{length - 6}}}", unit["code"])
        assert unit["parent"] == (unit["code"][:-3] if level != "district" else "")


@pytest.mark.parametrize("level", LEVELS)
def test_units_of_a_level_are_a_seamless_coverage(level: str) -> None:
    units = list(shapes(f"units-{level}").values())
    assert all(unit.is_valid for unit in units)
    assert shapely.coverage_is_valid(units)


@pytest.mark.parametrize(
    ("inner", "outer"), [("street", "district"), ("community", "street"), ("grid", "community")]
)
def test_units_fill_their_parent_but_for_the_pond(inner: str, outer: str) -> None:
    missing = 0.0
    children = shapes(f"units-{inner}")
    for code, ground in shapes(f"units-{outer}").items():
        own = [shape for child, shape in children.items() if child.startswith(code)]
        union = shapely.coverage_union_all(own)
        assert area_m2(shapely.difference(union, ground)) < 0.5
        missing += area_m2(shapely.difference(ground, union))
    expected = POND_M2 if inner == "grid" else 0
    assert missing == pytest.approx(expected, abs=20)


def test_the_pond_is_the_only_hole_and_lies_in_one_community() -> None:
    holes = shapely.coverage_union_all(list(shapes("units-grid").values())).interiors
    assert len(holes) == 1
    pond = shapely.Polygon(holes[0])
    assert [code for code, c in shapes("units-community").items() if c.contains(pond)] == [
        "990101001004"
    ]


def test_grids_are_numbered_from_the_north_and_west() -> None:
    for community in shapes("units-community"):
        own = [shape for code, shape in shapes("units-grid").items() if code.startswith(community)]
        centres = [(shape.centroid.x, shape.centroid.y) for shape in own]
        for first, second in pairwise(centres):
            assert not (second[0] < first[0] and second[1] > first[1])


def test_grids_are_of_a_size_that_one_worker_walks_and_no_chessboard() -> None:
    grids = list(shapes("units-grid").values())
    areas = np.array([area_m2(shape) for shape in grids])
    assert areas.min() > 15_000
    assert areas.max() < 120_000
    corners = [len(shapely.simplify(shape, 5e-5).exterior.coords) - 1 for shape in grids]
    assert len(set(corners)) > 4


@pytest.mark.parametrize(
    "name", sorted(path.stem for path in FOLDER.glob("*.geojson") if "faults" not in path.name)
)
def test_every_feature_is_invented_in_open_sea_and_well_formed(name: str) -> None:
    for feature in features(name):
        assert feature["properties"]["origin"] == "demonstration"
        shape = shapely.geometry.shape(feature["geometry"])
        assert shape.is_valid
        assert OPEN_SEA.contains(shape)
        if shape.geom_type == "Polygon":
            assert shape.exterior.is_ccw


def test_buildings_stand_in_the_grid_that_their_code_names() -> None:
    grids = shapes("units-grid")
    buildings = features("buildings")
    for feature in buildings:
        properties = feature["properties"]
        assert properties["code"][:15] == properties["parent"]
        assert grids[properties["parent"]].contains(shapely.geometry.shape(feature["geometry"]))
    codes = {feature["properties"]["code"] for feature in buildings}
    entrances = [feature["properties"] for feature in features("entrances")]
    assert {entrance["parent"] for entrance in entrances} == codes
    assert len({entrance["code"] for entrance in entrances}) == len(entrances)


def test_exclusive_ground_lies_in_its_community_and_never_overlaps() -> None:
    communities, exclusive = shapes("units-community"), shapes("exclusive")
    assert len(exclusive) == 3
    for code, shape in exclusive.items():
        assert communities[code[:12]].contains(shape)
    grids = list(shapes("units-grid").values())
    assert sum(shape.intersects(next(iter(exclusive.values()))) for shape in grids) == 2


def test_the_file_with_faults_has_each_fault() -> None:
    faulty = features("units-with-faults")
    rings = [shapely.geometry.shape(feature["geometry"]) for feature in faulty]
    codes = [feature["properties"]["code"] for feature in faulty]
    parents = {feature["properties"]["parent"] for feature in faulty}
    assert [ring.is_valid for ring in rings].count(False) == 1
    assert rings[1].intersection(rings[0]).area > 0
    assert len(rings[3].interiors) == 1
    assert codes[3] == codes[4]
    assert parents - set(shapes("units-community")) == {"990101009009"}
    assert not codes[6].isdigit()
