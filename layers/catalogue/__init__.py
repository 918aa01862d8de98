"""The catalogue of layers: one module each, found by looking into this package.

A module says `LAYER = MapLayer(…)`, with the name of the module for a key. A file more is a layer
more; nothing else needs to know.
"""

from __future__ import annotations

import os
import pkgutil
from functools import lru_cache
from importlib import import_module

from layers.layer import MapLayer


def catalogue() -> dict[str, MapLayer]:
    """Return every layer by its key, the lowest on the map first."""
    return _layers(tuple((folder, os.stat(folder).st_mtime_ns) for folder in __path__))


@lru_cache(maxsize=1)
def _layers(folders: tuple[tuple[str, int], ...]) -> dict[str, MapLayer]:
    """Import the modules; looked for anew when a folder, with the time of its change, is another.

    Every request asks: reading the folders each time would cost more than a tile that is kept.
    """
    names = [module.name for module in pkgutil.iter_modules([folder for folder, _ in folders])]
    found: list[MapLayer] = [import_module(f"{__name__}.{name}").LAYER for name in names]
    return {layer.key: layer for layer in sorted(found, key=lambda one: (one.rank, one.key))}
