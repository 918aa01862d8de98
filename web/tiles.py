"""Tiles of the map's layers, and what is told of their features apart from the tiles."""

from __future__ import annotations

from flask import Blueprint, Response

from gridmap.errors import NotFoundError
from web import asked
from web.holding import tiles
from web.packing import checked

blueprint = Blueprint("tiles", __name__, url_prefix="/api")

#: https://github.com/mapbox/vector-tile-spec
MIMETYPE = "application/vnd.mapbox-vector-tile"


@blueprint.get("/tiles/<keys>/<z>/<x>/<y>")
def tile(keys: str, z: str, x: str, y: str) -> Response:
    """Answer one tile of one layer, or of several whose keys stand with + between them."""
    place = asked.tile_of(z, x, y)
    layers = asked.layers_of(keys)
    wanted = list(zip(layers, asked.asks(layers), strict=True))
    answer = tiles().tile(wanted, *place)
    return checked(answer.body, answer.etag, MIMETYPE)


@blueprint.get("/values/<key>")
def values(key: str) -> Response:
    """Answer what is told of the features of a layer, by their keys."""
    layer = asked.layer_of(key)
    if layer.values is None:
        message = f"The layer {key} has no values apart from its tiles: ask for its features."
        raise NotFoundError(message)
    answer = tiles().values(layer, asked.ask(layer))
    return checked(answer.body, answer.etag, "application/json")
