"""Exceptions as a layer of their own: what a person should look at, by kind, with a legend.

Tickets that could not be located have no place and are not here; a page lists them.
"""

from __future__ import annotations

from layers.element import SCRIPT, TICKETS_SCRIPT, DrawnLayer
from layers.words import Language, both, glossary, say

#: Colour and number of corners of each kind (0 is a circle), so that colour is not all that tells.
MARKS = {
    "boundary": ("#6a3d9a", 4),
    "gap": ("#b8860b", 3),
    "no_owner": ("#b3162d", 0),
}


class Exceptions(DrawnLayer):
    """Located tickets whose decision is an exception, one mark a ticket.

    Parameters
    ----------
    source_url
        Address that answers them as GeoJSON points with a property `exception`.
    language
        Language of the words and of the notice.
    show
        Whether they are fetched and drawn at once.
    """

    kind = "exceptions"

    def __init__(self, source_url: str, *, language: Language, show: bool = False) -> None:
        data = {
            "url": source_url,
            "marks": MARKS,
            "legend": [[kind, say(kind, language)] for kind in MARKS],
            "title": both("exceptions", language),
            "words": glossary((*MARKS, "open", "closed", "failed"), language),
        }
        super().__init__(data, name=say("exceptions", language), show=show)
        self.default_js = [SCRIPT, TICKETS_SCRIPT]
