"""What somebody sees: subtrees of units, as they lie at a moment, on both stores."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from gridmap.model import Decision, Ticket, Unit
from gridmap.sight import EVERYTHING, Sight, is_seen, unit_ids
from gridmap.storage import create_store

BEGAN = datetime(2025, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 1, tzinfo=UTC)
CODES = "abcdef"


@pytest.fixture(scope="module")
def stores(module_postgis_url, tmp_path_factory):
    path = tmp_path_factory.mktemp("stores") / "gridmap.gpkg"
    both = create_store(str(path)), create_store(module_postgis_url)
    yield both
    for store in both:
        store.close()


def unit(code, parent=None, *, scheme="general", start=BEGAN, end=None):
    return Unit(
        scheme=scheme,
        level="grid",
        code=code,
        name=code,
        parent_code=parent,
        valid_from=start,
        valid_to=end,
    )


def sight(*codes, scheme="general"):
    return Sight(frozenset((scheme, code) for code in codes))


def seen(store, wanted, at=NOW):
    """Codes of the versions in sight, each with the year in which it begins."""
    with store.read() as session:
        ids = unit_ids(session, wanted, at)
        rows = session.execute(select(Unit.code, Unit.valid_from).where(Unit.id.in_(ids)))
        return sorted((code, start.year) for code, start in rows)


def test_a_key_is_short_and_tells_sights_apart():
    assert EVERYTHING.key == "all"
    keys = {sight().key, sight("a").key, sight("b").key, sight("a", "b").key, "all"}
    keys.add(sight("a", scheme="police").key)
    assert len(keys) == 6
    assert sight("a", "b").key == sight("b", "a").key
    assert all(len(key) <= 32 for key in keys)


def test_a_subtree_with_all_its_versions(store):
    change = NOW - timedelta(days=30)
    with store.write() as session:
        session.add_all(
            [
                unit("s"),
                unit("c", "s"),
                unit("g", "c", end=change),
                unit("g", "c", start=change),
                unit("x"),
                unit("g", "c", scheme="police"),
            ]
        )
    assert seen(store, sight("c")) == [("c", 2025), ("g", 2025), ("g", 2026)]
    assert seen(store, sight("s", "x")) == [
        ("c", 2025),
        ("g", 2025),
        ("g", 2026),
        ("s", 2025),
        ("x", 2025),
    ]
    assert seen(store, sight()) == []
    assert seen(store, sight("unknown")) == []
    with store.read() as session:
        assert unit_ids(session, EVERYTHING) is None


def test_ground_that_moves_is_seen_where_it_lies_now_with_its_past(store):
    change = NOW - timedelta(days=30)
    with store.write() as session:
        session.add_all(
            [
                unit("c"),
                unit("d"),
                unit("g", "c", end=change),
                unit("g", "d", start=change),
                unit("h", "g"),
            ]
        )
    past = change - timedelta(days=1)
    assert seen(store, sight("c")) == [("c", 2025)]
    assert seen(store, sight("d")) == [("d", 2025), ("g", 2025), ("g", 2026), ("h", 2025)]
    assert ("g", 2026) in seen(store, sight("c"), past)
    assert seen(store, sight("d"), past) == [("d", 2025)]


def test_what_has_ended_stays_where_it_was_and_what_is_to_come_is_not_seen_yet(store):
    with store.write() as session:
        session.add_all(
            [
                unit("c"),
                unit("old", "c", end=NOW - timedelta(days=30)),
                unit("new", "c", start=NOW + timedelta(days=30)),
            ]
        )
    assert seen(store, sight("c")) == [("c", 2025), ("old", 2025)]


def test_a_ticket_is_seen_with_the_unit_of_its_current_decision(store):
    with store.write() as session:
        units = [unit("c"), unit("d"), unit("g", "c")]
        session.add_all(units)
        session.flush()
        for number, owners in (("in", [units[1], units[2]]), ("out", [units[1]]), ("none", [None])):
            ticket = _ticket(number)
            session.add(ticket)
            session.flush()
            for place, owner in enumerate(owners, start=1):
                session.add(_decision(ticket, owner, is_current=place == len(owners)))
        session.add(_ticket("undecided"))
    assert _numbers(store, sight("c")) == ["in"]
    assert _numbers(store, sight("d")) == ["out"]
    assert _numbers(store, sight()) == []
    assert _numbers(store, EVERYTHING) == ["in", "none", "out", "undecided"]


def _numbers(store, wanted):
    query = (
        select(Ticket.number)
        .outerjoin(Decision, (Decision.ticket_id == Ticket.id) & Decision.is_current)
        .where(is_seen(wanted, NOW))
    )
    with store.read() as session:
        return sorted(session.scalars(query))


def _ticket(number):
    return Ticket(
        source="test",
        number=number,
        reported_at=NOW,
        status="open",
        locating_method="none",
        confidence=0.0,
        digest=0,
    )


def _decision(ticket, owner, *, is_current):
    return Decision(
        ticket_id=ticket.id,
        decided_at=NOW,
        as_of=NOW,
        rule="territory",
        unit_id=owner and owner.id,
        queue=None if owner else "locating",
        emergency=False,
        flagged=False,
        alternatives="",
        reason_zh="",
        reason_en="",
        is_current=is_current,
    )


#: Versions of units: a code, the one above it (or none, or itself), and when it begins and ends.
VERSIONS = st.lists(
    st.tuples(
        st.sampled_from(CODES),
        st.none() | st.sampled_from(CODES),
        st.integers(-4, 2),
        st.none() | st.integers(1, 3),
    ),
    max_size=14,
    unique_by=lambda version: (version[0], version[2]),
)


def _expected(versions, tops):
    """Codes in sight, told step by step: each unit lies where its last begun version says."""
    in_order = sorted(versions, key=lambda version: version[2])
    standing = {code: parent for code, parent, start, _end in in_order if start <= 0}
    inside = {code for code, _parent, _start, _end in versions if code in tops}
    for _ in CODES:
        inside |= {code for code, parent in standing.items() if parent in inside}
    return {(code, start) for code, _parent, start, _end in versions if code in inside}


@settings(max_examples=40)
@given(versions=VERSIONS, tops=st.sets(st.sampled_from(CODES), max_size=3))
def test_both_stores_see_what_the_definition_says(stores, versions, tops):
    month = timedelta(days=30)
    for store in stores:
        with store.write() as session:
            session.execute(delete(Unit))
            for code, parent, start, length in versions:
                begins = NOW + start * month
                ends = None if length is None else begins + length * month
                session.add(unit(code, parent, start=begins, end=ends))
        with store.read() as session:
            ids = unit_ids(session, sight(*tops), NOW)
            rows = session.execute(select(Unit.id, Unit.code, Unit.valid_from))
            found = {(code, (begins - NOW) // month) for id_, code, begins in rows if id_ in ids}
        assert found == _expected(versions, tops)
