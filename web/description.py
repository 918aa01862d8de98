"""The description of the interface: `openapi.json`, with what the catalogue of layers adds to it.

A layer is one file more and changes nothing here: its key and parameters are put in when the
description is asked for.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from layers.catalogue import catalogue
from layers.layer import Parameter

_FILE = Path(__file__).parent / "openapi.json"
_OF_LAYER = {"$ref": "#/components/parameters/OfLayer"}
_MAX_TEXT = 200


def description() -> dict[str, Any]:
    """Return the OpenAPI description with the layers that there are."""
    found: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    layers = catalogue()
    listed = found["components"]["parameters"]
    listed["LayerKey"]["schema"]["enum"] = list(layers)
    listed["LayerKeys"]["schema"]["examples"] = list(layers)
    known = {one.key: one for layer in layers.values() for one in layer.parameters}
    added = [_described(parameter) for parameter in known.values()]
    for path in found["paths"].values():
        for operation in path.values():
            given = operation.get("parameters", [])
            if _OF_LAYER in given:
                operation["parameters"] = [one for one in given if one != _OF_LAYER] + added
    del listed["OfLayer"]
    return found


def _described(parameter: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string", "maxLength": _MAX_TEXT}
    if parameter.values:
        schema["enum"] = list(dict.fromkeys([parameter.default, *parameter.values]))
    if parameter.default:
        schema["default"] = parameter.default
    return {
        "name": parameter.key,
        "in": "query",
        "description": f"{parameter.name[1]} · {parameter.name[0]}; of layers that have it.",
        "schema": schema,
    }
