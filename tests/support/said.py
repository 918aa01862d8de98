"""What is said of a place, in its parts, and what a change of it may look at."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from support.known import Ground, Known


@dataclass(frozen=True)
class Said:
    """The parts of what is said, in the order in which they are said."""

    truth: str
    before: str = ""
    above: str = ""
    address: str = ""
    head: str = ""
    link: str = ""
    building: str = ""
    entrance: str = ""
    room: str = ""
    behind: str = ""
    between: str = ""
    allowed: str = ""
    """Names that may occur because they are meant to, one behind the other."""

    def text(self) -> str:
        """Say it."""
        parts = [self.above, self.address, self.head + self.link + self.building]
        told = [part for part in (*parts, self.entrance, self.room) if part]
        return f"{self.before}{self.between.join(told)}{self.behind}"

    def each(self, change: Callable[[str], str]) -> Said:
        """Change how every part is written."""
        parts = ("before", "above", "address", "head", "link", "building", "entrance", "room")
        changed = {part: change(getattr(self, part)) for part in (*parts, "behind", "between")}
        return replace(self, **changed)


@dataclass(frozen=True)
class Asked:
    """What a change may look at."""

    place: Known
    ground: Ground
    rng: random.Random


Change = Callable[[Said, Asked], Said | None]
