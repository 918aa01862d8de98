"""The compiled loops against the same in plain Python."""

import subprocess
import sys

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.tiles.kernel import corners, features
from layers.tiles.varints import varint

NUMBERS = st.lists(st.integers(0, 2**63 - 1) | st.integers(0, 300) | st.integers(0, 20_000))
FEATURES = st.lists(st.tuples(st.integers(0, 2**63 - 1), NUMBERS, NUMBERS))


def plainly(id_, tags, numbers, kind):
    """One feature as the specification has it."""
    tags, numbers = (b"".join(map(varint, some)) for some in (tags, numbers))
    inner = b"\x08" + varint(id_) + b"\x12" + varint(len(tags)) + tags
    inner += b"\x18" + varint(kind) + b"\x22" + varint(len(numbers)) + numbers
    return b"\x12" + varint(len(inner)) + inner


@given(FEATURES, st.sampled_from([1, 2, 3]))
def test_features_are_written_as_each_is(given_ones, kind):
    ids = np.array([one[0] for one in given_ones], dtype=np.uint64)
    tags, numbers = (
        np.array([value for one in given_ones for value in one[place]], dtype=np.uint64)
        for place in (1, 2)
    )
    counts, sizes = (
        np.array([len(one[place]) for one in given_ones], dtype=np.int64) for place in (1, 2)
    )
    written = bytes(features(ids, tags, counts, numbers, sizes, kind))
    assert written == b"".join(plainly(*one, kind) for one in given_ones)


@settings(max_examples=200)
@given(st.lists(st.lists(st.integers(-2, 3), min_size=1, max_size=8), min_size=1, max_size=6))
def test_corners_are_where_vertices_at_one_place_have_others_beside_them(rings):
    x = np.array([value for ring in rings for value in ring], dtype=np.int64)
    y = np.zeros_like(x)
    before, after, start = [], [], 0
    for ring in rings:
        there = range(start, start + len(ring))
        before += [there[place - 1] for place in range(len(ring))]
        after += [there[(place + 1) % len(ring)] for place in range(len(ring))]
        start += len(ring)
    beside = {}
    for one, place in enumerate(x.tolist()):
        beside.setdefault(place, set()).add(tuple(sorted((x[before[one]], x[after[one]]))))
    expected = [len(beside[place]) > 1 for place in x.tolist()]
    assert corners(x, y, np.array(before), np.array(after)).tolist() == expected


def test_what_tiles_are_made_with_can_be_made_ready_before_the_first():
    script = (
        "from layers.tiles.making import make_ready; make_ready();"
        " from layers.tiles import kernel;"
        " assert all(one.signatures for one in (kernel.corners, kernel.staying, kernel.features))"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
