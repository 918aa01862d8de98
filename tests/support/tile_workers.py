"""Worker processes that answer with tiles of their own, as those of a server do."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from subprocess import Popen
from typing import NamedTuple

from gridmap.sight import Sight
from layers.tiles.mercator import Tile

#: Takes questions line by line, given the address of the store.
PROGRAM = """
import base64, json, sys
from datetime import UTC, datetime
from gridmap.sight import Sight
from gridmap.storage import open_store
from layers.catalogue import catalogue
from layers.tiles import engine
made = 0
def counted(make):
    def counting(*arguments):
        global made
        made += 1
        return make(*arguments)
    return counting
engine.made_of_rows = counted(engine.made_of_rows)
engine.made_of_points = counted(engine.made_of_points)
engine.Tiles._told = counted(engine.Tiles._told)
tiles = engine.Tiles(open_store(sys.argv[1]))
for line in sys.stdin:
    before = made
    layers, grounds, tile = json.loads(line)
    sight = Sight(None if grounds is None else frozenset(map(tuple, grounds)))
    now = datetime.now(UTC)
    wanted = [(catalogue()[key], catalogue()[key].ask(texts, now=now, sight=sight))
              for key, texts in layers]
    answer = tiles.values(*wanted[0]) if tile is None else tiles.tile(wanted, *tile)
    print(answer.etag, made - before, base64.b64encode(answer.body).decode(), flush=True)
"""


class Reply(NamedTuple):
    """What a worker answers, and how often it made something for it."""

    etag: str
    made: int
    body: bytes


def line_of(
    layers: Sequence[tuple[str, Mapping[str, str]]], sight: Sight, tile: Tile | None
) -> str:
    """Write a question: a tile of layers, each by its key and what it is asked, or the values."""
    grounds = None if sight.grounds is None else sorted(sight.grounds)
    place = None if tile is None else (tile.z, tile.x, tile.y)
    return json.dumps([[(key, dict(texts)) for key, texts in layers], grounds, place])


def tell(worker: Popen[str], line: str) -> None:
    """Ask a worker, without waiting for the answer."""
    assert worker.stdin is not None
    worker.stdin.write(line + "\n")
    worker.stdin.flush()


def hear(worker: Popen[str]) -> Reply:
    """Wait for the answer of a worker."""
    assert worker.stdout is not None
    told = worker.stdout.readline()
    etag, _, rest = told.removesuffix("\n").partition(" ")
    made, _, body = rest.partition(" ")
    assert made.isdecimal(), told + worker.stdout.read()
    return Reply(etag, int(made), base64.b64decode(body))
