"""Text answers are packed when the browser can unpack them: a page of 100 kB travels as 30.

What is answered again and again is packed once: `checked` keeps packed bodies by their ETag.
"""

from __future__ import annotations

import gzip
import shutil
import threading
from collections import OrderedDict
from hashlib import blake2b
from pathlib import Path

from flask import Flask, Response, current_app, request

_TYPES = {
    "text/html",
    "application/json",
    "application/problem+json",
    "application/geo+json",
    "image/svg+xml",
    "text/css",
    "text/javascript",
}
#: Below this an answer fits a network packet anyway.
_WORTH_BYTES = 1_400
_LEVEL = 5
_KEPT_BYTES = 32 * 2**20
_TAG_BYTES = 16


class Packed:
    """Packed bodies by the ETag of what they hold; the longest unused go first.

    Parameters
    ----------
    limit_bytes
        What all of them may take together.
    """

    def __init__(self, limit_bytes: int = _KEPT_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._bytes = 0
        self._bodies: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, body: bytes, etag: str) -> bytes:
        """Return a body packed; it is packed anew only if it is not kept."""
        with self._lock:
            kept = self._bodies.get(etag)
            if kept is not None:
                self._bodies.move_to_end(etag)
                return kept
        packed = _packed(body)
        with self._lock:
            if etag not in self._bodies:
                self._bodies[etag] = packed
                self._bytes += len(packed)
            while self._bytes > self._limit_bytes:
                self._bytes -= len(self._bodies.popitem(last=False)[1])
        return packed


def init_app(app: Flask) -> None:
    """Pack every answer that is worth it."""
    app.extensions["gridmap_packed"] = Packed()
    app.after_request(_pack)


def checked(body: bytes, etag: str, mimetype: str) -> Response:
    """Make an answer that a browser may keep, but asks about before it uses it again.

    Parameters
    ----------
    body
        What is answered.
    etag
        A text that no other content has; with the packing it makes a strong validator
        (https://www.rfc-editor.org/rfc/rfc9110#section-8.8.1).
    mimetype
        Of the body.
    """
    is_packed = len(body) >= _WORTH_BYTES and request.accept_encodings["gzip"] > 0
    response = Response(mimetype=mimetype)
    response.vary.add("Accept-Encoding")
    response.cache_control.private = True
    response.cache_control.no_cache = True
    tag = f"{etag}-gzip" if is_packed else etag
    response.set_etag(tag)
    if request.if_none_match.contains_weak(tag):
        response.status_code = 304
        return response
    if is_packed:
        response.content_encoding = "gzip"
        kept: Packed = current_app.extensions["gridmap_packed"]
        body = kept.of(body, etag)
    response.set_data(body)
    return response


def checked_by_content(body: bytes, mimetype: str) -> Response:
    """Make an answer as `checked` does, for a body that has no tag of its own yet."""
    return checked(body, blake2b(body, digest_size=_TAG_BYTES).hexdigest(), mimetype)


def packed_file(path: Path) -> Path:
    """Pack a file piece by piece into one beside it."""
    packed = path.with_name(f"{path.name}.gz")
    with path.open("rb") as source, gzip.open(packed, "wb", _LEVEL) as target:
        shutil.copyfileobj(source, target)
    return packed


def _pack(response: Response) -> Response:
    if request.endpoint == "static" and response.status_code == 200:
        return _pack_file(response)
    if response.direct_passthrough or not _is_worth_it(response):
        return response
    response.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"] > 0:
        response.set_data(_packed(response.get_data()))
        response.content_encoding = "gzip"
    return response


def _is_worth_it(response: Response) -> bool:
    if (response.content_length or 0) < _WORTH_BYTES:
        return False
    return response.mimetype in _TYPES and not response.content_encoding


def _pack_file(response: Response) -> Response:
    """Pack one of the pages' own few files; they differ by the ETag that Flask gives them.

    That becomes weak (https://www.rfc-editor.org/rfc/rfc9110#section-8.8.1): it stands for the
    file, packed or not, so that Flask knows it when it is asked about again.
    """
    if not _is_worth_it(response):
        return response
    response.vary.add("Accept-Encoding")
    etag, _ = response.get_etag()
    if request.accept_encodings["gzip"] > 0 and etag:
        kept: Packed = current_app.extensions["gridmap_packed"]
        response.direct_passthrough = False
        response.set_data(kept.of(response.get_data(), etag))
        response.set_etag(etag, weak=True)
        response.content_encoding = "gzip"
    return response


def _packed(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=_LEVEL, mtime=0)
