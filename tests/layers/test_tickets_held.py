"""Tickets in memory: what is held, and that a changed snapshot is the one read anew."""

import random
from dataclasses import fields
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import delete, update
from support.many_tickets import add_ticket, decide
from support.stock import fill
from support.tiles_asked import NOW
from support.town import at

from gridmap.model import Decision, Ticket, Unit
from gridmap.moments import to_moment
from layers.tickets_held import KIND_NUMBERS, NO_UNIT, Columns, HeldTickets

SINCE = NOW - timedelta(days=366)
MONTH = timedelta(days=30)


@pytest.fixture
def town(store):
    fill(store)
    return store


def load(store):
    with store.read() as session:
        return HeldTickets.load(session, SINCE)


def same(first, second):
    """Whether two snapshots hold the same tickets, matters told by their names."""
    for field in fields(Columns):
        columns = [getattr(one.columns, field.name) for one in (first, second)]
        if field.name == "matter":
            columns = [[one.matters[i] for i in one.columns.matter] for one in (first, second)]
            assert columns[0] == columns[1]
        else:
            is_float = columns[0].dtype.kind == "f"
            assert np.array_equal(*columns, equal_nan=is_float), field.name
            assert columns[0].dtype == columns[1].dtype
    return True


def test_what_is_held_of_a_ticket(town):
    with town.write() as session:
        grid = session.query(Unit).filter_by(code="1111").one().id
        number = add_ticket(
            session,
            "T-9",
            NOW,
            at=at(0.5, 0.5),
            unit_id=grid,
            rule="boundary",
            flagged=True,
            matter="乱停车",
            matter_code="01",
        )
    held = load(town)
    row = held.columns.taken(held.columns.ids == number)
    assert row.number.tolist() == ["T-9"]
    assert row.lonlat.tolist() == [[pytest.approx(117.005), pytest.approx(40.005)]]
    assert 0.8 < row.world[0, 0] < 0.83
    assert 0.37 < row.world[0, 1] < 0.38
    assert row.is_open.all()
    assert row.is_flagged.all()
    assert row.reported.tolist() == [to_moment(NOW)]
    assert held.matters[row.matter[0]] == ("01", "乱停车")
    assert row.kind.tolist() == [KIND_NUMBERS["boundary"]]
    assert row.unit_id.tolist() == [grid]


def test_nothing_of_the_reporter_and_no_words_are_held():
    names = {field.name for field in fields(Columns)}
    assert not {name for name in names if "report" in name and name != "reported"}
    assert not names & {"content", "address", "reporter_name", "reporter_phone"}


def test_open_tickets_are_held_whatever_their_age_closed_ones_for_a_year(store):
    with store.write() as session:
        old = SINCE - MONTH
        add_ticket(session, "old and open", old)
        add_ticket(session, "old and closed", old, status="closed")
        add_ticket(session, "closed", NOW - MONTH, status="closed")
        add_ticket(session, "early that day", SINCE.replace(hour=0), status="closed")
    found = load(store).columns
    assert sorted(found.number.tolist()) == ["closed", "early that day", "old and open"]
    assert np.isnan(found.lonlat).all()
    assert (found.unit_id == NO_UNIT).all()


def test_an_empty_store(store):
    held = load(store)
    assert len(held) == 0
    assert held.columns.lonlat.shape == (0, 2)
    with store.write() as session:
        number = add_ticket(session, "first", NOW)
    with store.read() as session:
        assert same(held.after(session, [(number, number)]), load(store))


def test_a_snapshot_is_not_changed_by_the_next_one(town):
    held = load(town)
    before = held.columns.is_open.copy()
    with town.write() as session:
        session.execute(update(Ticket).where(Ticket.id == 1).values(status="closed"))
    with town.read() as session:
        later = held.after(session, [(1, 1)])
    assert np.array_equal(held.columns.is_open, before)
    assert held.columns.is_open.sum() == later.columns.is_open.sum() + 1
    with town.read() as session:
        assert later.after(session, []) is later


def _edit(session, rng, ids):
    """Change the tickets somehow, and tell which were concerned."""
    kind = rng.choice(("add", "close", "decide", "delete", "move", "age"))
    if kind == "add" or not ids:
        place = rng.choice((None, at(rng.random(), rng.random())))
        number = f"N-{rng.random()}"
        return add_ticket(session, number, NOW, at=place, matter=rng.choice(("甲", "乙", None)))
    one = rng.choice(ids)
    chosen = update(Ticket).where(Ticket.id == one)
    if kind == "close":
        session.execute(chosen.values(status="closed"))
    elif kind == "decide":
        current = update(Decision).where(Decision.ticket_id == one)
        session.execute(current.values(is_current=False))
        decide(session, one, NOW, None, queue="owner", flagged=True)
    elif kind == "delete":
        session.execute(delete(Ticket).where(Ticket.id == one))
    elif kind == "move":
        session.execute(chosen.values(geometry=f"SRID=4490;POINT({117 + rng.random()} 40)"))
    else:
        session.execute(chosen.values(reported_at=SINCE - MONTH, status="closed"))
    return one


@pytest.mark.parametrize("seed", range(3))
def test_after_random_edits_it_is_what_would_be_read_anew(town, seed):
    rng = random.Random(seed)
    held = load(town)
    for _ in range(8):
        concerned = []
        with town.write() as session:
            for _ in range(rng.randint(1, 4)):
                known = [number for (number,) in session.query(Ticket.id).order_by(Ticket.id)]
                concerned.append(_edit(session, rng, known))
        ranges = [(one, one) for one in concerned]
        if rng.random() < 0.3:
            ranges = [(min(concerned), max(concerned))]
        with town.read() as session:
            held = held.after(session, ranges)
        assert same(held, load(town))


def test_more_changes_than_are_worth_naming_are_read_anew(town):
    held = load(town)
    with town.write() as session:
        session.execute(update(Ticket).values(status="closed"))
    with town.read() as session:
        later = held.after(session, [(2 * number, 2 * number) for number in range(1, 3_000)])
    assert same(later, load(town))


@pytest.mark.parametrize("seed", range(3))
def test_gone_forward_it_is_what_would_be_read_anew(store, seed):
    rng = random.Random(seed)
    with store.write() as session:
        for number in range(60):
            reported = SINCE + timedelta(hours=rng.randrange(24 * 12))
            add_ticket(session, f"N-{number}", reported, status=rng.choice(("open", "closed")))
    held, since = load(store), SINCE
    for _ in range(5):
        since += timedelta(hours=rng.randrange(72))
        with store.write() as session:
            known = [number for (number,) in session.query(Ticket.id).order_by(Ticket.id)]
            concerned = _edit(session, rng, known)
        with store.read() as session:
            held = held.forward(since).after(session, [(concerned, concerned)])
            anew = HeldTickets.load(session, since)
        assert same(held, anew)
        assert held.since == anew.since
    assert held.forward(since) is held
    assert held.forward(SINCE) is held
