"""Tickets: read by a profile, answered a batch ahead; new ones are kept, bad ones set apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gridmap.intake.tickets.importing import TicketsReport, import_tickets

__all__ = ["TicketsReport", "import_tickets"]


# Reading a profile or rows needs no store: what writes tickets is imported when it is asked for.
def __getattr__(name: str) -> Any:
    """Import what the package gives."""
    if name in __all__:
        from gridmap.intake.tickets import importing

        return getattr(importing, name)
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
