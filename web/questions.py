"""Questions to the router as they come in over HTTP: read, checked, refused in one sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gridmap.datum import to_store_point
from gridmap.errors import InputError
from gridmap.model import GENERAL_SCHEME
from gridmap.routing import Decision, Router

_UNIT = ("id", "scheme", "level", "code", "name")
_FIELDS = ("lon", "lat", "datum", "at", "matter", "text")
MAX_TEXT = 2_000


def ask(router: Router, question: Mapping[str, Any]) -> dict[str, Any]:
    """Put one question to the router and return its decision, with the place in the store's datum.

    Parameters
    ----------
    router
        The snapshot that answers.
    question
        `lon` and `lat` in degrees, `datum`, and if known `at` (ISO 8601 with an offset), `matter`
        and `text`; numbers may be texts.

    Raises
    ------
    InputError
        A field is missing, unknown or cannot be used; the sentence names it.
    """
    unknown = [field for field in question if field not in _FIELDS]
    if unknown:
        message = f"{unknown[0]!r} is no field of a question: use {', '.join(_FIELDS)}."
        raise InputError(message)
    lon, lat, datum = (
        _degrees(question, "lon", 180),
        _degrees(question, "lat", 90),
        _datum(question),
    )
    lon, lat = to_store_point(lon, lat, datum)
    decision = router.decide(
        lon,
        lat,
        as_of=_moment(question),
        matter=_text(question, "matter"),
        text=_text(question, "text"),
    )
    return {
        "place": {"lon": round(lon, 7), "lat": round(lat, 7)},
        **decision.as_dict(),
        "alternative_units": _alternatives(router, decision),
    }


def _alternatives(router: Router, decision: Decision) -> list[dict[str, Any]]:
    """Name the units that may be meant instead, as they were at the time of the decision."""
    codes = decision.alternatives.split()
    if not codes:
        return []
    ground = router.ground
    edition = ground.edition(ground.edition_number(decision.as_of))
    scheme = decision.unit.scheme if decision.unit else GENERAL_SCHEME
    rows = (
        edition.by_code.get((scheme, code), edition.by_code.get((GENERAL_SCHEME, code)))
        for code in codes
    )
    units = (ground.units[row] for row in rows if row is not None)
    return [{field: getattr(unit, field) for field in _UNIT} for unit in units]


def _degrees(question: Mapping[str, Any], field: str, limit: float) -> float:
    value = question.get(field)
    try:
        if value is None or isinstance(value, bool):
            raise ValueError
        degrees = float(value)
    except (TypeError, ValueError, OverflowError):
        message = f"{field} is missing or no number: give degrees, such as lon=116.3 and lat=39.9."
        raise InputError(message) from None
    if not math.isfinite(degrees) or abs(degrees) > limit:
        message = f"{field} is {degrees:g}: it must lie between -{limit:g} and {limit:g} degrees."
        raise InputError(message)
    return degrees


def _datum(question: Mapping[str, Any]) -> str:
    datum = _text(question, "datum")
    if not datum:
        message = "datum is missing: say which the coordinates are in, such as wgs84 or gcj02."
        raise InputError(message)
    return datum


def _moment(question: Mapping[str, Any]) -> datetime | None:
    text = _text(question, "at")
    if not text:
        return None
    try:
        # A plus sign in an address is a blank unless it is written %2B.
        moment = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not 1900 <= moment.year < 2200:
        message = (
            f"at is {text[:40]!r}: write a time with its offset, as 2026-10-01T08:30:00+08:00."
        )
        raise InputError(message)
    return moment


def _text(question: Mapping[str, Any], field: str) -> str | None:
    value = question.get(field)
    if value is not None and (not isinstance(value, str) or len(value) > MAX_TEXT):
        message = f"{field} must be a text of at most {MAX_TEXT:,} characters."
        raise InputError(message)
    return value
