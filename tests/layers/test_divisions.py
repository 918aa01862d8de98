"""What is in sight is found in memory, and is what the store itself answers."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, event

from gridmap.model import Unit
from gridmap.sight import EVERYTHING, Sight, unit_ids
from gridmap.storage import create_store
from layers.divisions import seen_rows, seen_units, tree

NOW = datetime(2026, 11, 1, tzinfo=UTC)
MONTH = timedelta(days=30)
CODES, SCHEMES = "abcdef", ("general", "police")
#: Versions: scheme, code, the one above (or none, or itself), month of its begin, months it lasts.
VERSIONS = st.lists(
    st.tuples(
        st.sampled_from(SCHEMES),
        st.sampled_from(CODES),
        st.none() | st.sampled_from(CODES),
        st.integers(-4, 2),
        st.none() | st.integers(1, 3),
    ),
    max_size=20,
    unique_by=lambda version: (version[0], version[1], version[3]),
)
GROUNDS = st.frozensets(st.tuples(st.sampled_from(SCHEMES), st.sampled_from(CODES)), max_size=4)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    store = create_store(f"geopackage:///{tmp_path_factory.mktemp('units') / 'store.gpkg'}")
    yield store
    store.close()


def hold(store, versions):
    with store.write() as session:
        session.execute(delete(Unit))
        for scheme, code, above, start, months in versions:
            begins = NOW + start * MONTH
            session.add(
                Unit(
                    scheme=scheme,
                    level="grid",
                    code=code,
                    name=code,
                    parent_code=above,
                    valid_from=begins,
                    valid_to=None if months is None else begins + months * MONTH,
                )
            )


@settings(max_examples=60)
@given(versions=VERSIONS, grounds=GROUNDS, at=st.integers(-5, 3))
def test_sight_in_memory_is_that_of_the_store(store, versions, grounds, at):
    hold(store, versions)
    sight, moment = Sight(grounds), NOW + at * MONTH
    with store.read() as session:
        expected = unit_ids(session, sight, moment)
        assert seen_units(session, sight, moment) == expected
        rows = seen_rows(session, sight, moment)
        assert set(tree(session).ids[rows].tolist()) == expected
        assert seen_units(session, EVERYTHING, moment) is seen_rows(session, EVERYTHING, moment)


def test_many_sights_cost_no_question_each(store):
    """After a change of units every open map asks, each with a sight of its own."""
    hold(store, [("general", code, "a", -1, None) for code in CODES])
    asked = []
    event.listen(store.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    with store.read() as session:
        for number in range(200):
            sight = Sight(frozenset({("general", CODES[number % 6]), ("police", str(number))}))
            assert np.count_nonzero(seen_rows(session, sight, NOW)) in (1, 6)
    assert len(asked) < 20
