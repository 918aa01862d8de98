"""Rows of the store as one layer of a tile, with label points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely.errors import GEOSException

from layers.tiles.encoding import Drawn, drawn_paths, drawn_points, encoded
from layers.tiles.mercator import Box, Tile
from layers.tiles.paths import Integers, Paths, joined, paths_of, shapes_of
from layers.tiles.rows import Rows
from layers.tiles.simplify import simplified

#: Width of a tile on the screen.
TILE_PX = 512
#: What lies around a tile and is drawn with it: half of the widest outline and of a mark.
BUFFER_PX = 8
MARGIN = BUFFER_PX / TILE_PX
#: Units of a tile's coordinates for a pixel.
UNITS_A_PIXEL = 8
EXTENT = TILE_PX * UNITS_A_PIXEL
#: How far an edge may move.
TOLERANCE_PX = 0.5
#: The last zoom is enlarged by the browser.
LAST_TOLERANCE_PX = 0.125
#: A shape narrower than this has no room for a letter.
LEAST_ROOM_PX = 10


@dataclass(frozen=True)
class Style:
    """
    How a part is drawn.

    Attributes
    ----------
    name
        Of the layer in the tile.
    shared
        Whether areas share their edges.
    label
        Column of the text of label points; empty for none.
    told
        Columns that label points carry besides.
    shapes
        Whether the shapes themselves are drawn.
    marks
        Whether they are drawn as a point on each.
    last
        Whether the browser enlarges tiles of this zoom.
    """

    name: str
    shared: bool = False
    label: str = ""
    told: tuple[str, ...] = ()
    shapes: bool = True
    marks: bool = False
    last: bool = False


def drawn(tile: Tile, rows: Rows, style: Style) -> bytes:
    """Draw rows that meet a tile: a layer of shapes, and one of label points."""
    if not len(rows):
        return b""
    labels = _labels(tile, rows, style) if style.label else b""
    if not style.shapes:
        return labels
    parts, owner = simple_parts(
        shapely.points(label_points(rows.shapes)) if style.marks else _near(rows.shapes, tile)
    )
    kinds = shapely.get_dimensions(parts)
    place = partial(tile.place, extent=EXTENT)
    drawings: list[Drawn] = []
    if (kinds == 0).any():
        drawings.append(_points(tile, parts[kinds == 0], owner[kinds == 0]))
    for dimension in (1, 2):
        chosen = kinds == dimension
        if chosen.any():
            paths = paths_of(parts[chosen], owner[chosen], closed=dimension == 2, place=place)
            drawings.append(drawn_paths(_reduced(paths, style)))
    return encoded(style.name, EXTENT, drawings, rows.ids, rows.columns) + labels


def sizes_px(tile: Tile, shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
    """Return the longer side of each shape's bounds on the screen, shape (n,)."""
    bounds = shapely.bounds(shapes)
    low, high = (tile.place(bounds[:, corner], TILE_PX) for corner in ([0, 3], [2, 1]))
    longest: npt.NDArray[np.float64] = (high - low).max(axis=1)
    return longest


def simple_parts(shapes: npt.NDArray[np.object_]) -> tuple[npt.NDArray[np.object_], Integers]:
    """Return points, lines and polygons without empty ones, and the shape each is of."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    while (shapely.get_type_id(parts) > 3).any():  # a collection within a collection
        parts, within = shapely.get_parts(parts, return_index=True)
        owner = owner[within]
    filled = ~shapely.is_empty(parts)
    return parts[filled], owner[filled]


def _reduced(paths: Paths, style: Style) -> Paths:
    """Return what is worth drawing of paths."""
    tolerance = LAST_TOLERANCE_PX if style.last else TOLERANCE_PX
    fewer = simplified(
        paths.without_repeats(),
        tolerance * UNITS_A_PIXEL,
        extent=EXTENT,
        shared=style.shared and paths.closed,
    )
    return _clipped(fewer).proper()


def _clipped(paths: Paths) -> Paths:
    """Cut off what lies beyond the buffer."""
    if not len(paths.sizes):
        return paths
    least, most = -BUFFER_PX * UNITS_A_PIXEL, EXTENT + BUFFER_PX * UNITS_A_PIXEL
    outside = ((paths.xy < least) | (paths.xy > most)).any(axis=0)
    beyond = np.logical_or.reduceat(outside, paths.starts)
    if not beyond.any():
        return paths
    feature = np.zeros(int(paths.owner.max()) + 1, dtype=bool)
    feature[paths.owner[beyond]] = True
    crossing = feature[paths.owner]
    large = paths.keep(crossing).keep_sized(3 if paths.closed else 2)
    first = large.outer if large.closed else slice(None)
    cut = _cut(shapes_of(large), (least, least, most, most))
    parts, of = simple_parts(cut)
    fits = shapely.get_dimensions(parts) == (2 if paths.closed else 1)
    pieces = paths_of(parts[fits], large.owner[first][of[fits]], closed=paths.closed)
    return joined(paths.keep(~crossing), pieces.without_repeats())


def _cut(shapes: npt.NDArray[np.object_], box: Box) -> npt.NDArray[np.object_]:
    """Return what of each shape is within a box."""
    try:
        cut = shapely.clip_by_rect(shapes, *box)
    except GEOSException:  # an area that crosses itself
        cut = shapely.intersection(shapely.make_valid(shapes), shapely.box(*box))
    return np.asarray(cut)


def _near(shapes: npt.NDArray[np.object_], tile: Tile) -> npt.NDArray[np.object_]:
    """Cut off what is further from a tile than its width, so that a tile is a bounded work."""
    west, south, east, north = box = tile.box(1.0)
    bounds = shapely.bounds(shapes)
    far = (bounds[:, 0] < west) | (bounds[:, 1] < south)
    far |= (bounds[:, 2] > east) | (bounds[:, 3] > north)
    if not far.any():
        return shapes
    near = shapes.copy()
    near[far] = _cut(shapes[far], box)
    return near


def _points(tile: Tile, points: npt.NDArray[np.object_], owner: Integers) -> Drawn:
    xy = np.rint(tile.place(shapely.get_coordinates(points), EXTENT).T).astype(np.int64)
    around = BUFFER_PX * UNITS_A_PIXEL
    near = ((xy >= -around) & (xy <= EXTENT + around)).all(axis=0)
    return drawn_points(xy[:, near], owner[near])


def _labels(tile: Tile, rows: Rows, style: Style) -> bytes:
    """Draw a point for the label of each shape whose label belongs into this tile."""
    texts = rows.columns[style.label]
    rooms = _rooms(tile, rows.shapes)
    chosen = np.flatnonzero(rooms >= LEAST_ROOM_PX)
    xy = np.floor(tile.place(label_points(rows.shapes[chosen]), EXTENT).T).astype(np.int64)
    here = ((xy >= 0) & (xy < EXTENT)).all(axis=0)
    chosen, xy = chosen[here], xy[:, here]
    listed = chosen.tolist()
    columns: dict[str, Sequence[Any]] = {
        key: [rows.columns[key][one] for one in listed] for key in style.told
    }
    columns["label"] = [texts[one] for one in listed]
    columns["room"] = np.minimum(np.rint(rooms[chosen]), TILE_PX * 4).astype(int).tolist()
    points = drawn_points(xy, np.arange(len(chosen)))
    return encoded(f"{style.name}_label", EXTENT, [points], rows.ids[chosen], columns)


def label_points(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
    """Return where the label of each shape stands, whatever the zoom, shape (n, 2).

    That is a point inside an area and the middle of the longest part of a line.
    """
    points = shapely.point_on_surface(shapes)
    lines = np.flatnonzero(shapely.get_dimensions(shapes) == 1)
    if len(lines):
        longest = np.array([_longest(line) for line in shapes[lines]], dtype=object)
        points[lines] = shapely.line_interpolate_point(longest, 0.5, normalized=True)
    coordinates: npt.NDArray[np.float64] = shapely.get_coordinates(points)
    return coordinates


def _longest(line: Any) -> Any:
    return max(line.geoms, key=lambda part: part.length) if hasattr(line, "geoms") else line


def _rooms(tile: Tile, shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
    """Return the width of areas, the length of lines on the screen; points have all they want."""
    bounds = shapely.bounds(shapes)
    px_a_degree = TILE_PX * 2.0**tile.z / 360.0
    width = bounds[:, 2] - bounds[:, 0]
    kinds = shapely.get_dimensions(shapes)
    width = np.where(kinds == 1, np.hypot(width, bounds[:, 3] - bounds[:, 1]), width)
    return np.where(kinds == 0, TILE_PX, width * px_a_degree)
