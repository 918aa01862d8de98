"""The network as one walker finds it: arcs with the seconds that they take.

What is private is walked to and from, never through. So each node of a private edge is there three
times: as it is to somebody who began on private ground and is still on it (`home`), to somebody on
public ground, and to somebody who has come to private ground from there (`guest`). One leaves home
for public ground, and public ground for that of others, and never goes back: a way through a closed
estate does not exist, while every door in it is reached.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gridmap.walking.enclosing import separated
from gridmap.walking.joining import Floats, Integers
from gridmap.walking.network import Network
from gridmap.walking.usage import Use
from gridmap.walking.walkers import Walker


@dataclass(frozen=True)
class Graph:
    """
    Arcs by the node that they leave.

    Attributes
    ----------
    first
        Where the arcs of each node begin, and where the last one's end, shape (n + 1,).
    head
        Where each arc leads, shape (a,).
    cost_s
        What it takes, shape (a,).
    begin, end
        Of each edge of the network, from its begin and its end: the node where a walk that begins
        on the edge comes first, shape (m, 2), and those where one that ends on it may come from,
        shape (m, 2, 2). -1 for what this walker cannot use.
    edge_s
        What each edge takes, infinite where this walker cannot use it, shape (m,).
    """

    first: Integers
    head: Integers
    cost_s: Floats
    begin: Integers
    end: Integers
    edge_s: Floats

    @property
    def nodes(self) -> int:
        """How many nodes there are, each counted as often as it is there."""
        return len(self.first) - 1


def graph_of(network: Network, walker: Walker) -> Graph:
    """Make the graph of a network for a walker."""
    open_ = _usable(network.use, walker)
    ends, count = separated(network.ends, ~_usable(network.gate, walker), len(network.xy))
    tails, heads = ends[open_].T
    edge_s = np.where(open_, network.length_m / walker.speed_m_s, np.inf)
    cost_s = edge_s[open_]
    private = (network.use[open_] & Use.PRIVATE) > 0
    home = np.full(count, -1, dtype=np.int64)
    touched = np.unique([tails[private], heads[private]])
    home[touched] = count + np.arange(len(touched))
    guest = np.where(home >= 0, home + len(touched), -1)
    arcs = [
        _both_ways(tails[~private], heads[~private], cost_s[~private]),
        _both_ways(home[tails[private]], home[heads[private]], cost_s[private]),
        _both_ways(guest[tails[private]], guest[heads[private]], cost_s[private]),
        (home[touched], touched, np.zeros(len(touched))),
        (touched, guest[touched], np.zeros(len(touched))),
    ]
    first, head, arc_s = _by_tail(arcs, count + 2 * len(touched))
    begin, end = _doors(network, ends, home, guest, open_)
    return Graph(first, head, arc_s, begin, end, edge_s)


def _usable(use: npt.NDArray[np.uint8], walker: Walker) -> npt.NDArray[np.bool_]:
    usable = (use & Use.WALKED) > 0
    return usable & ((use & Use.NO_WHEELS) == 0) if walker.on_wheels else usable


def _both_ways(
    tails: Integers, heads: Integers, cost_s: Floats
) -> tuple[Integers, Integers, Floats]:
    return (
        np.concatenate([tails, heads]),
        np.concatenate([heads, tails]),
        np.concatenate([cost_s, cost_s]),
    )


def _by_tail(
    arcs: list[tuple[Integers, Integers, Floats]], count: int
) -> tuple[Integers, Integers, Floats]:
    tails, heads, cost_s = (np.concatenate(part) for part in zip(*arcs, strict=True))
    order = np.argsort(tails, kind="stable")
    first = np.concatenate([[0], np.cumsum(np.bincount(tails, minlength=count))])
    return first, heads[order], cost_s[order]


def _doors(
    network: Network, ends: Integers, home: Integers, guest: Integers, open_: npt.NDArray[np.bool_]
) -> tuple[Integers, Integers]:
    private = ((network.use & Use.PRIVATE) > 0)[:, None]
    begin = np.where(private, home[ends], ends)
    end = np.stack([begin, np.where(private, guest[ends], ends)], axis=2)
    begin[~open_], end[~open_] = -1, -1
    return begin, end
