"""What whoever asks may see; accounts come later, the right is a value already."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from flask import current_app

from gridmap.sight import EVERYTHING, Sight

#: Tables by which somebody may be granted another sight: who they are and what they answer for.
GRANTED_BY = frozenset({"people", "duties", "absences"})


def sight() -> Sight:
    """Return the sight of the current request: what `SIGHT` of the application answers.

    Without one everything is seen: the service then answers its own machine only.
    """
    granted = current_app.config.get("SIGHT")
    return EVERYTHING if granted is None else cast(Callable[[], Sight], granted)()
