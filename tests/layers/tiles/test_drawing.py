"""What a tile shows of rows: nothing torn, nothing twice, nothing beyond its edges."""

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from hypothesis import given
from shapely.geometry import shape
from support.lattice import Lattice
from support.shapes import LATTICE, shapes

from layers.tiles.drawing import (
    BUFFER_PX,
    EXTENT,
    MARGIN,
    UNITS_A_PIXEL,
    Style,
    drawn,
    label_points,
)
from layers.tiles.mercator import Tile, tile_at
from layers.tiles.rows import Rows, meets

SHARED = Style("units", shared=True, label="name")
REACH = BUFFER_PX * UNITS_A_PIXEL


@pytest.fixture(scope="module")
def cells():
    """Jagged cells that share their edges, 24 x 24 of them."""
    return Lattice(24, 24, np.random.default_rng(5)).cells(24 * 24)


def rows_of(tile, found):
    """The rows that meet a tile, as they are read from a store."""
    chosen = np.flatnonzero(meets(found, tile.box(MARGIN)))
    columns = {"name": [f"unit {one}" for one in chosen]}
    return Rows(chosen + 1, found[chosen], columns, np.array([], dtype=np.int64))


def layers_of(tile, found, style=SHARED):
    body = drawn(tile, rows_of(tile, found), style)
    return mapbox_vector_tile.decode(body, default_options={"y_coord_down": True})


def areas_of(tile, found):
    """The areas of a tile by id, in its coordinates."""
    layer = layers_of(tile, found).get("units", {"features": []})
    return {one["id"]: shapely.make_valid(shape(one["geometry"])) for one in layer["features"]}


def middle(cells, z, east=0):
    west, south, east_, north = shapely.total_bounds(cells)
    tile = tile_at((west + east_) / 2, (south + north) / 2, z)
    return Tile(z, tile.x + east, tile.y)


def is_wide(area):
    """Whether there is room for more than one unit of a tile's coordinates."""
    return not shapely.buffer(area, -0.51).is_empty


@pytest.mark.parametrize("z", range(8, 18))
def test_neighbours_are_not_torn_and_do_not_overlap(cells, z):
    tile = middle(cells, z)
    areas = np.array(list(areas_of(tile, cells).values()))
    tree = shapely.STRtree(areas)
    first, second = tree.query(areas, predicate="intersects")
    apart = first < second
    overlaps = shapely.intersection(areas[first[apart]], areas[second[apart]])
    assert not [one.wkt for one in overlaps if is_wide(one)]
    # The ground as one area, away from its outer edge, which is simplified like any other.
    place = shapely.transform(shapely.union_all(cells), lambda at: tile.place(at, EXTENT))
    inner = shapely.buffer(place, -8) & shapely.box(-REACH, -REACH, EXTENT + REACH, EXTENT + REACH)
    gaps = shapely.difference(inner, shapely.union_all(shapely.set_precision(areas, 0.001)))
    assert not is_wide(gaps)


@pytest.mark.parametrize("z", range(11, 18))
def test_what_a_seam_cuts_fits_together(cells, z):
    west, east = middle(cells, z), middle(cells, z, east=1)
    left, right = areas_of(west, cells), areas_of(east, cells)
    line = shapely.LineString([(EXTENT, 0), (EXTENT, EXTENT)])
    for one in sorted(left.keys() | right.keys()):
        cuts = [left.get(one), right.get(one) and shapely.transform(right[one], _moved)]
        here, there = (shapely.intersection(line, cut or shapely.Polygon()) for cut in cuts)
        assert shapely.symmetric_difference(here, there).length <= 4


def _moved(places):
    return np.add(places, [EXTENT, 0])


def test_far_fewer_vertices_are_drawn_and_none_is_far_away(cells):
    tile = middle(cells, 13)
    found = areas_of(tile, cells)
    places = shapely.transform(cells, lambda at: tile.place(at, EXTENT))
    inner = [one for one in found if shapely.box(0, 0, EXTENT, EXTENT).contains(places[one - 1])]
    before = shapely.get_num_coordinates(places[np.array(inner) - 1]).sum()
    after = sum(shapely.get_num_coordinates(found[one]) for one in inner)
    assert after < before / 2
    worst = max(
        shapely.hausdorff_distance(places[one - 1].exterior, found[one].exterior) for one in inner
    )
    assert worst <= 1.5 * UNITS_A_PIXEL


@given(shapes(LATTICE))
def test_any_shape_is_drawn_where_it_is(one):
    tile = Tile(6, 32, 31)  # 0 to 5.6 degrees east and north
    found = np.array([one], dtype=object)
    layers = layers_of(tile, found, Style("any"))
    seen = [
        shape(feature["geometry"]) for feature in layers.get("any", {"features": []})["features"]
    ]
    if one.is_empty or not shapely.intersects(one, shapely.box(*tile.box(MARGIN))):
        assert not seen
        return
    place = shapely.transform(one, lambda at: tile.place(at, EXTENT))
    clipped = shapely.intersection(
        place, shapely.box(-REACH, -REACH, EXTENT + REACH, EXTENT + REACH)
    )
    drawn_at = shapely.union_all([shapely.make_valid(part) for part in seen])
    assert drawn_at.hausdorff_distance(clipped) <= UNITS_A_PIXEL


def test_each_label_is_in_one_tile_and_stands_inside(cells):
    z = 14
    centre = middle(cells, z)
    tiles = [Tile(z, centre.x + x, centre.y + y) for x in range(-6, 7) for y in range(-6, 7)]
    seen = {}
    for tile in tiles:
        for one in layers_of(tile, cells).get("units_label", {"features": []})["features"]:
            assert one["id"] not in seen
            at = np.array(one["geometry"]["coordinates"])
            assert ((at >= 0) & (at < EXTENT)).all()
            assert one["properties"]["label"] == f"unit {one['id'] - 1}"
            assert one["properties"]["room"] > 10
            seen[one["id"]] = tile
    assert sorted(seen) == list(range(1, len(cells) + 1))
    points = label_points(cells)
    assert shapely.contains_xy(cells, points[:, 0], points[:, 1]).all()


def test_a_line_is_labelled_in_the_middle_of_its_longest_part():
    line = shapely.MultiLineString([[(0, 0), (1, 0)], [(5, 5), (5, 9)]])
    assert label_points(np.array([line, shapely.Point(3, 4)])).tolist() == [[5, 7], [3, 4]]


def test_labels_alone_may_be_drawn():
    tile = Tile(6, 32, 31)
    found = np.array([shapely.box(1, 1, 3, 3)])
    layers = layers_of(tile, found, Style("names", label="name", told=("name",), shapes=False))
    assert list(layers) == ["names_label"]
    (feature,) = layers["names_label"]["features"]
    assert feature["properties"].keys() == {"label", "name", "room"}


def test_a_shape_far_larger_than_the_tile_covers_it():
    tile = Tile(17, 107_906, 49_669)
    (feature,) = layers_of(tile, np.array([shapely.box(-100, -60, 170, 70)]))["units"]["features"]
    assert shape(feature["geometry"]).equals(
        shapely.box(-REACH, -REACH, EXTENT + REACH, EXTENT + REACH)
    )
