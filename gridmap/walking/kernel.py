"""The compiled search: how long it takes to every node within a limit.

Dijkstra's way (A note on two problems in connexion with graphs, 1959) with a binary heap in which a
node may stand more than once; what comes out late is passed over.
"""

from __future__ import annotations

import numpy as np

from gridmap.compiling import compiled
from gridmap.walking.joining import Floats, Integers


@compiled
def spread(
    first: Integers,
    head: Integers,
    cost_s: Floats,
    seeds: Integers,
    seed_s: Floats,
    seed_of: Integers,
    limit_s: float,
    time_s: Floats,
    of: Integers,
) -> None:
    """
    Fill in how long it takes to each node.

    Parameters
    ----------
    first, head, cost_s
        Arcs by the node that they leave, as in `Graph`.
    seeds, seed_s, seed_of
        Nodes where walks begin, what it has taken to come there, and the number of whoever walks,
        shape (k,). Of those who come to a node at the same moment the least number counts.
    limit_s
        Nothing beyond it is looked for.
    time_s, of
        To be filled for each node, shape (n,): the time, infinite before, and whose it is, -1
        before.
    """
    room = len(head) + len(seeds)
    heap_s = np.empty(room, dtype=np.float64)
    heap = np.empty(room, dtype=np.int64)
    count = 0
    for one in range(len(seeds)):
        node = seeds[one]
        earlier = seed_s[one] < time_s[node]
        if seed_s[one] <= limit_s and (
            earlier or (seed_s[one] == time_s[node] and seed_of[one] < of[node])
        ):
            time_s[node], of[node] = seed_s[one], seed_of[one]
            _push(heap_s, heap, count, seed_s[one], node)
            count += 1
    while count > 0:
        now_s, node = heap_s[0], heap[0]
        count -= 1
        _pop(heap_s, heap, count)
        if now_s > time_s[node]:
            continue
        for arc in range(first[node], first[node + 1]):
            then_s, other = now_s + cost_s[arc], head[arc]
            if then_s <= limit_s and then_s < time_s[other]:
                time_s[other], of[other] = then_s, of[node]
                _push(heap_s, heap, count, then_s, other)
                count += 1


@compiled
def _push(heap_s: Floats, heap: Integers, count: int, time_s: float, node: int) -> None:
    place = count
    while place > 0:
        above = (place - 1) >> 1
        if heap_s[above] <= time_s:
            break
        heap_s[place], heap[place] = heap_s[above], heap[above]
        place = above
    heap_s[place], heap[place] = time_s, node


@compiled
def _pop(heap_s: Floats, heap: Integers, count: int) -> None:
    """Take the first away: the last of `count` + 1 takes its place and sinks."""
    time_s, node = heap_s[count], heap[count]
    place, below = 0, 1
    while below < count:
        if below + 1 < count and heap_s[below + 1] < heap_s[below]:
            below += 1
        if heap_s[below] >= time_s:
            break
        heap_s[place], heap[place] = heap_s[below], heap[below]
        place, below = below, 2 * below + 1
    heap_s[place], heap[place] = time_s, node
