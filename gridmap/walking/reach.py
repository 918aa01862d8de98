"""How long it takes on foot, along the streets, from places on them to all others.

Exact along edges: a walk may begin and end anywhere on one, and a limit may run out on the way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gridmap.walking.graph import Graph
from gridmap.walking.joining import Floats, Integers
from gridmap.walking.kernel import spread
from gridmap.walking.network import Network


@dataclass(frozen=True)
class Positions:
    """
    Places on edges.

    Attributes
    ----------
    edge
        Shape (k,).
    along_m
        From the begin of the edge, shape (k,).
    off_s
        What it takes between the place itself and the street, shape (k,).
    """

    edge: Integers
    along_m: Floats
    off_s: Floats

    def __len__(self) -> int:
        return len(self.edge)

    @classmethod
    def on(cls, edge: npt.ArrayLike, along_m: npt.ArrayLike) -> Positions:
        """Take places on the streets themselves."""
        edges = np.atleast_1d(np.asarray(edge, dtype=np.int64))
        return cls(edges, np.atleast_1d(np.asarray(along_m, np.float64)), np.zeros(len(edges)))


@dataclass(frozen=True)
class Reach:
    """
    What is reached from some positions, together: from whichever is nearest.

    Attributes
    ----------
    limit_s
        Nothing beyond it is known.
    begin_s, end_s
        When each edge is come to at its begin and at its end, infinite where it is not, shape (m,).
    begin_of, end_of
        From which of the positions, -1 where it is not, shape (m,).
    """

    network: Network
    graph: Graph
    starts: Positions
    limit_s: float
    begin_s: Floats
    end_s: Floats
    begin_of: Integers
    end_of: Integers

    def to(self, places: Positions) -> tuple[Floats, Integers]:
        """
        Return how long it takes to places, and from which of the starts.

        Returns
        -------
        seconds
            Infinite for what is not reached within the limit, shape (k,).
        start
            -1 there, shape (k,).
        """
        length_m = self.network.length_m[places.edge]
        pace = _pace(self.network, self.graph, places.edge)
        ways_s = np.stack(
            [
                self.begin_s[places.edge] + _walked(places.along_m, pace),
                self.end_s[places.edge] + _walked(length_m - places.along_m, pace),
                np.full(len(places), np.inf),
            ]
        )
        of = np.stack(
            [
                self.begin_of[places.edge],
                self.end_of[places.edge],
                np.full(len(places), -1, dtype=np.int64),
            ]
        )
        self._straight(places, pace, ways_s[2], of[2])
        best = np.argmin(ways_s, axis=0)
        each = np.arange(len(places))
        seconds, start = ways_s[best, each] + places.off_s, of[best, each]
        known = seconds <= self.limit_s
        return np.where(known, seconds, np.inf), np.where(known, start, -1)

    def _straight(self, places: Positions, pace: Floats, ways_s: Floats, of: Integers) -> None:
        """Fill in the ways that never leave the edge that they begin on."""
        order = np.argsort(places.edge, kind="stable")
        edges = places.edge[order]
        for number in range(len(self.starts)):
            edge = self.starts.edge[number]
            low, high = np.searchsorted(edges, [edge, edge + 1])
            beside = order[low:high]
            apart_m = np.abs(places.along_m[beside] - self.starts.along_m[number])
            taken_s = self.starts.off_s[number] + _walked(apart_m, pace[beside])
            sooner = beside[taken_s < ways_s[beside]]
            ways_s[sooner] = taken_s[taken_s < ways_s[beside]]
            of[sooner] = number


def reach(network: Network, graph: Graph, starts: Positions, limit_s: float = np.inf) -> Reach:
    """
    Walk from positions to all that is within a limit.

    Parameters
    ----------
    graph
        Of the network, for a walker.
    starts
        Where walks begin; each edge end is come to from whichever is nearest in time.
    limit_s
        How long a walk may take.
    """
    count = graph.nodes
    time_s = np.full(count, np.inf)
    of = np.full(count, -1, dtype=np.int64)
    seeds, seed_s, seed_of = _seeds(network, graph, starts)
    spread(graph.first, graph.head, graph.cost_s, seeds, seed_s, seed_of, limit_s, time_s, of)
    ends_s = np.where(graph.end >= 0, time_s[graph.end], np.inf)
    sooner = np.argmin(ends_s, axis=2)[:, :, None]
    at_s = np.take_along_axis(ends_s, sooner, axis=2)[:, :, 0]
    whose = np.take_along_axis(of[graph.end], sooner, axis=2)[:, :, 0]
    whose = np.where(np.isfinite(at_s), whose, -1)
    return Reach(network, graph, starts, limit_s, *at_s.T, *whose.T)


def _seeds(network: Network, graph: Graph, starts: Positions) -> tuple[Integers, Floats, Integers]:
    """Return the ends of the edges where walks begin, and when these are come to."""
    usable = np.flatnonzero(graph.begin[starts.edge, 0] >= 0)
    edge, along_m = starts.edge[usable], starts.along_m[usable]
    length_m = network.length_m[edge]
    pace = _pace(network, graph, edge)
    off_s = starts.off_s[usable]
    seed_s = np.concatenate([off_s + along_m * pace, off_s + (length_m - along_m) * pace])
    return graph.begin[edge].T.ravel(), seed_s, np.concatenate([usable, usable])


def _pace(network: Network, graph: Graph, edge: Integers) -> Floats:
    """Return the seconds a metre on edges, infinite on what cannot be walked."""
    length_m = network.length_m[edge]
    pace: Floats = graph.edge_s[edge] / np.where(length_m > 0, length_m, 1.0)
    return pace


def _walked(distance_m: Floats, pace: Floats) -> Floats:
    """Return the time for a distance, infinite on what cannot be walked, however short."""
    return np.where(np.isfinite(pace), distance_m * np.where(np.isfinite(pace), pace, 0.0), np.inf)
