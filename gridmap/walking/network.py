"""The walking network: every street and path that people on foot may use, in metres."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from gridmap.datum import Metric
from gridmap.errors import InputError
from gridmap.model import Place, Street
from gridmap.storage import Store
from gridmap.storage.geometries import coordinates, raw, shapes
from gridmap.walking.enclosing import enclosed
from gridmap.walking.joining import Floats, Integers, cells, joined
from gridmap.walking.usage import Usage, Use, Uses


@dataclass(frozen=True)
class Network:
    """
    Edges between nodes.

    Attributes
    ----------
    metric
        The way between degrees of the store and the metres here.
    xy
        Places of the nodes in metres, shape (n, 2).
    ends
        The nodes where each edge begins and ends, shape (m, 2).
    length_m
        Of each edge along its vertices, shape (m,).
    use
        What each edge is, as `Use`, shape (m,).
    street
        The street that each edge is a part of, by its id in the store, shape (m,).
    gate
        What each node is: a gate's `Use`, or `WALKED` where there is none, shape (n,).
    shape_xy
        Vertices of all edges in metres, one edge after the other, shape (k, 2).
    first
        Where each edge begins in `shape_xy`, and where the last one ends, shape (m + 1,).
    """

    metric: Metric
    xy: Floats
    ends: Integers
    length_m: Floats
    use: Uses
    street: Integers
    gate: Uses
    shape_xy: Floats
    first: Integers

    def __len__(self) -> int:
        return len(self.length_m)

    @classmethod
    def from_store(cls, store: Store, usage: Usage | None = None) -> Network:
        """
        Make the network of the streets and gates of a store.

        Raises
        ------
        InputError
            There is no street that can be walked.
        """
        usage = usage or Usage.load()
        with store.read() as session:
            ids, lines, use = _streets(session, usage)
            gates, gate_use = _gates(session, usage)
        if not len(ids):
            message = (
                f"{store.url} has no street to walk on: import some with `gridmap import osm`."
            )
            raise InputError(message)
        return cls.of_lines(lines, ids, use, gates, gate_use)

    @classmethod
    def of_lines(
        cls,
        lines: npt.NDArray[np.object_],
        ids: Integers,
        use: Uses,
        gates: Floats | None = None,
        gate_use: Uses | None = None,
    ) -> Network:
        """
        Make a network of lines in degrees.

        Parameters
        ----------
        lines
            LineStrings, shape (l,).
        ids, use
            Of the street of each, shape (l,).
        gates, gate_use
            Places in degrees and what they are, shape (g, 2) and (g,).
        """
        found = joined(lines, gates)
        metric = Metric.around(*found.nodes.T)
        shape_xy = np.column_stack(metric.project(*found.shape.T))
        gate = np.full(len(found.nodes), Use.WALKED, dtype=np.uint8)
        if gates is not None and gate_use is not None and len(gates):
            _put_gates(gate, cells(found.nodes), cells(gates), gate_use)
        length_m = _lengths(shape_xy, found.first)
        edge_use, gate = enclosed(found.ends, length_m, use[found.line], gate)
        return cls(
            metric,
            np.column_stack(metric.project(*found.nodes.T)),
            found.ends,
            length_m,
            edge_use,
            ids[found.line],
            gate,
            shape_xy,
            found.first,
        )

    def line(self, edge: int) -> Floats:
        """Return the vertices of an edge in metres, shape (v, 2)."""
        return self.shape_xy[self.first[edge] : self.first[edge + 1]]


def _lengths(shape_xy: Floats, first: Integers) -> Floats:
    steps = np.hypot(*np.diff(shape_xy, axis=0, append=shape_xy[-1:]).T)
    steps[first[1:] - 1] = 0.0  # from an edge to the next one
    lengths: Floats = np.add.reduceat(steps, first[:-1])
    return lengths


def _put_gates(gate: Uses, nodes: Integers, gates: Integers, use: Uses) -> None:
    """Say which nodes are gates; where several lie on one node, the strictest counts."""
    order = np.argsort(nodes)
    place = np.searchsorted(nodes[order], gates).clip(max=len(nodes) - 1)
    here = nodes[order][place] == gates
    for node, what in zip(order[place[here]], use[here], strict=True):
        walked = gate[node] & what & Use.WALKED
        gate[node] = ((gate[node] | what) & ~np.uint8(Use.WALKED)) | walked


def _streets(session: Session, usage: Usage) -> tuple[Integers, npt.NDArray[np.object_], Uses]:
    query = select(Street.id, Street.street_class, Street.tags, raw(session, Street.geometry))
    rows = session.execute(query.where(Street.geometry.is_not(None)).order_by(Street.id)).all()
    use = np.array([usage.street(row[1], _tags(row[2])) for row in rows], dtype=np.uint8)
    walked = np.flatnonzero(use).tolist()
    lines = shapes([rows[one][3] for one in walked])
    filled = ~shapely.is_empty(lines)
    ids = np.array([rows[one][0] for one in walked], dtype=np.int64)
    return ids[filled], lines[filled], use[walked][filled]


def _gates(session: Session, usage: Usage) -> tuple[Floats, Uses]:
    query = select(Place.tags, raw(session, Place.geometry)).where(
        Place.kind == "gate", Place.geometry.is_not(None), Place.valid_to.is_(None)
    )
    rows = session.execute(query).all()
    use = np.array([usage.gate(_tags(tags)) for tags, _ in rows], dtype=np.uint8)
    return coordinates([value for _, value in rows]).reshape(-1, 2), use


def _tags(text: str | None) -> dict[str, str]:
    return json.loads(text) if text else {}
