"""Base maps of other hosts: pictures below everything that the store knows."""

from __future__ import annotations

import re

from gridmap.basemaps import BaseMap
from layers.element import SCRIPT, STYLE, DrawnLayer
from layers.words import Language, glossary

SCRIPTS = [
    SCRIPT,
    ("gridmap_geodesy", "gridmap/geodesy.js"),
    ("gridmap_basemaps", "gridmap/basemaps.js"),
]


class OnlineBaseMap(DrawnLayer):
    """One base map of another host, offered in the layer control as one of several.

    A picture in GCJ-02 is moved under the overlays; these, and all coordinates that the page asks
    and tells, stay in WGS 84.
    """

    kind = "basemap"

    def __init__(
        self, base_map: BaseMap, *, language: Language, show: bool, control: bool = True
    ) -> None:
        name = base_map.name[0] if language == "zh" else base_map.name[1]
        notes = (base_map.attribution, base_map.approval_no)
        data = {
            "name": name,
            "urls": base_map.urls,
            "datum": base_map.datum,
            "maxZoom": base_map.max_zoom,
            "subdomains": base_map.subdomains,
            "tellsAddress": base_map.tells_address,
            "attribution": " ".join(note for note in notes if note),
            "words": glossary(("base_map_failed",), language),
        }
        super().__init__(data, name=name, show=show, control=control)
        self.overlay = False  # the layer control shows one base map at a time
        self._id = re.sub(r"\W", "_", base_map.key)  # a name in the page's script
        self.default_js, self.default_css = list(SCRIPTS), [STYLE]
