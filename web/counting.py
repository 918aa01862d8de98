"""How many: tickets, open ones, exceptions by kind."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gridmap.model import Ticket, Unit
from web.kinds import KINDS, kind_column
from web.listing import joined


def totals(session: Session) -> dict[str, int]:
    """Count the tickets that are seen, the open ones, and the open exceptions of each kind."""
    by_status: dict[str, int] = dict(
        session.execute(joined(select(Ticket.status, func.count())).group_by(Ticket.status)).all()
    )
    kinds: dict[str | None, int] = dict(
        session.execute(
            joined(select(kind_column, func.count()))
            .where(Ticket.status == "open")
            .group_by(kind_column)
        ).all()
    )
    counts = {"tickets": sum(by_status.values()), "open": by_status.get("open", 0)}
    counts |= {kind: kinds.get(kind, 0) for kind in KINDS}
    counts["exceptions"] = sum(counts[kind] for kind in KINDS)
    return counts


def origins(session: Session) -> set[str]:
    """Return where the units come from, to be said on every page when it is not an import."""
    return set(session.scalars(select(Unit.origin).distinct()))
