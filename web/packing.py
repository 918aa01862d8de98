"""Text answers are packed when the browser can unpack them: a page of 100 kB travels as 30."""

from __future__ import annotations

import gzip

from flask import Flask, Response, request

_TYPES = {"text/html", "application/json", "application/geo+json", "image/svg+xml", "text/css"}
#: Below this an answer fits a network packet anyway.
_WORTH_BYTES = 1_400
_LEVEL = 5


def init_app(app: Flask) -> None:
    """Pack every answer that is worth it."""
    app.after_request(_pack)


def _pack(response: Response) -> Response:
    if response.direct_passthrough or (response.content_length or 0) < _WORTH_BYTES:
        return response
    if response.mimetype not in _TYPES or response.content_encoding:
        return response
    response.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"] > 0:
        packed = gzip.compress(response.get_data(), compresslevel=_LEVEL, mtime=0)
        response.set_data(packed)
        response.content_encoding = "gzip"
    return response
