"""The search box of a map: places while somebody types, and the place of a whole text."""

from __future__ import annotations

from gridmap.locating import KINDS
from layers.element import ASKING_SCRIPT, SCRIPT, Behaviour
from layers.words import Language, glossary, say

SEARCH_SCRIPT = ("gridmap_search", "gridmap/search.js")

_WORDS = (
    "suggestions",
    "no_suggestion",
    "several",
    "no_point",
    "at_centre",
    "open",
    "closed",
    "ticket",
    "away",
)


class Search(Behaviour):
    """Moves the map to the place that is chosen in the form `search` of the page.

    Parameters
    ----------
    suggest_url, locate_url, find_url
        Addresses of the open interface; `q` is added to them. The last finds tickets by number.
    unit_url
        Address of a unit's page with `CODE` where its code belongs.
    language
        Language of what is said.
    """

    kind = "search"

    def __init__(
        self,
        *,
        suggest_url: str,
        locate_url: str,
        find_url: str,
        unit_url: str,
        language: Language,
    ) -> None:
        super().__init__(
            {
                "suggest": suggest_url,
                "locate": locate_url,
                "find": find_url,
                "unit": unit_url,
                "language": language,
                "words": glossary(_WORDS, language),
                "kinds": {kind: say(f"kind_{kind}", language) for kind in KINDS},
            }
        )
        self.default_js = [SCRIPT, ASKING_SCRIPT, SEARCH_SCRIPT]
