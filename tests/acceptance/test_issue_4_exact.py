"""Issue 4, acceptance 3: an edit changes the answer of exactly the tiles that contain the unit.

Four processes, each with tiles of its own, answer while the store is changed a thousand times: some
of the edits are of units alone, then of units, tickets, places and duties together. After each of
these one or two workers are asked. What they answer is held against the answer of a cache that has
just begun, and what they made anew against what the edits had to do with it. For the rest of the
edits nobody waits: all workers are asked all the while, and each answer must be the one of a single
state of the store, not older than its question nor than what the same worker answered before.

An answer may be made anew only for one of these reasons, all of which are asserted:

- Tiles of shapes: a row of the layer's tables that was changed has, or had, its ground within the
  tile with its margin. A unit counts with those right below it, which are told by its name.
- Tiles of tickets: a ticket that was changed is or was within the tile with its reach, of a unit in
  the sight of the question.
- Values: any row of their tables was changed; of tickets, again, one in sight.
- Any: the question is settled otherwise than it was: which levels are drawn at which zoom, and for
  tickets the tree of the units (their codes, levels, times and what they lie in, not their ground).
- With more than sixteen questions of shapes that a change may concern, those with the fewest tiles
  lose what lies in its box: `layers.tiles.keeping`, and tests/layers/tiles/test_keeping.py.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from subprocess import Popen
from threading import Event
from typing import Any

import pytest
import shapely
from support.living import (
    COLUMNS,
    LINES,
    SIDE_DEG,
    SOUTH,
    WEST,
    Ground,
    Tickets,
    Touched,
    add_duty,
    add_units,
    change_place,
    change_unit,
)
from support.processes import python
from support.racing import Racing, State, check_order, heard_of, wishes
from support.tile_workers import PROGRAM, Reply, hear, line_of, tell

from gridmap.sight import EVERYTHING, Sight, unit_ids
from gridmap.storage import Store
from layers.catalogue import catalogue
from layers.layer import Asked, MapLayer, Points
from layers.tickets_points import REACH
from layers.tiles.drawing import MARGIN
from layers.tiles.engine import Tiles
from layers.tiles.mercator import Tile, tile_at

#: Edits of units alone, of all kinds together, and those for which nobody waits: 1,000.
OF_UNITS, OF_ALL, RACING = 250, 250, 500
WORKERS = 4
#: The log's boxes of deleted rows are rounded outwards on the embedded store.
ROUNDING_DEG = 2e-5


@dataclass(frozen=True)
class Question:
    """A tile of a layer, or its values where there is no tile."""

    key: str
    tile: Tile | None
    texts: tuple[tuple[str, str], ...] = ()
    sight: Sight = EVERYTHING

    @property
    def layer(self) -> MapLayer:
        """The layer that is asked."""
        return catalogue()[self.key]

    @property
    def kind(self) -> str:
        """What kind of answer it has."""
        points = isinstance(self.layer.source, Points)
        return "values" if self.tile is None else "points" if points else "shapes"

    def asked(self) -> Asked:
        """Return the question as of now."""
        return self.layer.ask(dict(self.texts), now=datetime.now(UTC), sight=self.sight)

    def line(self) -> str:
        """Write it for a worker."""
        return line_of([(self.key, dict(self.texts))], self.sight, self.tile)

    def concerned_by(self, touched: Touched, seen: dict[Sight, set[int] | None]) -> bool:
        """Tell whether a change is a reason to make the answer anew."""
        layer = self.layer
        if self.kind == "values":
            assert layer.values is not None
            return touched.table in layer.values.tables and self._notices(touched, seen)
        if self.kind == "points":
            near = _meets(self.tile, touched.shapes, REACH)
            return touched.table == "tickets" and self._notices(touched, seen) and near
        source: Any = layer.source
        of_it = touched.table in {source.table_of(part) for part in source.parts}
        return of_it and _meets(self.tile, touched.shapes, MARGIN)

    def _notices(self, touched: Touched, seen: dict[Sight, set[int] | None]) -> bool:
        units = seen[self.sight]
        return units is None or not touched.units or not units.isdisjoint(touched.units)


@dataclass
class Held:
    """What a worker must have kept: how each question was settled when it was answered."""

    settled: dict[Question, dict[str, str]] = field(default_factory=dict)

    def forget(self, touched: list[Touched], seen: dict[Sight, set[int] | None]) -> None:
        """Expect no longer what changes concern."""
        for question in list(self.settled):
            if any(question.concerned_by(one, seen) for one in touched):
                del self.settled[question]


@pytest.fixture
def ground(store: Store) -> Ground:
    with store.write() as session:
        return add_units(session)


@pytest.fixture
def workers(store_url: str, ground: Ground) -> Iterator[list[Popen[str]]]:
    with ExitStack() as running:
        yield [running.enter_context(python(PROGRAM, store_url)) for _ in range(WORKERS)]


def test_no_answer_is_stale_torn_or_thrown_away_without_reason(
    store: Store, ground: Ground, workers: list[Popen[str]]
) -> None:
    _live_of_units(store, ground, workers)
    _live_of_all(store, ground, workers)
    _race(store, workers)


def _live_of_units(store: Store, ground: Ground, workers: list[Popen[str]]) -> None:
    def edit(session: Any, rng: random.Random, code: str) -> list[Touched]:
        return [Touched("units", change_unit(session, ground, rng, f"u{code}"))]

    grids = [Question("units", tile, (("level", "grid"),)) for tile in _tiles(14, 16)]
    kept = _live(store, workers, grids, edit, OF_UNITS)
    assert kept["shapes"] > OF_UNITS / 8


def _live_of_all(store: Store, ground: Ground, workers: list[Popen[str]]) -> None:
    places: dict[int, Any] = {}
    tickets = Tickets()

    def edit(session: Any, rng: random.Random, code: str) -> list[Touched]:
        kind = rng.choice(("unit", "ticket", "ticket", "place", "place", "duty"))
        if kind == "unit":
            return [Touched("units", change_unit(session, ground, rng, code, is_kept=True))]
        if kind == "ticket":
            return [tickets.change(session, ground, rng, code)]
        if kind == "place":
            return [change_place(session, places, rng)]
        return [add_duty(session, ground, rng, code)]

    with store.write() as session:
        rng = random.Random(5)
        for number in range(40):
            tickets.change(session, ground, rng, f"first {number}")
            change_place(session, places, rng)
    kept = _live(store, workers, _questions(ground), edit, OF_ALL)
    assert all(kept[kind] > OF_ALL / 100 for kind in ("shapes", "points", "values")), kept


def _questions(ground: Ground) -> list[Question]:
    """Ask for tiles and values of layers of every kind, within several sights."""
    first, second = _widest(ground)
    grid = next(code for one, code in ground.codes.items() if ground.levels[one] == "grid")
    sights = [
        EVERYTHING,
        Sight(frozenset({("general", first)})),
        Sight(frozenset({("general", second), ("general", grid)})),
        Sight(frozenset()),
    ]
    some = _tiles(12) + _tiles(14)[::6] + _tiles(16)[::9]
    found = [
        Question(key, tile)
        for key in ("units", "duties", "buildings", "names", "green")
        for tile in some
        if tile.z >= catalogue()[key].min_zoom
    ]
    found += [Question("units", tile, (("level", "community"),)) for tile in some]
    found += [
        Question("tickets", tile, texts, sight)
        for sight in sights
        for texts in ((), (("state", "all"),), (("unit", second), ("state", "all")))
        for tile in some
    ]
    found += [Question("exceptions", tile, (), sight) for sight in sights for tile in some]
    levels = ((), (("level", "grid"),), (("scheme", "another"),))
    told = [("units", texts) for texts in levels] + [("duties", texts) for texts in levels]
    return found + [Question(key, None, texts, sight) for key, texts in told for sight in sights]


def _widest(ground: Ground) -> list[str]:
    """Return the two units with the most units below."""
    below = Counter(parent for parent in ground.parents.values() if parent)
    there = set(ground.codes.values())
    return [code for code, _ in below.most_common() if code in there][:2]


def _chosen(rng: random.Random, questions: list[Question]) -> Question:
    """Choose a question, of each kind alike."""
    kind = rng.choice(sorted({one.kind for one in questions}))
    return rng.choice([one for one in questions if one.kind == kind])


def _tiles(*zooms: int) -> list[Tile]:
    """Tiles at some zooms, some beyond the units."""
    places = [
        (WEST + column * SIDE_DEG, SOUTH + line * SIDE_DEG)
        for column in range(-1, COLUMNS + 2, 2)
        for line in range(-1, LINES + 2, 2)
    ]
    return sorted({tile_at(*place, z) for z in zooms for place in places})


def _live(
    store: Store, workers: list[Popen[str]], questions: list[Question], edit: Any, edits: int
) -> Counter[str]:
    """Edit and ask; return how many answers of each kind were kept although something changed."""
    rng = random.Random(4)
    held = [Held() for _ in workers]
    kept: Counter[str] = Counter()
    for number in range(edits):
        concerned = _edit(store, rng, number, questions, held, edit)
        asked = _asked(rng, questions, concerned, held)
        answers = _ask(workers, asked)
        for place, question in asked.items():
            etag, made, _ = answers[place]
            right, settled = _anew(store, question)
            assert etag == right, f"edit {number}: {question} of worker {place} is stale"
            if held[place].settled.get(question) == settled:
                assert not made, f"edit {number}: {question} was thrown away without reason"
                kept[question.kind] += 1
            held[place].settled[question] = settled
    for question in questions:
        everywhere = _ask(workers, dict.fromkeys(range(WORKERS), question))
        assert {one.etag for one in everywhere.values()} == {_anew(store, question)[0]}, question
    return kept


def _edit(
    store: Store, rng: random.Random, number: int, questions: list[Question], held: list[Held],
    edit: Any,
) -> list[Question]:  # fmt: skip
    """Make one commit of one or two changes; return the questions that it concerns."""
    touched: list[Touched] = []
    before = _seen(store, questions)
    with store.write() as session:
        for part in range(rng.choice((1, 1, 1, 1, 2))):
            touched += edit(session, rng, f"n{number}-{part}")
    # A ticket and a unit may have changed together: in sight is what was before or is now.
    after = _seen(store, questions)
    seen = {sight: units and units | (after[sight] or set()) for sight, units in before.items()}
    for one in held:
        one.forget(touched, seen)
    return [one for one in questions if any(one.concerned_by(what, seen) for what in touched)]


def _seen(store: Store, questions: list[Question]) -> dict[Sight, set[int] | None]:
    with store.read() as session:
        return {sight: unit_ids(session, sight) for sight in {one.sight for one in questions}}


def _asked(
    rng: random.Random, questions: list[Question], concerned: list[Question], held: list[Held]
) -> dict[int, Question]:
    """Choose workers: one is asked for what the edit concerns, one often for what it has to keep.

    To the others the next question comes after two commits, or more.
    """
    first, second = rng.sample(range(WORKERS), 2)
    keeps = list(held[second].settled)
    chosen = keeps if keeps and rng.random() < 0.9 else questions
    asked = {first: _chosen(rng, concerned or questions)}
    return asked | ({second: _chosen(rng, chosen)} if rng.random() < 0.6 else {})


def _ask(workers: list[Popen[str]], asked: dict[int, Question]) -> dict[int, Reply]:
    """Return the answer of each worker."""
    for place, question in asked.items():
        tell(workers[place], question.line())
    return {place: hear(workers[place]) for place in asked}


def _anew(store: Store, question: Question) -> tuple[str, dict[str, str]]:
    """Return the tag of the answer of a cache that begins, and how the question is settled."""
    layer, asked, tile = question.layer, question.asked(), question.tile
    with store.read() as session:
        settled = dict(layer.settle(session, asked).texts)
    tiles = Tiles(store)
    if tile is None:
        return tiles.values(layer, asked).etag, settled
    return tiles.tile([(layer, asked)], tile.z, tile.x, tile.y).etag, settled


def _meets(tile: Tile | None, shapes: list[Any], margin: float) -> bool:
    assert tile is not None
    return bool(shapely.intersects(_frame(tile, margin), shapes).any()) if shapes else False


@cache
def _frame(tile: Tile, margin: float) -> Any:
    west, south, east, north = tile.box(margin)
    far = ROUNDING_DEG
    return shapely.box(west - far, south - far, east + far, north + far)


def _race(store: Store, workers: list[Popen[str]]) -> None:
    """Edit without waiting while all workers are asked."""
    racing, over = Racing(random.Random(6)), Event()
    with store.write() as session:
        racing.begin(session)

    def write() -> None:
        try:
            for number in range(RACING):
                with store.write() as session:
                    racing.edit(session)
                racing.committed = number + 1
        finally:
            over.set()

    with ThreadPoolExecutor(WORKERS + 1) as threads:
        writing = threads.submit(write)
        asking = [
            threads.submit(heard_of, worker, racing, over, random.Random(place))
            for place, worker in enumerate(workers)
        ]
    writing.result()
    for place, heard in enumerate(one.result() for one in asking):
        assert sum(one.first < one.last for one in heard) > RACING / 50, "these never overlapped"
        check_order(place, heard, racing.states)
    _check_end(store, workers, racing.states)


def _check_end(store: Store, workers: list[Popen[str]], states: list[State]) -> None:
    """Hold what all workers answer in the end against tiles that begin, and those against states.

    Most of it is of the last state alone, or the race would show nothing.
    """
    before = 0
    for wish in wishes():
        for worker in workers:
            tell(worker, wish.line())
        everywhere = {hear(worker).etag for worker in workers}
        now, tiles = datetime.now(UTC), Tiles(store)
        wanted = [
            (catalogue()[key], catalogue()[key].ask(texts, now=now, sight=wish.sight))
            for key, texts in wish.layers
        ]
        place = wish.tile
        answer = (
            tiles.tile(wanted, place.z, place.x, place.y) if place else tiles.values(*wanted[0])
        )
        assert everywhere == {answer.etag}, wish
        shown = wish.read(answer.body)
        assert wish.is_of(states[-1], shown), wish
        before += wish.is_of(states[-2], shown)
    assert before < len(wishes()) / 2
