"""Questions to layers, and tiles taken apart."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import mapbox_vector_tile

from gridmap.sight import EVERYTHING, Sight
from gridmap.storage import Store
from layers.layer import Asked, MapLayer
from layers.tiles.engine import Tiles

NOW = datetime(2026, 11, 1, 4, tzinfo=UTC)


def asked(layer: MapLayer, sight: Sight = EVERYTHING, now: datetime = NOW, **texts: str) -> Asked:
    """A question to a layer, not settled yet."""
    return layer.ask(texts, now=now, sight=sight)


def layers_of(url: str) -> list[str]:
    """The keys of the layers that the address of a tile names; none in any other address."""
    found = urlsplit(url).path.split("/")
    return found[3].split("+") if found[1:3] == ["api", "tiles"] else []


def decoded(
    store: Store, layer: MapLayer, z: int, x: int, y: int, question: Asked | None = None
) -> dict[str, list[dict[str, Any]]]:
    """The features of a tile by part: attributes, with their id and kind of geometry."""
    answer = Tiles(store).tile([(layer, question or asked(layer))], z, x, y)
    parts = mapbox_vector_tile.decode(answer.body)
    return {
        name: [
            {**one["properties"], "id": one.get("id"), "kind": one["geometry"]["type"]}
            for one in part["features"]
        ]
        for name, part in parts.items()
    }
