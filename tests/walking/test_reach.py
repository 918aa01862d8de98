"""Times along streets, against a walk of small steps and on the cases where others fail."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.walks import ON_WHEELS, edge_at, network, plain_times, walk

from gridmap.walking.reach import Positions, reach
from gridmap.walking.usage import Use

CROSS = (((0, 0), (100, 0)), ((50, -50), (50, 50)))
PRIVATE = Use.WALKED | Use.PRIVATE


def seconds(made, start, *places, walker=None, limit_s=math.inf):
    graph = walk(made, walker) if walker else walk(made)
    found = reach(made, graph, Positions.on(*edge_at(made, *start)), limit_s)
    edges, along = zip(*(edge_at(made, *place) for place in places), strict=True)
    return found.to(Positions.on(edges, along))[0].tolist()


def near(*expected):
    return pytest.approx(expected, abs=0.05)


def test_along_one_edge():
    made = network([(0, 0), (60, 0), (60, 40)])
    assert seconds(made, (10, 0), (10, 0), (60, 30), (0, 0)) == near(0, 80, 10)


def test_streets_that_share_a_vertex_are_joined():
    made = network([(0, 0), (50, 0), (100, 0)], [(50, 0), (50, 80)])
    assert seconds(made, (10, 0), (50, 80), (100, 0)) == near(120, 90)


def test_a_bridge_over_a_street_is_no_crossing():
    made = network(*CROSS)
    assert seconds(made, (10, 0), (50, 40)) == [math.inf]


def test_the_limit_runs_out_on_an_edge():
    made = network([(0, 0), (100, 0)])
    assert seconds(made, (0, 0), (60, 0), (70, 0), limit_s=65) == near(60, math.inf)


def test_a_loop_is_walked_the_shorter_way_round():
    made = network([(0, 0), (0, 40), (40, 40), (40, 0), (0, 0)], [(0, 0), (-10, 0)])
    assert seconds(made, (-10, 0), (10, 0), (0, 30), (40, 40)) == near(20, 40, 90)
    assert seconds(made, (0, 10), (10, 0)) == near(20)


def test_an_island_is_not_reached():
    made = network([(0, 0), (100, 0)], [(0, 200), (100, 200)])
    assert seconds(made, (0, 0), (50, 200)) == [math.inf]


def test_the_nearest_of_several_is_told_even_on_one_edge():
    made = network([(0, 0), (100, 0)], [(100, 0), (100, 100)])
    edge, _ = edge_at(made, 10, 0)
    along = [edge_at(made, x, 0)[1] for x in (10, 80)]
    found = reach(made, walk(made), Positions.on([edge, edge], along))
    other, far = edge_at(made, 100, 30)
    places = Positions.on([edge, edge, other], [*(edge_at(made, x, 0)[1] for x in (20, 60)), far])
    times, which = found.to(places)
    assert times.tolist() == near(10, 20, 50)
    assert which.tolist() == [0, 1, 1]


def test_wheels_take_no_steps():
    made = network(
        [(0, 0), (50, 0)], [(50, 0), (100, 0)], [(0, 0), (0, 40), (100, 40), (100, 0)],
        use=[Use.WALKED, Use.WALKED | Use.STEPS | Use.NO_WHEELS, Use.WALKED],
    )  # fmt: skip
    assert seconds(made, (0, 0), (100, 1)) == near(101)
    assert seconds(made, (0, 0), (100, 1), walker=ON_WHEELS) == near(179)


def test_a_closed_gate_is_a_wall():
    open_ = network([(0, 0), (50, 0), (100, 0)], gates={(50, 0): Use.WALKED})
    assert seconds(open_, (0, 0), (100, 0)) == near(100)
    shut = network([(0, 0), (50, 0), (100, 0)], gates={(50, 0): Use(0)})
    assert seconds(shut, (0, 0), (40, 0), (60, 0)) == near(40, math.inf)


def test_a_closed_estate_is_walked_to_and_from_and_never_through():
    made = network(
        [(-300, 0), (0, 0)], [(0, 0), (50, 0), (100, 0)], [(50, 0), (50, 20)], [(100, 0), (400, 0)],
        [(-300, 0), (-300, 500), (400, 500), (400, 0)],
        use=[Use.WALKED, PRIVATE, PRIVATE, Use.WALKED, Use.WALKED],
    )  # fmt: skip
    to_door, beyond = seconds(made, (-100, 0), (50, 20), (200, 0))
    assert to_door == pytest.approx(170, abs=0.05)
    assert beyond == pytest.approx(200 + 500 + 700 + 500 + 200, abs=0.1), "round it, not through"
    assert seconds(made, (50, 20), (-100, 0), (200, 0)) == near(170, 170)


def test_a_private_gate_makes_what_only_it_leads_to_private():
    made = network(
        [(-300, 0), (0, 0)], [(0, 0), (100, 0)], [(100, 0), (400, 0)],
        [(-300, 0), (-300, 500), (400, 500), (400, 0)],
        gates={(0, 0): PRIVATE, (100, 0): PRIVATE},
    )  # fmt: skip
    inside, beyond = seconds(made, (-100, 0), (50, 0), (200, 0))
    assert inside == pytest.approx(150, abs=0.05)
    assert beyond == pytest.approx(200 + 500 + 700 + 500 + 200, abs=0.1)


def test_a_private_gate_between_public_streets_is_no_short_cut():
    made = network(
        [(0, 0), (50, 0), (100, 0)], [(0, 0), (0, 90), (100, 90), (100, 0)],
        gates={(50, 0): PRIVATE},
    )  # fmt: skip
    assert seconds(made, (40, 0), (60, 0)) == near(40 + 90 + 100 + 90 + 40)


PLACES = st.tuples(st.integers(0, 5), st.integers(0, 5)).map(lambda at: (at[0] * 20, at[1] * 20))
LINES = st.lists(st.lists(PLACES, min_size=2, max_size=5), min_size=1, max_size=12)


@given(LINES, st.integers(0, 10**6), st.floats(0, 1), st.floats(5, 300))
@settings(max_examples=60, deadline=None)
def test_times_are_those_of_a_walk_of_small_steps(lines, number, share, limit_s):
    lines = [line for line in lines if len(set(line)) > 1]
    if not lines:
        return
    made = network(*lines)
    edge = number % len(made)
    along = float(made.length_m[edge]) * share
    expected = plain_times(made, (edge, along), 7.0)
    found = reach(made, walk(made), Positions.on(edge, along), limit_s)
    places = Positions.on([one[0] for one in expected], [one[1] for one in expected])
    times, _ = found.to(places)
    plain = np.array([one[2] for one in expected])
    sure = np.abs(plain - limit_s) > 1e-6
    np.testing.assert_allclose(
        times[sure], np.where(plain <= limit_s, plain, np.inf)[sure], atol=1e-6
    )
