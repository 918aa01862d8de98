"""Links that restore a map, its filter, its downloads: what the page around a map can do to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from layers.element import SCRIPT, Behaviour
from layers.layer import MapLayer
from layers.tiled import Tiled
from layers.words import Language, glossary

_WORDS = (
    "filtered",
    "filter_off",
    "filter_since",
    "filter_until",
    "filter_no_unit",
    "copied",
    "not_copied",
)


class Sharing(Behaviour):
    """Keeps the address of the page such that it restores what is seen.

    Parameters
    ----------
    layers
        The layers of the page, each with what draws it.
    bases
        By key: the names of the base maps in the page's script.
    level
        The level that is shown when the address names none.
    download_url
        Address of a download with KEY and FORMAT where these belong.
    features_url
        Address of the features of a layer with KEY in it, which refuses a filter that cannot be.
    time_zone
        IANA name of the zone in which a day begins.
    """

    kind = "sharing"

    def __init__(
        self,
        *,
        layers: Iterable[tuple[MapLayer, Tiled]],
        bases: Mapping[str, str],
        level: str,
        download_url: str,
        features_url: str,
        time_zone: str,
        language: Language,
    ) -> None:
        super().__init__(
            {
                "layers": {
                    layer.key: {
                        "name": tiled.get_name(),
                        "shown": layer.shown,
                        "parameters": {one.key: one.default for one in layer.parameters},
                    }
                    for layer, tiled in layers
                },
                "bases": dict(bases),
                "level": level,
                "download": download_url,
                "features": features_url,
                "timeZone": time_zone,
                "words": glossary(_WORDS, language),
            }
        )
        self.default_js = [SCRIPT, ("gridmap_sharing", "gridmap/sharing.js")]


class Printing(Behaviour):
    """Fits the map on one page of paper."""

    kind = "printing"

    def __init__(self) -> None:
        super().__init__({})
        self.default_js = [SCRIPT, ("gridmap_printing", "gridmap/printing.js")]
