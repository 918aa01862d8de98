"""The catalogue of layers: one module each, found by looking into this package.

A module says `LAYER = MapLayer(…)`, with the name of the module for a key. A file more is a layer
more; nothing else needs to know.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from layers.layer import MapLayer


def catalogue() -> dict[str, MapLayer]:
    """Return every layer by its key, the lowest on the map first."""
    return _layers(tuple(sorted(module.name for module in pkgutil.iter_modules(__path__))))


@cache
def _layers(names: tuple[str, ...]) -> dict[str, MapLayer]:
    """Import the modules; `names` are in the cache's key, so that a new one is seen."""
    found: list[MapLayer] = [import_module(f"{__name__}.{name}").LAYER for name in names]
    return {layer.key: layer for layer in sorted(found, key=lambda one: (one.rank, one.key))}
