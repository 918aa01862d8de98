"""A tree of boxes over chains of edges, compiled: the nearest edge of a million points.

Boxes are packed (sort-tile-recursive, Leutenegger et al. 1997) level by level, from the chains up.
The coordinates of the FAN boxes within a box lie side by side, and so do those of the edges of a
chain: the processor measures all of them at once.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from gridmap.compiling import compiled
from gridmap.routing.edges import CHAIN_LENGTH, Edges, Floats, Indices, Places

FAN = 8
_ROOM = 128  # of the stack: FAN for each level, and 16 levels hold more chains than a machine

# Boxes and edges are measured with different roundings: no tie may be lost to them.
_SLACK_M = 1e-9
_TINY = float(np.finfo(np.float64).tiny)


class Boxes(NamedTuple):
    """
    The tree.

    Attributes
    ----------
    nodes
        West, south, east and north of the boxes within each node, shape (nodes, 4, FAN); a box
        that is not there is infinitely far away.
    levels
        Where each level begins in `nodes`, from the one whose boxes are chains to the root, shape
        (levels,). Box i of node j stands for node or chain FAN * j + i of the level below.
    edges
        Both ends of the edges of each chain, shape (chains, 4, CHAIN_LENGTH).
    polygon
        Index of the polygon of each chain, shape (chains,).
    """

    nodes: Floats
    levels: Indices
    edges: Floats
    polygon: Indices


def pack(edges: Edges) -> Boxes:
    """Build the tree over some chains, at least one."""
    low, high = edges.ends.min(axis=(0, 3)), edges.ends.max(axis=(0, 3))
    order = _tiles((low + high) / 2)
    boxes = np.concatenate([low, high])[:, order]
    levels: list[Floats] = []
    while not levels or boxes.shape[1] > 1:
        missing = -boxes.shape[1] % FAN
        padded = np.pad(boxes, ((0, 0), (0, missing)), constant_values=np.inf)
        levels.append(padded.reshape(4, -1, FAN).transpose(1, 0, 2))
        begins = np.arange(0, boxes.shape[1], FAN)
        boxes = np.concatenate(
            [
                np.minimum.reduceat(boxes[:2], begins, axis=1),
                np.maximum.reduceat(boxes[2:], begins, axis=1),
            ]
        )
    sizes = [len(level) for level in levels]
    chains = edges.ends[:, :, order].reshape(4, -1, CHAIN_LENGTH).transpose(1, 0, 2)
    return Boxes(
        np.concatenate(levels),
        (np.cumsum(sizes) - sizes).astype(np.int32),
        np.ascontiguousarray(chains),
        edges.polygon[order],
    )


def _tiles(centres: Floats) -> Places:
    """Order points, shape (2, n), by slices of x and within each by y."""
    count = centres.shape[1]
    slices = int(np.ceil(np.sqrt(count / FAN)))
    rank = np.empty(count, np.intp)
    rank[np.argsort(centres[0], kind="stable")] = np.arange(count)
    return np.lexsort((centres[1], rank * slices // count))


def nearest(x: Floats, y: Floats, tree: Boxes) -> tuple[Indices, Floats]:
    """
    Find the nearest edge of each point, as `Edges.nearest` does.

    Parameters
    ----------
    x, y
        Metres, finite, shape (n,).
    tree
        From `pack`.

    Returns
    -------
    polygon
        The lowest polygon of those whose edge is nearest, shape (n,).
    distance_m
        The distance to it, shape (n,).
    """
    polygon, distance_m = np.empty(len(x), np.int32), np.empty(len(x))
    nearest_in(x, y, _neighbours_together(x, y), polygon, distance_m, tree)
    return polygon, distance_m


def _neighbours_together(x: Floats, y: Floats) -> Places:
    """Order points so that each finds in the processor's cache what the one before it needed."""
    if len(x) < FAN:
        return np.arange(len(x))
    tile = np.zeros(len(x), np.uint16)  # which numpy sorts in a few passes
    for place in (x, y):
        low, high = place.min(initial=np.inf), place.max(initial=-np.inf)
        share = (place - low) / max(high - low, _TINY)
        tile = tile * np.uint16(256) + np.minimum(share * 256, 255).astype(np.uint16)
    return np.argsort(tile, kind="stable")


@compiled
def nearest_in(
    x: Floats, y: Floats, order: Places, polygon: Indices, distance_m: Floats, tree: Boxes
) -> None:
    """Write the nearest polygon and the distance of each point, taking them in an order."""
    nodes, levels, edges, polygons = tree
    level, box, away2 = np.empty(_ROOM, np.int32), np.empty(_ROOM, np.int32), np.empty(_ROOM)
    far2, each2 = np.empty(FAN), np.empty(CHAIN_LENGTH)
    chain = 0
    for i in order:
        # The chain that was nearest to the point before is a good first guess.
        best2, best = _measure(x[i], y[i], edges[chain], each2), polygons[chain]
        reach2 = (np.sqrt(best2) + _SLACK_M) ** 2
        level[0], box[0], away2[0], size = levels.size - 1, 0, 0.0, 1
        while size > 0:
            size -= 1
            if away2[size] > reach2:
                continue
            if level[size] >= 0:
                size = _open(x[i], y[i], nodes, levels, reach2, level, box, away2, size, far2)
                continue
            found2 = _measure(x[i], y[i], edges[box[size]], each2)
            if found2 < best2:
                chain = box[size]
                best2, best = found2, polygons[chain]
                reach2 = (np.sqrt(best2) + _SLACK_M) ** 2
            elif found2 == best2:
                best = min(best, polygons[box[size]])
        polygon[i], distance_m[i] = best, np.sqrt(best2)


@compiled
def _open(
    x: float,
    y: float,
    nodes: Floats,
    levels: Indices,
    reach2: float,
    level: Indices,
    box: Indices,
    away2: Floats,
    bottom: int,
    far2: Floats,
) -> int:
    """Replace the node on top of the stack by the boxes within it, the nearest uppermost."""
    within, first = level[bottom] - 1, FAN * box[bottom]
    node = levels[level[bottom]] + box[bottom]
    for k in range(FAN):
        dx = max(max(nodes[node, 0, k] - x, x - nodes[node, 2, k]), 0.0)
        dy = max(max(nodes[node, 1, k] - y, y - nodes[node, 3, k]), 0.0)
        far2[k] = dx * dx + dy * dy
    size = bottom
    for k in range(FAN):
        if far2[k] > reach2 or far2[k] == np.inf:
            continue
        place = size
        while place > bottom and away2[place - 1] < far2[k]:
            box[place], away2[place] = box[place - 1], away2[place - 1]
            place -= 1
        box[place], away2[place], level[size] = first + k, far2[k], within
        size += 1
    return size


@compiled
def _measure(x: float, y: float, edges: Floats, found2: Floats) -> Any:
    """Square of the distance to a chain, by the operations of `gridmap.routing.edges`."""
    for k in range(CHAIN_LENGTH):
        along_x, along_y = edges[2, k] - edges[0, k], edges[3, k] - edges[1, k]
        from_x, from_y = x - edges[0, k], y - edges[1, k]
        to_x, to_y = x - edges[2, k], y - edges[3, k]
        length2 = along_x * along_x + along_y * along_y
        foot = along_x * from_x + along_y * from_y
        across = along_x * from_y - along_y * from_x
        beside = across * across / max(length2, _TINY)
        at_end = to_x * to_x + to_y * to_y
        at_start = from_x * from_x + from_y * from_y
        beyond = at_end if foot >= length2 else beside
        found2[k] = at_start if foot <= 0.0 else beyond
    best2 = found2[0]
    for k in range(1, CHAIN_LENGTH):
        best2 = min(best2, found2[k])
    return best2
