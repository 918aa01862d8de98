"""A copy of one community's grids with the faults that an import report must find."""

from maker.output import closed
from maker.rings import Point
from maker.town import Unit

Feature = tuple[dict[str, object], dict[str, object]]


def faulty_grids(community: Unit) -> list[Feature]:
    """Features of a community with one fault of each kind; README.md beside the file lists them."""
    grids = community.children
    rings = [list(grid.ring) for grid in grids]
    _push(rings[0], grids[0].centre, _alone(grids, 0), 0.03)
    _push(rings[1], grids[1].centre, _alone(grids, 1), -0.04)
    features = [_feature(grid, [closed(ring)]) for grid, ring in zip(grids, rings, strict=True)]
    bow_tie = [rings[2][0], rings[2][len(rings[2]) // 2], rings[2][len(rings[2]) // 4]]
    bow_tie.append(rings[2][3 * len(rings[2]) // 4])
    features[2] = _feature(grids[2], [_as_drawn(bow_tie)])
    features[3] = _feature(grids[3], [closed(rings[3]), _hole(grids[3].centre)])
    features[4][0]["code"] = grids[3].code
    features[5][0]["parent"] = "990101009009"
    features[6][0]["code"] = grids[6].code[:-1] + "X"
    return features


def _alone(grids: list[Unit], index: int) -> list[int]:
    """Positions of the vertices that one other grid of the community has as well."""
    others = [set(grid.ring) for i, grid in enumerate(grids) if i != index]
    ring = grids[index].ring
    return [i for i, point in enumerate(ring) if sum(point in other for other in others) == 1]


def _push(ring: list[Point], centre: Point, positions: list[int], share: float) -> None:
    """Move vertices toward the centre (a gap opens) or away from it (an overlap)."""
    for i in positions[1:-1]:
        x, y = ring[i]
        moved = (x + share * (centre[0] - x), y + share * (centre[1] - y))
        ring[i] = (round(moved[0], 2), round(moved[1], 2))


def _as_drawn(ring: list[Point]) -> list[Point]:
    points = closed(ring)[:-1]
    return [*points, points[0]]


def _hole(centre: Point) -> list[Point]:
    x, y = centre
    square = [(x - 20, y - 15), (x + 20, y - 15), (x + 20, y + 15), (x - 20, y + 15)]
    return closed(square)[::-1]


def _feature(grid: Unit, rings: list[list[Point]]) -> Feature:
    parent = grid.parent.code if grid.parent else ""
    properties: dict[str, object] = {"code": grid.code, "name": grid.name, "parent": parent}
    return properties, {"type": "Polygon", "coordinates": rings}
