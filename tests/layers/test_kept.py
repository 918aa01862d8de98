"""What is kept lasts as long as the revision that it was made of."""

from datetime import UTC, datetime, timedelta

import pytest
from support.stock import BEGAN, fill
from support.tiles_asked import NOW

from gridmap.model import Absence, Person, Place, Unit
from layers.kept import Kept, Moments, kept, moments


def test_a_thing_is_made_once_and_the_oldest_are_forgotten():
    made = []
    store = Kept()
    for number in (1, 2, 1):
        store.once(number, lambda number=number: made.append(number))
    assert made == [1, 2]
    for number in range(3, 300):
        store.once(1, lambda: made.append("again"))
        store.once(number, lambda: None)
    assert "again" not in made  # used all the time
    store.once(2, lambda: made.append("forgotten"))
    assert made[-1] == "forgotten"


def test_moments_in_order():
    days = [datetime(2026, 1, day, tzinfo=UTC) for day in (3, 1)]
    found = Moments(set(days))
    assert found.after(days[1] - timedelta(days=1)) == days[1]
    assert found.after(days[1]) == days[0]
    assert found.after(days[0]) is None
    editions = [found.edition(days[1] + timedelta(days=offset)) for offset in (-1, 0, 1, 2)]
    assert editions == [0, 1, 1, 2]


@pytest.mark.parametrize("subject", ["organisation", "gazetteer"])
def test_it_lasts_until_the_next_revision(store, subject):
    fill(store)
    with store.read() as session:
        first = kept(session, subject)
        assert kept(session, subject) is first
    with store.read() as session:
        assert kept(session, subject) is first
    with store.write() as session:
        if subject == "organisation":
            session.query(Unit).filter_by(code="1111").one().name = "另一名"
        else:
            session.add(Place(kind="estate", name="示例小区", source="test"))
    with store.read() as session:
        assert kept(session, subject) is not first


def test_nothing_is_kept_of_a_session_that_writes(store):
    with store.write() as session:
        assert kept(session, "organisation") is not kept(session, "organisation")


def test_moments_of_all_that_begins_and_ends(store):
    fill(store)
    tomorrow = NOW + timedelta(days=1)
    with store.write() as session:
        person = session.query(Person).first().id
        session.add(Absence(person_id=person, valid_from=tomorrow))
        session.add(Place(kind="estate", source="test", valid_to=tomorrow))
    with store.read() as session:
        organisation, gazetteer = (
            moments(session, subject) for subject in ("organisation", "gazetteer")
        )
    assert organisation.after(BEGAN - timedelta(days=1)) == BEGAN
    assert organisation.after(NOW) == gazetteer.after(NOW) == tomorrow
    assert gazetteer.after(tomorrow) is None


def test_what_is_lent_is_seen_and_nothing_is_put_to_it():
    store = Kept()
    store.once("state", lambda: "before")
    lent = store.lent()
    assert lent.once("state", lambda: "later") == "before"
    assert lent.once("other", lambda: "later") == "later"
    assert store.get("other") is None
