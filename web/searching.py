"""The open interface for places: where a text is, and suggestions while somebody types."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from gridmap.errors import InputError
from gridmap.locating import Entry
from gridmap.locating.found import entry_dict
from gridmap.locating.matcher import NAMED
from web.holding import router
from web.questions import MAX_TEXT

blueprint = Blueprint("searching", __name__, url_prefix="/api")

MAX_SUGGESTIONS = 20
_SUGGESTIONS = 10


@blueprint.get("/locate")
def locate() -> ResponseReturnValue:
    """Answer where a text is."""
    asked = _asked("q", "matter", "limit")
    if not asked["q"].strip():
        message = "q is missing: write what was said of the place, such as q=映屿街38号."
        raise InputError(message)
    limit = _limit(asked["limit"], NAMED, NAMED)
    matcher = router().locator.matcher
    found = matcher.find(asked["q"], matter=asked["matter"] or None).as_dict()
    found["candidates"] = found["candidates"][:limit]
    return _checked(jsonify(found))


@blueprint.get("/suggest")
def suggest() -> ResponseReturnValue:
    """Answer what somebody who types may be looking for."""
    asked = _asked("q", "limit")
    limit = _limit(asked["limit"], _SUGGESTIONS, MAX_SUGGESTIONS)
    entries = router().locator.matcher.suggest(asked["q"], limit)
    return _checked(jsonify([_with_extent(entry) for entry in entries]))


def _asked(*fields: str) -> dict[str, str]:
    """Read the arguments; an unknown or a long one is an InputError."""
    unknown = [field for field in request.args if field not in fields]
    if unknown:
        message = f"{unknown[0]!r} is no field of this question: use {', '.join(fields)}."
        raise InputError(message)
    asked = {field: request.args.get(field, "") for field in fields}
    for field, text in asked.items():
        if len(text) > MAX_TEXT:
            message = f"{field} must be a text of at most {MAX_TEXT:,} characters."
            raise InputError(message)
    return asked


def _limit(text: str, default: int, most: int) -> int:
    if not text:
        return default
    limit = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0
    if not 1 <= limit <= most:
        message = f"limit is {text[:20]!r}: give a whole number from 1 to {most}."
        raise InputError(message)
    return limit


def _with_extent(entry: Entry) -> dict[str, Any]:
    extent = None if entry.extent is None else [round(value, 7) for value in entry.extent]
    return {**entry_dict(entry), "extent": extent}


def _checked(response: Response) -> ResponseReturnValue:
    """Let whoever asks again be told that nothing has changed."""
    response.set_etag(sha256(response.get_data()).hexdigest()[:16], weak=True)
    response.cache_control.private = True
    response.cache_control.no_cache = True
    return response.make_conditional(request)
