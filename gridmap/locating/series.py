"""Locating on pandas: a Series of texts in, a DataFrame of places out."""

from __future__ import annotations

import pandas as pd

from gridmap.locating.found import Found
from gridmap.locating.matcher import Matcher

COLUMNS = ("entry", "label", "lon", "lat", "method", "confidence", "problem", "reason")


def locate_series(
    matcher: Matcher, texts: pd.Series, *, matters: pd.Series | None = None
) -> pd.DataFrame:
    """Find the places of texts.

    Parameters
    ----------
    matcher
        Over the gazetteer of a store.
    texts
        What was said of each place; a missing value finds nothing.
    matters
        Names of the matters, in the same order.

    Returns
    -------
    places
        With the index of `texts`: `entry` (key in the gazetteer) and `label`, None where nothing
        was found; `lon`, `lat` in degrees of the store's datum, NaN where only ground is known;
        `method`, `confidence` (0 to 1), `problem` (empty for none), and `reason` in Chinese.

    Raises
    ------
    ValueError
        When there are not as many matters as texts.
    """
    if matters is not None and len(matters) != len(texts):
        message = f"{len(matters)} matters for {len(texts)} texts: give one for each."
        raise ValueError(message)
    asked = [_text(value) for value in texts]
    about = None if matters is None else [_text(value) or None for value in matters]
    found = matcher.find_many(asked, matters=about)
    rows = [_row(one) for one in found]
    return pd.DataFrame(rows, index=texts.index, columns=list(COLUMNS))


def _text(value: object) -> str:
    return "" if pd.isna(value) else str(value)


def _row(found: Found) -> tuple[object, ...]:
    entry = found.entry
    return (
        None if entry is None else entry.key,
        None if entry is None else entry.label,
        found.lon,
        found.lat,
        found.method,
        found.confidence,
        found.problem,
        found.reason_zh,
    )
