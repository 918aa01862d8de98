"""Tickets as clusters: fetched when the layer is first shown, not written into the page."""

from __future__ import annotations

from folium.plugins import MarkerCluster

from layers.element import SCRIPT, STYLE, TICKETS_SCRIPT, DrawnLayer
from layers.words import Language, glossary, say

COLOURS = {"open": "#1f5f8b", "closed": "#8a8f94"}


class Tickets(DrawnLayer):
    """Tickets in clusters that open as one zooms in; a click on one opens a short notice.

    Parameters
    ----------
    source_url
        Address that answers the tickets as GeoJSON points.
    language
        Language of the words and of the notice.
    show
        Whether they are fetched and drawn at once.
    """

    kind = "tickets"

    def __init__(self, source_url: str, *, language: Language, show: bool = False) -> None:
        words = glossary(("open", "closed", "flagged", "failed", "clusters"), language)
        data = {"url": source_url, "colours": COLOURS, "words": words}
        super().__init__(data, name=say("tickets", language), show=show)
        self.default_js = [*MarkerCluster.default_js, SCRIPT, TICKETS_SCRIPT]
        movement = MarkerCluster.default_css[0]  # the other one colours folium's own clusters
        self.default_css = [movement, STYLE]
