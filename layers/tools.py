"""The tools beside the zoom buttons: where am I, measuring, full screen, the way to the filter."""

from __future__ import annotations

from layers.element import SCRIPT, Behaviour
from layers.words import Language, glossary

SCRIPTS = [
    SCRIPT,
    ("gridmap_geodesy", "gridmap/geodesy.js"),
    ("gridmap_measure", "gridmap/measure.js"),
    ("gridmap_tools", "gridmap/tools.js"),
]
_WORDS = (
    "where_am_i",
    "here",
    "here_asking",
    "here_denied",
    "here_slow",
    "here_unknown",
    "here_insecure",
    "measure",
    "measure_how",
    "measure_start",
    "measure_length",
    "measure_area",
    "measure_undo",
    "measure_end",
    "full_screen",
    "filter",
)


class Tools(Behaviour):
    """A bar of buttons; each says what it does and can be reached by keyboard."""

    kind = "tools"

    def __init__(self, *, language: Language) -> None:
        super().__init__({"words": glossary(_WORDS, language)})
        self.default_js = list(SCRIPTS)
