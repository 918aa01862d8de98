"""Scripts, styles and pictures: served from this machine, kept by the browser for a year."""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, request, url_for
from werkzeug.utils import get_content_type

from layers.links import ASSETS, asset_files, fingerprint

blueprint = Blueprint("assets", __name__)

_YEAR_S = 31_536_000
_TEXT = (".css", ".js")


def init_app(app: Flask) -> None:
    """Serve the assets, and give templates their addresses."""
    app.register_blueprint(blueprint)
    app.add_template_global(asset_url)


def asset_url(path: str) -> str:
    """Return the address of a file below `layers/assets/`; it changes with the file's content."""
    return url_for("assets.asset", path=path, v=fingerprint(path))


@blueprint.get("/assets/<path:path>")
def asset(path: str) -> Response:
    """Answer one file; only those that the manifest names exist."""
    if path not in asset_files():
        abort(404)
    zipped = path.endswith(_TEXT) and request.accept_encodings["gzip"] > 0
    response = Response(_packed(path) if zipped else _plain(path))
    response.content_type = get_content_type(_mimetype(path), "utf-8")
    response.set_etag(fingerprint(path) + ("-gzip" if zipped else ""))
    response.cache_control.public = True
    response.cache_control.max_age = _YEAR_S
    response.cache_control.immutable = "v" in request.args
    response.vary.add("Accept-Encoding")
    if zipped:
        response.content_encoding = "gzip"
    response.make_conditional(request)
    return response


def _mimetype(path: str) -> str:
    types = {
        ".css": "text/css",
        ".js": "text/javascript",
        ".png": "image/png",
        ".svg": "image/svg+xml",
    }
    return types.get(Path(path).suffix, "text/plain")


@cache
def _plain(path: str) -> bytes:
    return (ASSETS / path).read_bytes()


@cache
def _packed(path: str) -> bytes:
    return gzip.compress(_plain(path), compresslevel=9, mtime=0)
