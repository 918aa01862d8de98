"""Ground behind private gates: what only they lead to is walked to and from, never through."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gridmap.walking.joining import Floats, Integers
from gridmap.walking.usage import Use, Uses


def enclosed(ends: Integers, length_m: Floats, use: Uses, gate: Uses) -> tuple[Uses, Uses]:
    """
    Say what private gates mean for the streets behind them.

    The longest part of the network that remains when private gates are shut is public. A part that
    hangs on it by private gates alone is private, and its gates are open to whoever goes there. A
    private gate with public streets on all sides is shut: nobody may take the short cut.

    Parameters
    ----------
    ends
        Nodes of each edge, shape (m, 2).
    length_m, use
        Of each edge, shape (m,).
    gate
        What each node is, shape (n,).

    Returns
    -------
    use, gate
        As given, with what follows from it.
    """
    is_private = ((gate & Use.PRIVATE) > 0) & ((gate & Use.WALKED) > 0)
    if not is_private.any():
        return use, gate
    apart, count = separated(ends, is_private | ((gate & Use.WALKED) == 0), len(gate))
    part = _parts(apart, count)[apart[:, 0]]
    public = np.argmax(np.bincount(part, weights=length_m))
    at_gate = is_private[ends]
    hanging = np.unique(part[at_gate.any(axis=1) & (part != public)])
    behind = np.isin(part, hanging)
    use, gate = use.copy(), gate.copy()
    use[behind] |= np.uint8(Use.PRIVATE)
    leads_in = np.zeros(len(gate), dtype=bool)
    leads_in[ends[behind][at_gate[behind]]] = True
    gate[is_private & leads_in] &= ~np.uint8(Use.PRIVATE) & 0xFF
    gate[is_private & ~leads_in] &= ~np.uint8(Use.WALKED) & 0xFF
    return use, gate


def separated(ends: Integers, shut: npt.NDArray[np.bool_], nodes: int) -> tuple[Integers, int]:
    """Give each edge at a node that is shut an end of its own; return the ends and nodes now."""
    ends = ends.copy()
    at = np.flatnonzero(shut[ends].ravel())
    ends.ravel()[at] = nodes + np.arange(len(at))
    return ends, nodes + len(at)


def _parts(ends: Integers, nodes: int) -> Integers:
    tails, heads = ends.T
    links = coo_array((np.ones(len(ends), dtype=np.int8), (tails, heads)), shape=(nodes, nodes))
    _, part = connected_components(links, directed=False)
    return np.asarray(part, dtype=np.int64)
