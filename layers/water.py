"""Rivers and lakes of the base picture."""

from __future__ import annotations

from collections.abc import Iterable

from layers.coding import coded_areas
from layers.element import DrawnLayer
from layers.exclusive import Ground
from layers.words import Language, say


class Water(DrawnLayer):
    """Water, below everything else."""

    kind = "water"

    def __init__(self, grounds: Iterable[Ground], *, language: Language) -> None:
        data = coded_areas([ground.area for ground in grounds])
        super().__init__(data, name=say("water", language), control=False)
