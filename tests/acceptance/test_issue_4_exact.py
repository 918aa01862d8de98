"""Issue 4, acceptance 3: an edit changes the answer of exactly the tiles that contain the unit.

Four processes, each with tiles of its own, answer while units are changed a thousand times in every
way there is. What each answers is held against a tile made anew, and what it made anew against what
the edits had to do with it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from subprocess import Popen
from typing import Any

import pytest
import shapely
from geoalchemy2.shape import from_shape, to_shape
from shapely import affinity
from support.partition import START
from support.processes import python

from gridmap.model import Person, Unit
from gridmap.model.base import SRID
from gridmap.sight import EVERYTHING
from gridmap.storage import Store
from layers.catalogue import catalogue
from layers.tiles.drawing import MARGIN
from layers.tiles.engine import Tiles
from layers.tiles.mercator import Tile, tile_at

EDITS = 1_000
WORKERS = 4
WEST, SOUTH, SIDE_DEG = 116.2, 39.8, 0.012
COLUMNS, LINES, BLOCK = 9, 6, 3

WORKER = """
import sys
from datetime import UTC, datetime
from gridmap.sight import EVERYTHING
from gridmap.storage import open_store
from layers.catalogue import catalogue
from layers.tiles import engine
made, make = 0, engine.made_of_rows
def counted(*arguments):
    global made
    made += 1
    return make(*arguments)
engine.made_of_rows = counted
tiles, layer = engine.Tiles(open_store(sys.argv[1])), catalogue()["units"]
for line in sys.stdin:
    before = made
    asked = layer.ask({"level": "grid"}, now=datetime.now(UTC), sight=EVERYTHING)
    answer = tiles.tile([(layer, asked)], *map(int, line.split()))
    print(answer.etag, made - before, flush=True)
"""


@dataclass
class Ground:
    """The units as they should be: what is drawn of each, by its id."""

    shapes: dict[int, Any] = field(default_factory=dict)
    levels: dict[int, str] = field(default_factory=dict)
    parents: dict[int, str | None] = field(default_factory=dict)
    codes: dict[int, str] = field(default_factory=dict)

    def drawn(self, unit_id: int) -> list[Any]:
        """Shapes that are drawn of a unit, or with its name: its own and those of units below."""
        below = [one for one, parent in self.parents.items() if parent == self.codes[unit_id]]
        return [self.shapes[one] for one in (unit_id, *below) if self.levels[one] != "street"]


@pytest.fixture
def ground(store: Store) -> Ground:
    found = Ground()
    with store.write() as session:
        for line in range(0, LINES, BLOCK):
            for column in range(0, COLUMNS, BLOCK):
                _add(
                    session,
                    found,
                    "community",
                    f"c{column}-{line}",
                    None,
                    _square(column, line, BLOCK),
                )
        for number in range(COLUMNS * LINES):
            column, line = number % COLUMNS, number // COLUMNS
            parent = f"c{column // BLOCK * BLOCK}-{line // BLOCK * BLOCK}"
            _add(session, found, "grid", f"g{number}", parent, _square(column, line, 1))
    return found


@pytest.fixture
def workers(store_url: str, ground: Ground) -> Iterator[list[Popen[str]]]:
    with ExitStack() as running:
        yield [running.enter_context(python(WORKER, store_url)) for _ in range(WORKERS)]


def test_no_stale_answer_and_no_tile_thrown_away_without_reason(
    store_url: str, store: Store, ground: Ground, workers: list[Popen[str]]
) -> None:
    rng = random.Random(4)
    tiles = _tiles()
    right: list[set[Tile]] = [set() for _ in workers]
    truth: dict[Tile, str] = {}
    kept = 0
    for number in range(EDITS):
        touched = _edit(store, ground, rng, number)
        near = {tile for tile in tiles if _meets(tile, touched)}
        for held in right:
            held -= near
        truth = {tile: etag for tile, etag in truth.items() if tile not in near}
        if rng.random() < 0.5:
            continue  # the next answers come after two commits, or more
        asked = _asked(rng, tiles, near, right)
        answers = _ask(workers, asked)
        for place, tile in asked.items():
            etag, made = answers[place]
            if tile not in truth or rng.random() < 0.1:
                truth[tile] = _anew(store, tile)
            assert etag == truth[tile], f"edit {number}: {tile} of worker {place} is stale"
            if tile in right[place]:
                assert not made, f"edit {number}: {tile} was thrown away without reason"
                kept += 1
            right[place].add(tile)
    assert kept > EDITS / 8
    for tile in tiles:
        everywhere = _ask(workers, dict.fromkeys(range(WORKERS), tile))
        assert {etag for etag, _ in everywhere.values()} == {_anew(store, tile)}


def _tiles() -> list[Tile]:
    """Tiles at two zooms, some beyond the units."""
    places = [
        (WEST + column * SIDE_DEG, SOUTH + line * SIDE_DEG)
        for column in range(-1, COLUMNS + 2, 2)
        for line in range(-1, LINES + 2, 2)
    ]
    return sorted({tile_at(*place, z) for z in (14, 16) for place in places})


def _asked(
    rng: random.Random, tiles: list[Tile], near: set[Tile], right: list[set[Tile]]
) -> dict[int, Tile]:
    """Choose two workers: one is asked for what the edit concerns, one for what it has to keep."""
    first, second = rng.sample(range(WORKERS), 2)
    held = sorted(right[second])
    keeps = held if held and rng.random() < 0.8 else tiles
    return {first: rng.choice(sorted(near) or tiles), second: rng.choice(keeps)}


def _ask(workers: list[Popen[str]], asked: dict[int, Tile]) -> dict[int, tuple[str, int]]:
    """Return the tag of each worker's answer, and how many tiles it made for it."""
    for place, tile in asked.items():
        stream = workers[place].stdin
        assert stream is not None
        stream.write(f"{tile.z} {tile.x} {tile.y}\n")
        stream.flush()
    answers = {}
    for place in asked:
        stream = workers[place].stdout
        assert stream is not None
        etag, _, made = stream.readline().partition(" ")
        assert made.strip().isdecimal(), etag + made + stream.read()
        answers[place] = etag, int(made)
    return answers


def _anew(store: Store, tile: Tile) -> str:
    layer = catalogue()["units"]
    asked = layer.ask({"level": "grid"}, now=datetime.now(UTC), sight=EVERYTHING)
    return Tiles(store).tile([(layer, asked)], tile.z, tile.x, tile.y).etag


def _meets(tile: Tile, shapes: list[Any]) -> bool:
    frame = shapely.box(*tile.box(MARGIN))
    return bool(shapely.intersects(frame, shapes).any()) if shapes else False


def _square(column: float, line: float, side: float) -> Any:
    west, south = WEST + column * SIDE_DEG, SOUTH + line * SIDE_DEG
    return shapely.MultiPolygon(
        [shapely.box(west, south, west + side * SIDE_DEG, south + side * SIDE_DEG)]
    )


def _add(
    session: Any, ground: Ground, level: str, code: str, parent: str | None, shape: Any
) -> int:
    unit = Unit(
        scheme="general", level=level, code=code, name=f"{parent or ''}{code}", parent_code=parent,
        valid_from=START, geometry=from_shape(shape, srid=SRID),
    )  # fmt: skip
    session.add(unit)
    session.flush()
    ground.shapes[unit.id], ground.levels[unit.id] = shape, level
    ground.parents[unit.id], ground.codes[unit.id] = parent, code
    return int(unit.id)


def _edit(store: Store, ground: Ground, rng: random.Random, number: int) -> list[Any]:
    """Make one commit of one to three changes; return all shapes that it concerns."""
    touched = []
    with store.write() as session:
        for part in range(rng.choice((1, 1, 1, 1, 2))):
            touched += _change(session, ground, rng, f"n{number}-{part}")
    return touched


def _change(session: Any, ground: Ground, rng: random.Random, code: str) -> list[Any]:
    kind = rng.choice(
        ("reshape", "reshape", "reshape", "move", "rename", "level", "parent", "end", "delete",
         "insert", "insert", "other")
    )  # fmt: skip
    if kind == "other":
        session.add(Person(code=code, name="somebody"))
        return []
    if kind == "insert":
        level = rng.choice(("grid", "grid", "community", "street"))
        shape = _square(rng.uniform(0, COLUMNS), rng.uniform(0, LINES), rng.uniform(0.2, 1.2))
        parent = rng.choice([None, *ground.codes.values()])
        return ground.drawn(_add(session, ground, level, code, parent, shape))
    chosen = rng.choice(list(ground.shapes))
    unit = session.get(Unit, chosen)
    before = ground.drawn(chosen)
    _CHANGES[kind](session, ground, rng, unit)
    return before + (ground.drawn(chosen) if chosen in ground.shapes else [])


def _reshape(session: Any, ground: Ground, rng: random.Random, unit: Any) -> None:
    shape = to_shape(unit.geometry) if rng.random() < 0.5 else ground.shapes[unit.id]
    _place(ground, unit, affinity.scale(shape, rng.uniform(0.8, 1.2), rng.uniform(0.8, 1.2)))


def _move(session: Any, ground: Ground, rng: random.Random, unit: Any) -> None:
    steps = (rng.uniform(-2, 2) * SIDE_DEG, rng.uniform(-2, 2) * SIDE_DEG)
    _place(ground, unit, affinity.translate(ground.shapes[unit.id], *steps))


def _place(ground: Ground, unit: Any, shape: Any) -> None:
    unit.geometry = from_shape(shape, srid=SRID)
    ground.shapes[unit.id] = shape


def _rename(session: Any, ground: Ground, rng: random.Random, unit: Any) -> None:
    unit.name = f"{rng.randrange(10**6)}"


def _level(session: Any, ground: Ground, rng: random.Random, unit: Any) -> None:
    unit.level = ground.levels[unit.id] = rng.choice(("grid", "community", "street"))


def _parent(session: Any, ground: Ground, rng: random.Random, unit: Any) -> None:
    unit.parent_code = ground.parents[unit.id] = rng.choice([None, *ground.codes.values()])


def _end(session: Any, ground: Ground, rng: random.Random, unit: Any) -> None:
    unit.valid_to = datetime.now(UTC)
    _forget(ground, unit.id)


def _delete(session: Any, ground: Ground, rng: random.Random, unit: Any) -> None:
    session.delete(unit)
    _forget(ground, unit.id)


def _forget(ground: Ground, unit_id: int) -> None:
    for column in (ground.shapes, ground.levels, ground.parents, ground.codes):
        del column[unit_id]  # type: ignore[attr-defined]


_CHANGES = {
    "reshape": _reshape, "move": _move, "rename": _rename, "level": _level, "parent": _parent,
    "end": _end, "delete": _delete,
}  # fmt: skip
