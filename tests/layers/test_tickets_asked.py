"""Which tickets are meant: every filter alone and together, held against the definition."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.many_tickets import add_ticket
from support.stock import fill
from support.tiles_asked import NOW, asked
from support.town import at

from gridmap.errors import InputError
from gridmap.model import Unit
from gridmap.routing.kinds import KINDS
from gridmap.sight import EVERYTHING, Sight
from gridmap.storage import create_store
from layers.catalogue import catalogue
from layers.tickets_asked import RECENT_TIME, chosen, open_by_unit, read_since, read_until
from layers.tickets_held import HeldTickets

LAYER = catalogue()["tickets"]
GRIDS = ("1111", "1112", "1121", "1122", None)
#: Rule and queue of each kind of exception, and of none.
FATES = {
    None: ("territory", None),
    "boundary": ("boundary", None),
    "gap": ("nearest", None),
    "no_owner": ("territory", "owner"),
    "unlocated": ("unlocated", "locating"),
}
MATTERS = (("0101", "乱停车"), ("0102", "路灯不亮"), ("0201", "垃圾满溢"), (None, None))
DAYS = (0, 3, 40, 400)
SIGHTS = {
    "everything": EVERYTHING,
    "111": Sight(frozenset({("general", "111")})),
    "grids": Sight(frozenset({("general", "1112"), ("general", "1121")})),
    "district": Sight(frozenset({("general", "1")})),
    "nothing": Sight(frozenset()),
    "police": Sight(frozenset({("police", "111")})),
}


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """A store with a ticket of every combination, and what each is."""
    path = tmp_path_factory.mktemp("town") / "gridmap.gpkg"
    store = create_store(f"geopackage:///{path}")
    fill(store)
    known = {}
    with store.write() as session:
        units = {unit.code: unit.id for unit in session.query(Unit)}
        combinations = itertools.product(GRIDS, FATES, ("open", "closed"), DAYS)
        for number, (grid, kind, status, days) in enumerate(combinations):
            rule, queue = FATES[kind]
            code, matter = MATTERS[number % len(MATTERS)]
            ticket = add_ticket(
                session,
                f"X-{number}",
                NOW - timedelta(days=days),
                at=at(0.5, 0.5),
                unit_id=units.get(grid),
                status=status,
                rule=rule,
                queue=queue or (None if grid else "locating"),
                matter=matter,
                matter_code=code,
            )
            known[ticket] = (grid, kind, status, days, code, matter)
    yield store, known
    store.close()


def found(store, sight=EVERYTHING, layer=LAYER, **texts):
    """Ids of the tickets that are meant, those of the town's own left out."""
    with store.read() as session:
        question = layer.settle(session, asked(layer, sight, **texts))
        held = HeldTickets.load(session, NOW - RECENT_TIME)
        return set(held.columns.ids[layer.source.rows(held, question)].tolist())


def meant(known, test):
    """Ids of the tickets that pass a test, old closed ones left out."""
    return {
        number
        for number, (grid, kind, status, days, code, matter) in known.items()
        if (status == "open" or days <= 366) and test(grid, kind, status, days, code, matter)
    }


@settings(max_examples=60)
@given(
    state=st.sampled_from(("open", "closed", "all")),
    exception=st.sampled_from(("", "any", *KINDS)),
    matter=st.sampled_from(("", "01", "0102", "停车", "灯", "nothing")),
    unit=st.sampled_from(("", "1", "11", "111", "1112", "unknown")),
    since=st.sampled_from(("", "2026-10-20", "2026-10-29T12:00:00+08:00")),
    until=st.sampled_from(("", "2026-10-28", "2026-11-01")),
    sight=st.sampled_from(sorted(SIGHTS)),
)
def test_all_filters_together(town, state, exception, matter, unit, since, until, sight):
    store, known = town
    below = {"1": GRIDS[:4], "11": GRIDS[:4], "111": GRIDS[:2], "1112": ("1112",), "unknown": ()}
    seen = {
        "everything": GRIDS,
        "111": GRIDS[:2],
        "grids": ("1112", "1121"),
        "district": GRIDS[:4],
        "nothing": (),
        "police": (),
    }[sight]
    first_days = {"": 1000, "2026-10-20": 3, "2026-10-29T12:00:00+08:00": 3}[since]
    last_days = {"": 0, "2026-10-28": 4, "2026-11-01": 0}[until]

    def test(grid, kind, status, days, code, name):
        return (
            state in ("all", status)
            and (not exception or (kind is not None and exception in ("any", kind)))
            and (not matter or (code or "").startswith(matter) or matter in (name or ""))
            and (not unit or grid in below[unit])
            and grid in seen
            and last_days <= days <= first_days
        )

    texts = {"state": state, "exception": exception, "matter": matter, "unit": unit}
    answer = found(store, SIGHTS[sight], since=since, until=until, **texts)
    assert answer & known.keys() == meant(known, test)


@pytest.mark.parametrize("exception", ["any", *KINDS])
def test_exceptions_by_kind(town, exception):
    store, known = town
    wanted = set(KINDS) if exception == "any" else {exception}
    expected = meant(known, lambda grid, kind, status, *_: status == "open" and kind in wanted)
    assert found(store, exception=exception) & known.keys() == expected
    layer = catalogue()["exceptions"]
    assert found(store, layer=layer, exception=exception) & known.keys() == expected
    if exception == "any":
        assert found(store, layer=layer) & known.keys() == expected


def test_a_ticket_of_a_unit_that_moves_is_seen_elsewhere(town):
    """The key of the answer is another one as soon as units lie otherwise."""
    store, _known = town
    sight = SIGHTS["111"]

    def question():
        with store.read() as session:
            return LAYER.settle(session, asked(LAYER, sight))

    before, inside = question(), found(store, sight)
    with store.write() as session:
        session.query(Unit).filter_by(code="1112").one().parent_code = "112"
    after, later = question(), found(store, sight)
    assert before.texts != after.texts
    assert later < inside
    with store.write() as session:
        session.query(Unit).filter_by(code="1112").one().parent_code = "111"
    assert question().texts == before.texts
    assert found(store, sight) == inside


def test_counts_by_unit_with_those_below(town):
    store, known = town
    with store.read() as session:
        held = HeldTickets.load(session, NOW - RECENT_TIME)
        counts = open_by_unit(held, session, asked(LAYER), "general")
        in_sight = open_by_unit(held, session, asked(LAYER, SIGHTS["111"]), "general")
        nothing = open_by_unit(held, session, asked(LAYER, SIGHTS["nothing"]), "general")
    own = {"1111": 2, "1112": 1, "1121": 1}  # of the town itself
    expected = {}
    for grid in GRIDS[:4]:
        count = len(meant(known, lambda one, _kind, status, *_, grid=grid: (
            one == grid and status == "open"
        )))  # fmt: skip
        for code in (grid, grid[:3], "11", "1"):
            expected[code] = expected.get(code, 0) + count + own.get(grid, 0)
    assert counts == expected
    assert in_sight == {
        **{code: expected[code] for code in ("111", "1111", "1112")},
        "11": expected["111"],
        "1": expected["111"],
    }
    assert nothing == {}


def test_what_is_chosen_is_made_once(town):
    store, _known = town
    with store.read() as session:
        held = HeldTickets.load(session, NOW - RECENT_TIME)
        first, again, other = (
            LAYER.settle(session, asked(LAYER, sight))
            for sight in (EVERYTHING, EVERYTHING, SIGHTS["111"])
        )
    assert chosen(held, first) is chosen(held, again)
    assert chosen(held, first) is not chosen(held, other)


def test_days_are_those_of_the_site(monkeypatch):
    monkeypatch.setenv("GRIDMAP_TIME_ZONE", "Asia/Shanghai")
    moments = [datetime.fromtimestamp(read("2026-10-03") / 1e6, UTC)
               for read in (read_since, read_until)]  # fmt: skip
    assert [f"{moment:%d %H:%M}" for moment in moments] == ["02 16:00", "03 16:00"]
    exact = datetime.fromtimestamp(read_until("2026-10-03 08:15") / 1e6, UTC)
    assert f"{exact:%d %H:%M}" == "03 00:15"
    assert read_since("") is read_until(" ") is None


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        ({"state": "lost"}, "'lost' is no state of tickets: use open, closed, all."),
        ({"since": "soon"}, "'soon' is no date: write it as 2026-10-03."),
        ({"until": "2026-13-40"}, "'2026-13-40' is no date"),
        ({"until": "2199-12-31"}, None),
        ({"exception": "odd"}, "'odd' is no kind of exception: use any, unlocated"),
        ({"matter": "x" * 101}, "101 characters are too many: give at most 100."),
        ({"unit": "x" * 101}, "101 characters are too many: give at most 100."),
    ],
)
def test_what_cannot_be_meant_is_refused(texts, sentence):
    if sentence is None:
        assert asked(LAYER, **texts)
        return
    with pytest.raises(InputError) as refused:
        asked(LAYER, **texts)
    assert sentence in str(refused.value)
