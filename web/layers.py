"""The layers of the map for other programs: which there are, and their features."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import orjson
from flask import Blueprint, Response, url_for

from gridmap.errors import NotFoundError
from layers.catalogue import catalogue
from layers.extract import Batch, Extract, batches, needs_tickets
from layers.layer import Field, MapLayer, Names, Parameter
from web import asked, geojson
from web.holding import session, tiles
from web.packing import checked_by_content
from web.saving import FORMS

blueprint = Blueprint("layers", __name__, url_prefix="/api")


@blueprint.get("/layers")
def index() -> Response:
    """Answer the catalogue of layers, the lowest on the map first."""
    asked.texts(known=())
    body = orjson.dumps([_told(layer) for layer in catalogue().values()])
    return checked_by_content(body, "application/json")


@blueprint.get("/layers/<key>/features")
def features(key: str) -> Response:
    """Answer the features of a layer that meet a box, up to a limit."""
    layer, most = asked.layer_of(key), asked.limit()
    extract = wanted(layer, also=("bbox", "limit", "zoom"))
    found = list(_first(batches(session(), extract), most + 1))
    is_complete = sum(len(batch.ids) for batch in found) <= most
    keys = [one.key for one in extract.fields]
    members = {"name": key, "complete": is_complete}
    body = b"".join(geojson.collection(_first(iter(found), most), keys, members))
    return checked_by_content(body, geojson.MIMETYPE)


@blueprint.get("/layers/<key>/features/<row_id>")
def feature(key: str, row_id: str) -> Response:
    """Answer one feature of a layer."""
    extract = wanted(asked.layer_of(key), also=("zoom",))
    for batch in batches(session(), extract, asked.row_id(row_id)):
        for body in geojson.features(batch, [one.key for one in extract.fields]):
            return checked_by_content(body, geojson.MIMETYPE)
    message = f"The layer {key} has no feature {row_id}: it may have ended, or be out of sight."
    raise NotFoundError(message)


def wanted(layer: MapLayer, also: tuple[str, ...]) -> Extract:
    """Read from the address which features of a layer are wanted."""
    question, zoom = asked.ask(layer, also), asked.zoom(layer)
    bounds = asked.bounds() if "bbox" in also else None
    if not needs_tickets(layer):
        return Extract(layer, layer.settle(session(), question), bounds, zoom)
    with tiles().tickets() as (seen, held):
        return Extract(layer, layer.settle(seen, question), bounds, zoom, held)


def _first(found: Iterator[Batch], most: int) -> Iterator[Batch]:
    """Return the first features, up to a number."""
    for batch in found:
        some = batch.of(np.arange(len(batch.ids)) < most)
        most -= len(some.ids)
        yield some
        if not most:
            return


def _told(layer: MapLayer) -> dict[str, Any]:
    tiles = url_for("tiles.tile", keys=layer.key, z=0, x=0, y=0).removesuffix("0/0/0")
    values = url_for("tiles.values", key=layer.key) if layer.values else None
    return {
        "key": layer.key,
        "name": _names(layer.name),
        "about": _names(layer.about),
        "group": layer.group,
        "follows_sight": layer.audience == "sight",
        "tiles": tiles + "{z}/{x}/{y}",
        "min_zoom": layer.min_zoom,
        "max_zoom": layer.max_zoom,
        "values": values,
        "features": url_for("layers.features", key=layer.key),
        "downloads": {
            form: url_for("downloads.download", key=layer.key, form=form) for form in FORMS
        },
        "fields": [_field(field) for field in layer.fields],
        "parameters": [_parameter(parameter) for parameter in layer.parameters],
        "legend": [{"colour": one.colour, "name": _names(one.name)} for one in layer.legend],
        "tables": list(layer.tables),
    }


def _field(field: Field) -> dict[str, Any]:
    values = {value: _names(names) for value, names in field.values.items()}
    return {"key": field.key, "name": _names(field.name), "values": values}


def _parameter(parameter: Parameter) -> dict[str, Any]:
    values = {value: _names(names) for value, names in parameter.values.items()}
    return {
        "key": parameter.key,
        "name": _names(parameter.name),
        "default": parameter.default,
        "values": values,
    }


def _names(names: Names) -> dict[str, str]:
    return {"zh": names[0], "en": names[1]}
