"""Item 4 of the issue: nobody is told of another's tickets, by whatever they ask.

A service over all tickets is asked by people with different rights, in turn and with warm caches,
while tickets move. Each answer must be the one of a service whose store holds nothing but what that
person sees: no ticket out of sight has any influence on it.
"""

from __future__ import annotations

import io
import random
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from urllib.parse import quote, urlencode

import numpy as np
import openpyxl
import pyogrio
import pytest
from flask import Flask
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from support.postgres import Cluster
from support.rights import PARENTS, REPORTED, Ground, case, cases, is_seen, moved
from support.town import STEP, at

from gridmap.sight import EVERYTHING, Sight, unit_ids
from gridmap.storage import Store, open_store
from gridmap.storage.changes import News
from layers.tiles.mercator import Tile
from web import create_app
from web.broadcast import message

TICKETS = 90
LAYERS = ("units", "tickets", "exceptions", "duties")
#: What differs from page to page by itself: marks used once, places in the log of changes, names.
_BY_ITSELF = re.compile(
    r'nonce="[^"]*"|name="token" value="[^"]*"|"since": ?"[^"]*"|layer_control_[0-9a-f]{32}'
)


def sights() -> list[Sight]:
    """Rights of every kind: nothing, one unit of any level, several, everything."""
    chance = random.Random(4)
    units = sorted(PARENTS)
    some = [frozenset(chance.sample(units, count)) for count in (0, 1, 1, 1, 2, 3)]
    fixed = [frozenset({("general", code)}) for code in ("1111", "112", "113")]
    return [Sight(grounds) for grounds in (*some, *fixed, frozenset({("police", "1111")}))]


SIGHTS = sights()


@dataclass(frozen=True)
class Services:
    """One service over all tickets that is told who asks, and one each for every sight."""

    ground: Ground
    app: Flask
    asking: list[Sight]
    alone: dict[Sight, Flask]
    examples: int

    def both(self, sight: Sight, path: str) -> tuple[Any, Any]:
        """Ask the service of all, and that of this sight alone."""
        self.asking[:] = [sight]
        return answered(self.app, path), answered(self.alone[sight], path)


@pytest.fixture(scope="module", params=["geopackage", "postgis"])
def services(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Services]:
    def granted(sight: Sight) -> Any:
        return lambda: sight

    ground, asking, folder = (
        Ground(cases(TICKETS, seed=4)),
        [EVERYTHING],
        tmp_path_factory.mktemp("r"),
    )
    chosen = SIGHTS if request.param == "geopackage" else SIGHTS[1::3]
    with ExitStack() as opened:
        for number, sight in enumerate([EVERYTHING, *chosen]):
            store = open_store(opened.enter_context(_empty(request, folder / f"{number}.gpkg")))
            opened.callback(store.close)
            ground.hold(store, sight)
        alone = {
            sight: create_app({"STORE": ground.stores[sight], "SIGHT": granted(sight)})
            for sight in chosen
        }
        app = create_app({"STORE": ground.stores[EVERYTHING], "SIGHT": lambda: asking[0]})
        yield Services(ground, app, asking, alone, 15 if request.param == "geopackage" else 5)


@contextmanager
def _empty(request: pytest.FixtureRequest, path: Path) -> Iterator[str]:
    """Make an empty store, on the back end that is asked for."""
    if request.param == "geopackage":
        shutil.copy(request.getfixturevalue("geopackage_template"), path)
        yield f"geopackage:///{path}"
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    with cluster.database(template=request.getfixturevalue("postgis_template")) as url:
        yield url


def answered(app: Flask, path: str) -> tuple[int, Any]:
    """Ask, and take off the answer what has nothing to do with tickets."""
    with app.test_client().get(path) as answer:
        return answer.status_code, _plain(answer.mimetype, answer.data)


def _plain(mimetype: str, body: bytes) -> Any:
    if mimetype == "text/html":
        return _BY_ITSELF.sub("", body.decode())
    if "spreadsheet" in mimetype:
        return list(openpyxl.load_workbook(io.BytesIO(body)).active.iter_rows(values_only=True))
    if "geopackage" in mimetype:
        with NamedTemporaryFile(suffix=".gpkg") as file:
            file.write(body)
            file.flush()
            return pyogrio.read_dataframe(file.name).to_csv()
    return body


def numbers_in(answer: Any) -> set[str]:
    """Every number of a ticket that an answer holds."""
    body = answer[1]
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else str(body)
    return set(re.findall(r"[AB]\d{9}", text))


PARAMETERS = {
    "state": st.sampled_from(["open", "closed", "all"]),
    "exception": st.sampled_from(["", "any", "boundary", "gap"]),
    "matter": st.sampled_from(["", "道路", "垃圾"]),
    "unit": st.sampled_from(["", "11", "111", "1122"]),
    "since": st.sampled_from(["", f"{REPORTED + timedelta(days=1):%Y-%m-%d}"]),
}
PLACES = st.builds(at, st.floats(0, 5.9), st.floats(0, 1.9))


@st.composite
def tiles(draw: st.DrawFn) -> str:
    lon, lat = draw(PLACES)
    z = draw(st.integers(9, 17))
    x, y = (int(part * 2**z) for part in Tile(0, 0, 0).place(np.array([[lon, lat]]))[0])
    keys = draw(st.sampled_from([*LAYERS, "units+tickets", "streets+exceptions+tickets"]))
    return f"/api/tiles/{keys}/{z}/{x}/{y}?{_query(draw, keys)}"


@st.composite
def of_a_layer(draw: st.DrawFn) -> str:
    key = draw(st.sampled_from(LAYERS))
    paths = [f"/api/layers/{key}/features", f"/api/layers/{key}/features/{draw(IDS)}"]
    paths += [f"/download/{key}.{form}" for form in ("csv", "geojson", "xlsx", "gpkg")]
    if key in ("units", "duties"):
        return f"/api/values/{key}"
    path = draw(st.sampled_from(paths))
    return f"{path}?{_query(draw, key, with_box='features/' not in path)}"


def _query(draw: st.DrawFn, keys: str, *, with_box: bool = False) -> str:
    follows = "tickets" in keys or "exceptions" in keys
    wanted = {}
    for name in draw(st.lists(st.sampled_from(sorted(PARAMETERS)), max_size=2)) if follows else ():
        wanted[name] = draw(PARAMETERS[name])
    if with_box and draw(st.booleans()):
        west, south = draw(PLACES)
        wanted["bbox"] = f"{west},{south},{west + 2 * STEP},{south + STEP}"
    return urlencode(wanted)


IDS = st.integers(1, TICKETS + 5)
#: Nearly what was confirmed of tickets, parts of it, and what everybody may look for. The very
#: words of a ticket are answered to whoever gives them, see ARCHITECTURE.md.
TEXTS = st.sampled_from(
    ["老槐树", "旁老槐树下", "lhs", "laohuaishu", "道路破损处", "A0000", "B00002旁老槐树下",
     "单元1111", "单元112老槐树下", "1122", "dy"]
)  # fmt: skip
REQUESTS = st.one_of(
    tiles(),
    tiles(),
    of_a_layer(),
    of_a_layer(),
    st.sampled_from(["A", "B", "A0001", "B0002", "A00003"]).map("/api/tickets/find?q={}".format),
    st.sampled_from(["", "status=open", "exception=any", "unit=111"]).map("/api/tickets?{}".format),
    st.sampled_from(["community", "grid", "street"]).map("/api/units?level={}".format),
    IDS.map("/tickets/{}".format),
    IDS.map("/locate?ticket={}".format),
    TEXTS.map(quote).map("/locate?q={}".format),
    st.builds("/locate?q={}&ticket={}".format, TEXTS.map(quote), IDS),
    TEXTS.map(quote).map("/api/locate?q={}".format),
    TEXTS.map(quote).map("/api/suggest?q={}".format),
    st.sampled_from(["", "page=2", "words=A", "status=closed", "unit=11"]).map(
        "/tickets?{}".format
    ),
    st.sampled_from(["unlocated", "no_owner", "gap", "boundary"]).map("/exceptions?kind={}".format),
    st.sampled_from(["11", "111", "1111", "1122", "113", "1129"]).map("/units/{}".format),
    st.sampled_from(["/", "/units", "/units?level=grid", "/health", "/locate"]),
)
QUESTIONS = st.lists(
    st.tuples(st.sampled_from(range(len(SIGHTS))), REQUESTS), min_size=4, max_size=8
)


#: What has moved stays moved: the same example again would ask something else.
ONCE = (Phase.generate,)


def test_answers_are_those_of_a_service_that_knows_no_other_tickets(services: Services) -> None:
    known = list(services.alone)

    @settings(max_examples=services.examples, phases=ONCE, database=None)
    @given(first=QUESTIONS, then=QUESTIONS, seed=st.integers(0, 2**32))
    def holds(first: Any, then: Any, seed: int) -> None:
        asked = [(known[place % len(known)], path) for place, path in first]
        for sight, path in asked:
            _same(services, sight, path)
        _change(services.ground, random.Random(seed))
        for sight, path in [*asked, *((known[place % len(known)], path) for place, path in then)]:
            _same(services, sight, path)

    holds()


def _same(services: Services, sight: Sight, path: str) -> None:
    among_all, alone = services.both(sight, path)
    assert among_all == alone, (path, sight)
    seen = {one.number for one in services.ground.cases.values() if is_seen(sight, one)}
    assert numbers_in(among_all) <= seen, (path, sight)


def _change(ground: Ground, chance: random.Random) -> None:
    """Let one ticket move, one come, and one go."""
    numbers = sorted(ground.cases)
    ground.change(moved(ground.cases[chance.choice(numbers)], chance))
    ground.change(case(max(numbers) + 1, chance))
    ground.remove(chance.choice(numbers))


def test_each_sees_all_of_their_own(services: Services) -> None:
    """What is kept from others is not kept from those who may see it."""
    for sight in services.alone:
        services.asking[:] = [sight]
        told = numbers_in(answered(services.app, "/api/layers/tickets/features?state=all"))
        mine = [one for one in services.ground.cases.values() if is_seen(sight, one)]
        assert told == {one.number for one in mine if one.place is not None}


def test_words_that_were_confirmed_of_others_tickets_are_nowhere(services: Services) -> None:
    """Whoever asks for parts of them is told neither the words nor that there are any."""
    parts = ["老槐树下", "道路破损处", "旁老槐树", "lhs", ""]
    paths = [f"{page}?q={quote(part)}" for page in ("/locate", "/api/locate") for part in parts]
    paths += [f"/api/suggest?q={quote(part)}" for part in parts]
    for sight in services.alone:
        services.asking[:] = [sight]
        for path in paths:
            answer = answered(services.app, path)
            text = str(answer[1]) if isinstance(answer[1], str) else answer[1].decode()
            assert not numbers_in(answer), (path, sight)
            assert "示例调度员" not in text, (path, sight)
    services.asking[:] = [EVERYTHING]
    assert numbers_in(answered(services.app, "/locate"))


def test_changes_out_of_sight_are_not_told(services: Services) -> None:
    """Whoever asks what has changed hears of tickets that came into sight, moved in it or left."""

    @settings(max_examples=services.examples, phases=ONCE, database=None)
    @given(seed=st.integers(0, 2**32))
    def holds(seed: int) -> None:
        chance, client, cursors = random.Random(seed), services.app.test_client(), {}
        for sight in services.alone:
            services.asking[:] = [sight]
            cursors[sight] = client.get("/api/changes").json["cursor"]
        before = services.ground.cases[chance.choice(sorted(services.ground.cases))]
        after = moved(before, chance)
        services.ground.change(after)
        for sight, cursor in cursors.items():
            services.asking[:] = [sight]
            told = client.get("/api/changes", query_string={"since": cursor}).json["tables"]
            seen = any(is_seen(sight, one) for one in (before, after))
            assert told == ({"tickets": None} if seen else {}), (sight, before, after)

    holds()


def test_streams_tell_what_those_of_a_service_that_knows_no_other_tickets_tell(
    services: Services,
) -> None:
    """Every message of an open stream, whatever moved together before it was written."""
    stores = services.ground.stores

    @settings(max_examples=services.examples, phases=ONCE, database=None)
    @given(seed=st.integers(0, 2**32), times=st.integers(1, 4))
    def holds(seed: int, times: int) -> None:
        began = {sight: news_of(store, None)[0].cursor for sight, store in stores.items()}
        chance = random.Random(seed)
        for _ in range(times):
            _change(services.ground, chance)
        for sight in services.alone:
            among_all = message(*news_of(stores[EVERYTHING], began[EVERYTHING], sight))
            alone = message(*news_of(stores[sight], began[sight], sight))
            assert _told(among_all) == _told(alone), sight

    holds()


def news_of(
    store: Store, since: str | None, sight: Sight = EVERYTHING
) -> tuple[News, set[int] | None]:
    """Read what a broadcaster writes messages of."""
    with store.read() as session:
        return store.news(session, since), unit_ids(session, sight)


def _told(message: bytes | None) -> bytes | None:
    """Take off a message its cursor, which is a place in the log of that store."""
    return message and message.partition(b"\n")[2]


def test_rights_of_the_pool_differ(services: Services) -> None:
    """The rights that are asked with see nothing, some, and most."""
    shares = [
        sum(is_seen(sight, one) for one in services.ground.cases.values()) for sight in SIGHTS
    ]
    assert min(shares) == 0
    assert max(shares) > 0.3 * len(services.ground.cases)
    assert len(set(shares)) > 4
