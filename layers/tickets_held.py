"""Open and recent tickets in memory."""

from __future__ import annotations


class HeldTickets:
    """Tickets as columns."""
