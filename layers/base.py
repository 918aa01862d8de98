"""The empty map that layers are laid on, with controls in the page's language."""

from __future__ import annotations

from typing import Any

import folium

from gridmap.settings import Settings
from layers.element import FRAME_STYLE, STYLE, Behaviour
from layers.words import Language, both, glossary

#: Longitude and latitude in degrees: west, south, east, north.
Bounds = tuple[float, float, float, float]

MAX_ZOOM = 20

#: What the licence of OpenStreetMap's data asks for: https://www.openstreetmap.org/copyright
OPENSTREETMAP = "© OpenStreetMap contributors"


class Dress(Behaviour):
    """Controls, attribution, keyboard and the frame of the map, all in one language."""

    kind = "dress"

    def __init__(self, options: dict[str, Any]) -> None:
        super().__init__(options)
        self.default_css = [STYLE, FRAME_STYLE]


def base_map(
    bounds: Bounds,
    language: Language,
    settings: Settings,
    *,
    shows_openstreetmap: bool = False,
    shared: bool = False,
) -> folium.Map:
    """Make an empty map that shows the given bounds.

    Parameters
    ----------
    bounds
        West, south, east, north in degrees; the coordinates of the store, never GCJ-02.
    language
        Language of the controls.
    settings
        Gives the source of the map and its approval number, which are shown at the lower left;
        without a number the map says that it is for internal use.
    shows_openstreetmap
        Whether rows of OpenStreetMap are among what is drawn, which is said beside the source.
    shared
        Whether the page's address may name another view.
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
    options = {
        "bounds": [[south, west], [north, east]],
        "words": glossary(("zoom_in", "zoom_out", "map", "layers", "legend"), language),
        "notes": _notes(settings, language, shows_openstreetmap=shows_openstreetmap),
        "shared": shared,
    }
    made.add_child(Dress(options))
    return made


def _notes(settings: Settings, language: Language, *, shows_openstreetmap: bool) -> list[str]:
    """Say where the map is from, and its approval number or that it is for internal use."""
    source = settings.map_source
    licence = OPENSTREETMAP if shows_openstreetmap else ""
    approval = settings.map_approval_no or both("internal_use", language)
    return [note for note in (source, licence, approval) if note]
