"""What thresholds would bring, judged once for each state of the store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import current_app

from gridmap.locating import threshold
from gridmap.locating.corrections import Confirmed
from gridmap.locating.threshold import THRESHOLDS, Consequence
from web.holding import router, settings

#: The newest confirmations are enough to judge by: each is located anew.
MOST = 1_000


def consequences(confirmed: Sequence[Confirmed]) -> list[Consequence]:
    """Judge the usual thresholds and the present one on the newest confirmations."""
    asked, newest = router(), confirmed[:MOST]
    key = (asked.version, tuple(one.id for one in newest))
    known: tuple[Any, list[Consequence]] = current_app.extensions.get("gridmap_judged", (None, []))
    if known[0] != key:
        values = sorted({*THRESHOLDS, settings().locating_threshold})
        known = key, threshold.consequences(asked.locator.matcher, newest, values)
        current_app.extensions["gridmap_judged"] = known
    return known[1]
