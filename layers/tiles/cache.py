"""Tiles that were made, by what was asked for and where they lie; the oldest go first."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from gridmap.storage.changes import Change
from layers.layer import Asked, MapLayer, Points
from layers.tickets_points import REACH
from layers.tiles.drawing import MARGIN
from layers.tiles.making import Made
from layers.tiles.mercator import Box, Tile, world_box
from layers.tiles.paths import Integers

#: Of an entry beside its bytes and ids.
_OVERHEAD_BYTES = 1_000
#: Questions of which tiles are held: what a change concerns is looked for in each of them.
_MOST_GROUPS = 300
#: Layer, what it was asked for, and whose sight it follows.
GroupKey = tuple[str, tuple[tuple[str, str], ...], str]


@dataclass
class Entry:
    """A tile that is held."""

    tile: Tile
    made: Made
    etag: str

    @property
    def size_bytes(self) -> int:
        """About how much memory it takes."""
        ids = sum(found.nbytes for found in (*self.made.ids.values(), *self.made.also.values()))
        return len(self.made.body) + ids + _OVERHEAD_BYTES

    def holds(self, change: Change) -> bool:
        """Tell whether rows of a change are in the tile."""
        return _holds(self.made.ids.get(change.table), change)

    def depends_on(self, change: Change) -> bool:
        """Tell whether what is told of the rows in the tile comes from rows of a change."""
        return _holds(self.made.also.get(change.table), change)


def _holds(ids: Integers | None, change: Change) -> bool:
    if ids is None:
        return False
    place = int(np.searchsorted(ids, change.first_id))
    return place < len(ids) and bool(ids[place] <= change.last_id)


@dataclass
class Group:
    """
    Tiles of one layer and one question.

    Attributes
    ----------
    asked
        The question, settled.
    until
        When the tiles are no longer right although no row changes.
    """

    layer: MapLayer
    asked: Asked
    until: datetime | None
    tiles: dict[int, dict[tuple[int, int], Entry]] = field(default_factory=dict)

    @property
    def reach(self) -> float:
        """How far beyond its edges a tile looks, as a share of its width."""
        return REACH if isinstance(self.layer.source, Points) else MARGIN

    def ends_before(self, now: datetime) -> bool:
        """Tell whether the tiles are no longer right at a moment."""
        return self.until is not None and self.until <= now

    def entries(self) -> Iterator[Entry]:
        """Return all tiles."""
        for level in self.tiles.values():
            yield from level.values()

    def meeting(self, box: Box) -> Iterator[Entry]:
        """Return the tiles that meet a box in degrees, with their buffer."""
        reach = self.reach
        left, top, right, bottom = world_box(box)
        for z, level in self.tiles.items():
            tiles = 2.0**z
            columns = range(math.ceil(left * tiles - 1 - reach), int(right * tiles + reach) + 1)
            lines = range(math.ceil(top * tiles - 1 - reach), int(bottom * tiles + reach) + 1)
            if len(columns) * len(lines) <= len(level):
                places = ((x, y) for x in columns for y in lines)
                yield from (level[place] for place in places if place in level)
            else:
                yield from (one for (x, y), one in level.items() if x in columns and y in lines)


class Cache:
    """
    Tiles by group, bounded in memory. Whoever uses it holds a lock.

    Parameters
    ----------
    limit_bytes
        How much memory they may take.
    """

    def __init__(self, limit_bytes: int) -> None:
        self.groups: dict[GroupKey, Group] = {}
        self.size_bytes = 0
        self._limit_bytes = limit_bytes
        self._order: OrderedDict[tuple[GroupKey, Tile], Entry] = OrderedDict()

    def __len__(self) -> int:
        return len(self._order)

    def get(self, key: GroupKey, tile: Tile) -> Entry | None:
        """Return a tile if it is held."""
        found = self._order.get((key, tile))
        if found is not None:
            self._order.move_to_end((key, tile))
        return found

    def put(self, key: GroupKey, group: Group, entry: Entry) -> None:
        """Hold a tile of a group; others that nobody asked for lately make room."""
        held = self._order.get((key, entry.tile))
        if held is not None:
            self.drop(key, held)
        self.groups[key] = group
        self._order[key, entry.tile] = entry
        group.tiles.setdefault(entry.tile.z, {})[entry.tile.x, entry.tile.y] = entry
        self.size_bytes += entry.size_bytes
        while self.size_bytes > self._limit_bytes or len(self.groups) > _MOST_GROUPS:
            (oldest, _), evicted = next(iter(self._order.items()))
            self.drop(oldest, evicted)

    def drop(self, key: GroupKey, entry: Entry) -> None:
        """Hold a tile no longer, if it is still this one; a group goes with its last tile."""
        tile, group = entry.tile, self.groups.get(key)
        if group is None or self._order.get((key, tile)) is not entry:
            return
        del self._order[key, tile]
        self.size_bytes -= entry.size_bytes
        del group.tiles[tile.z][tile.x, tile.y]
        if not group.tiles[tile.z]:
            del group.tiles[tile.z]
        if not group.tiles:
            del self.groups[key]

    def drop_group(self, key: GroupKey) -> None:
        """Hold none of a group's tiles any longer."""
        group = self.groups.get(key)
        for entry in list(group.entries()) if group else []:
            self.drop(key, entry)

    def clear(self) -> None:
        """Hold nothing."""
        self.groups.clear()
        self._order.clear()
        self.size_bytes = 0
