"""What the keyboard does on a map wherever the focus is: Esc takes away what lies over it."""

from __future__ import annotations

from layers.element import SCRIPT, Behaviour


class Keys(Behaviour):
    """Closes the open list of layers and the notice of a map by Esc."""

    kind = "keys"

    def __init__(self) -> None:
        super().__init__({})
        self.default_js = [SCRIPT, ("gridmap_keys", "gridmap/keys.js")]
