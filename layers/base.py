"""The map itself: no tiles, a canvas, controls in the page's language."""

from __future__ import annotations

import folium

from gridmap.settings import Settings
from layers.element import Behaviour
from layers.words import Language, glossary

#: Longitude and latitude in degrees: west, south, east, north.
Bounds = tuple[float, float, float, float]

MAX_ZOOM = 20


class Dress(Behaviour):
    """Controls, attribution, keyboard and the frame of the map, all in one language."""

    kind = "dress"


def base_map(bounds: Bounds, language: Language, settings: Settings) -> folium.Map:
    """Make an empty map that shows the given bounds.

    Parameters
    ----------
    bounds
        West, south, east, north in degrees; the coordinates of the store, never GCJ-02.
    language
        Language of the controls.
    settings
        Gives the source of the map and its approval number, which are shown at the lower left.
    """
    west, south, east, north = bounds
    made = folium.Map(
        location=[(south + north) / 2, (west + east) / 2],
        tiles=None,
        zoom_control=False,
        prefer_canvas=True,
        zoom_snap=0.5,
        zoom_delta=1,
        wheel_px_per_zoom_level=100,
        attribution_control=False,
    )
    made.options["maxZoom"] = MAX_ZOOM
    made._id = "main"
    notes = [settings.map_source, settings.map_approval_no]
    words = glossary(("zoom_in", "zoom_out", "map", "layers", "legend"), language)
    made.add_child(
        Dress(
            {
                "bounds": [[south, west], [north, east]],
                "words": words,
                "attribution": " ".join(note for note in notes if note),
            }
        )
    )
    return made
