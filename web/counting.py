"""How many: open tickets, open exceptions by kind."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from gridmap.model import Unit
from layers.catalogue import catalogue
from layers.tickets_asked import chosen
from layers.tickets_held import KIND_NUMBERS
from web.holding import tiles
from web.kinds import KINDS
from web.sight import sight


def totals() -> dict[str, int]:
    """Count the open tickets that are seen, and the exceptions of each kind among them.

    They are counted where the map has them, in memory: of 100,000 tickets the store takes a second.
    """
    layer = catalogue()["tickets"]
    question = layer.ask({}, now=datetime.now(UTC), sight=sight())
    with tiles().tickets() as (session, held):
        asked = layer.settle(session, question)
    by_kind = np.bincount(held.columns.kind[chosen(held, asked)], minlength=len(KINDS) + 1)
    counts = {kind: int(by_kind[KIND_NUMBERS[kind]]) for kind in KINDS}
    exceptions = sum(counts.values())
    return {"open": int(by_kind.sum()), "exceptions": exceptions, **counts}


def origins(session: Session) -> set[str]:
    """Return where the units come from, to be said on every page when it is not an import."""
    return set(session.scalars(select(Unit.origin).distinct()))
