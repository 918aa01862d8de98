"""What a filter of tickets leaves: said where it is none, refused where it cannot be any."""

from __future__ import annotations

from layers.element import ASKING_SCRIPT, SCRIPT, Behaviour
from layers.words import Language, glossary

_WORDS = ("filter_none", "filter_reversed")


class Narrowing(Behaviour):
    """Says that a filter means no ticket, and refuses an end before its beginning.

    Parameters
    ----------
    features_url
        Address of the features of the tickets; the fields of the form are added to it.
    language
        Language of what is said.
    """

    kind = "narrowing"

    def __init__(self, *, features_url: str, language: Language) -> None:
        super().__init__({"features": features_url, "words": glossary(_WORDS, language)})
        self.default_js = [SCRIPT, ASKING_SCRIPT, ("gridmap_narrowing", "gridmap/narrowing.js")]
