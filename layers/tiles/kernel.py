"""The compiled loops of tiles: which vertices stay, and the bytes of features.

Nothing imports this module before a tile is made: importing numba takes longer than most answers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gridmap.compiling import compiled
from layers.tiles.paths import Booleans, Integers
from layers.tiles.varints import Unsigned

_SHIFT = np.int64(2**24)
#: Room for coordinates of a tile and much around it, in one number.
_STRIDE = np.int64(2**31)
_SPREAD = np.int64(0x9E3779B97F4A7C15 - 2**64)
#: Stays, whatever its neighbours do.
_NEVER = np.iinfo(np.int64).max

# Tags of Protocol Buffers: field number, then 0 for a varint, 2 for bytes.
_FEATURE = np.uint64(2 << 3 | 2)
_ID, _TAGS, _TYPE, _GEOMETRY = (
    np.uint64(1 << 3),
    np.uint64(2 << 3 | 2),
    np.uint64(3 << 3),
    np.uint64(4 << 3 | 2),
)


@compiled
def corners(x: Integers, y: Integers, before: Integers, after: Integers) -> Booleans:
    """
    Tell which vertices are where edges of several areas meet or part.

    Anywhere else along a shared edge all areas have the same two vertices beside it.

    Parameters
    ----------
    x, y
        Places of the vertices, shape (n,).
    before, after
        The vertices beside each, shape (n,).
    """
    count = len(x)
    room = 16
    while room < 2 * count:
        room *= 2
    first = np.full(room, -1, dtype=np.int64)  # the first vertex at each place
    of = np.empty(count, dtype=np.int64)
    is_corner = np.zeros(count, dtype=np.bool_)
    for one in range(count):
        place = x[one] * _STRIDE + y[one]
        slot = ((place * _SPREAD) >> 20) & (room - 1)
        while first[slot] >= 0 and (x[first[slot]] != x[one] or y[first[slot]] != y[one]):
            slot = (slot + 1) & (room - 1)
        if first[slot] < 0:
            first[slot] = one
        other = first[slot]
        of[one] = other
        a, b, c, d = before[one], after[one], before[other], after[other]
        alike = x[a] == x[c] and y[a] == y[c] and x[b] == x[d] and y[b] == y[d]
        turned = x[a] == x[d] and y[a] == y[d] and x[b] == x[c] and y[b] == y[c]
        if not (alike or turned):
            is_corner[other] = True
    for one in range(count):
        is_corner[one] = is_corner[of[one]]
    return is_corner


@compiled
def _weight(
    one: int,
    x: Integers,
    y: Integers,
    before: Integers,
    after: Integers,
    fixed: Booleans,
    least: float,
    extent: int,
) -> int:
    """Return how much a vertex matters, by the area of its triangle.

    Equal areas are told apart by the place within a tile, which is the same for all tiles.
    """
    a, b = before[one], after[one]
    if fixed[one] or a == b or one in (a, b):
        return _NEVER
    into_x, into_y = x[one] - x[a], y[one] - y[a]
    out_x, out_y = x[b] - x[one], y[b] - y[one]
    area = abs(into_x * out_y - into_y * out_x)
    base = (into_x + out_x) ** 2 + (into_y + out_y) ** 2
    if float(area) * float(area) > least * max(float(base), least):
        return _NEVER
    shorter = min(into_x * into_x + into_y * into_y, out_x * out_x + out_y * out_y)
    if into_x * out_x + into_y * out_y < 0 and shorter > least:
        return _NEVER
    last = extent - 1
    weight: int = area * _SHIFT + (x[one] & last) * extent + (y[one] & last)
    return weight


@compiled
def _least(
    there: Booleans,
    weight: Integers,
    before: Integers,
    after: Integers,
    path: Integers,
    goes: Integers,
    found: Integers,
) -> int:
    """Find the vertices that matter less than those beside them; count those of each path."""
    count = 0
    goes[:] = 0
    for one in range(len(there)):
        if there[one] and weight[one] < weight[before[one]] and weight[one] < weight[after[one]]:
            found[count] = one
            count += 1
            goes[path[one]] += 1
    return count


@compiled
def _leave_out(
    found: Integers,
    there: Booleans,
    before: Integers,
    after: Integers,
    path: Integers,
    whole: Booleans,
    left: Integers,
    goes: Integers,
) -> int:
    """Leave out those that were found, unless a path would keep too few; these come first then."""
    gone = 0
    for one in found:
        if whole[path[one]] and left[path[one]] - goes[path[one]] < 3:
            continue
        there[one] = False
        after[before[one]], before[after[one]] = after[one], before[one]
        found[gone] = one
        gone += 1
    return gone


@compiled
def staying(
    x: Integers,
    y: Integers,
    before: Integers,
    after: Integers,
    path: Integers,
    sizes: Integers,
    whole: Booleans,
    fixed: Booleans,
    least: float,
    extent: int,
    rounds: int,
) -> Booleans:
    """
    Tell which vertices stay.

    Parameters
    ----------
    x, y
        Places of the vertices, shape (n,).
    before, after
        The vertices beside each, shape (n,); they are changed.
    path
        Of each vertex, shape (n,).
    sizes
        Vertices of each path, shape (m,).
    whole
        Which paths keep three vertices, shape (m,): the others are held by what is fixed.
    fixed
        Which vertices stay in any case, shape (n,).
    least
        The square of how far an edge may move.
    extent
        Width of a tile, a power of two.
    rounds
        After which what is left stays.
    """
    count = len(x)
    there = np.ones(count, dtype=np.bool_)
    left = sizes.copy()
    goes = np.zeros(len(sizes), dtype=np.int64)
    weight = np.empty(count, dtype=np.int64)
    for one in range(count):
        weight[one] = _weight(one, x, y, before, after, fixed, least, extent)
    least_ones = np.empty(count, dtype=np.int64)
    for _ in range(rounds):
        found = _least(there, weight, before, after, path, goes, least_ones)
        gone = _leave_out(least_ones[:found], there, before, after, path, whole, left, goes)
        if gone == 0:
            break
        for one in least_ones[:gone]:
            left[path[one]] -= 1
            for beside in (before[one], after[one]):
                weight[beside] = _weight(beside, x, y, before, after, fixed, least, extent)
    return there


@compiled
def _length(value: Any) -> int:
    length = 1
    while value > 127:
        value >>= np.uint64(7)
        length += 1
    return length


@compiled
def _put(out: Any, place: int, value: Any) -> int:
    """Write a number at a place; return the place behind it."""
    while value > 127:
        out[place] = np.uint8(value & np.uint64(127)) | np.uint8(128)
        value >>= np.uint64(7)
        place += 1
    out[place] = np.uint8(value)
    return place + 1


@compiled
def features(
    ids: Unsigned,
    tags: Unsigned,
    tag_counts: Integers,
    numbers: Unsigned,
    sizes: Integers,
    kind: int,
) -> Any:
    """
    Write features: each is its length, then id, tags, kind and geometry.

    Parameters
    ----------
    ids
        Shape (f,).
    tags, numbers
        Of all features, one after the other.
    tag_counts, sizes
        How many of them are of each feature, shape (f,).

    Returns
    -------
    numpy.ndarray
        The bytes.
    """
    out = np.empty(40 * len(ids) + 10 * (len(tags) + len(numbers)), dtype=np.uint8)
    place, tag, number = 0, 0, 0
    for one in range(len(ids)):
        last_tag, last_number = tag + tag_counts[one], number + sizes[one]
        tag_bytes, shape_bytes = np.uint64(0), np.uint64(0)
        for at in range(tag, last_tag):
            tag_bytes += np.uint64(_length(tags[at]))
        for at in range(number, last_number):
            shape_bytes += np.uint64(_length(numbers[at]))
        inner = np.uint64(5) + tag_bytes + shape_bytes
        inner += np.uint64(_length(ids[one]) + _length(tag_bytes) + _length(shape_bytes))
        for value in (_FEATURE, inner, _ID, ids[one], _TAGS, tag_bytes):
            place = _put(out, place, value)
        for at in range(tag, last_tag):
            place = _put(out, place, tags[at])
        for value in (_TYPE, np.uint64(kind), _GEOMETRY, shape_bytes):
            place = _put(out, place, value)
        for at in range(number, last_number):
            place = _put(out, place, numbers[at])
        tag, number = last_tag, last_number
    return out[:place]
