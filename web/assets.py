"""Scripts, styles and pictures: served from this machine, kept by the browser for a year.

The scripts of a page come in one answer, and so do its styles: fetched one by one, a page's twenty
scripts cost a browser more than what is in them. The address names the files, so that every process
can answer it.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Sequence
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path, PurePosixPath

from flask import Blueprint, Flask, Response, abort, request, url_for
from werkzeug.utils import get_content_type

from layers.links import ASSETS, asset_files, fingerprint

blueprint = Blueprint("assets", __name__)

_YEAR_S = 31_536_000
_TEXT = (".css", ".js")
#: Where a style sheet names a file by its place beside it.
_BESIDE = re.compile(r"""url\((["']?)(?![/#]|data:)""")


def init_app(app: Flask) -> None:
    """Serve the assets."""
    app.register_blueprint(blueprint)


def together_url(paths: Sequence[str]) -> str:
    """Return the address of several scripts, or several style sheets; it changes with them."""
    kind, of = Path(paths[0]).suffix[1:], ",".join(paths)
    return url_for("assets.together", kind=kind, of=of, v=_tag(tuple(paths)))


@blueprint.get("/assets/<path:path>")
def asset(path: str) -> Response:
    """Answer one file; only those that the manifest names exist."""
    if path not in asset_files():
        abort(404)
    return _answer((path,))


@blueprint.get("/assets/together.<any(js, css):kind>")
def together(kind: str) -> Response:
    """Answer the files that `of` names with commas between them, in that order, each once."""
    paths = tuple(request.args.get("of", "").split(","))
    known = {path for path in asset_files() if path.endswith(f".{kind}")}
    if len(set(paths)) < len(paths) or not known.issuperset(paths):
        abort(404)
    return _answer(paths)


def _answer(paths: tuple[str, ...]) -> Response:
    zipped = paths[0].endswith(_TEXT) and request.accept_encodings["gzip"] > 0
    response = Response(_packed(paths) if zipped else _plain(paths))
    response.content_type = get_content_type(_mimetype(paths[0]), "utf-8")
    response.set_etag(_tag(paths) + ("-gzip" if zipped else ""))
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


def _tag(paths: tuple[str, ...]) -> str:
    """Return what changes with the content of any of the files."""
    if len(paths) == 1:
        return fingerprint(paths[0])
    return sha256(" ".join(map(fingerprint, paths)).encode()).hexdigest()[:10]


@cache
def _read(path: str) -> bytes:
    return (ASSETS / path).read_bytes()


def _plain(paths: tuple[str, ...]) -> bytes:
    if len(paths) == 1:
        return _read(paths[0])
    return b"\n".join(_moved(path) for path in paths)


def _moved(path: str) -> bytes:
    """Return a file as it is read from the folder of all: a style sheet's pictures stay where."""
    if not path.endswith(".css"):
        return _read(path)
    folder = PurePosixPath(path).parent
    return _BESIDE.sub(rf"url(\g<1>{folder}/", _read(path).decode()).encode()


@lru_cache(maxsize=64)
def _packed(paths: tuple[str, ...]) -> bytes:
    return gzip.compress(_plain(paths), compresslevel=9, mtime=0)
