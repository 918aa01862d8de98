"""Moments: dates and times as offices write them, in the zone of the place."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from gridmap.errors import InputError
from gridmap.settings import Settings

#: Names that offices give the columns of dates, besides ours.
DATE_NAMES = {
    **dict.fromkeys(("起始日期", "生效日期", "有效期始", "有效期起", "开始日期"), "valid_from"),
    **dict.fromkeys(("截止日期", "失效日期", "有效期止", "结束日期", "终止日期"), "valid_to"),
}

_YEARS = range(1900, 2200)
_CHINESE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_HOUR = re.compile(r"(?<=[ T])(\d):")
_SLASHED = re.compile(r"^(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})")


def parse_moment(text: str, time_zone: ZoneInfo | None = None) -> datetime:
    """
    Read a date or a time; a date means the midnight with which it begins.

    Parameters
    ----------
    text
        E.g. `2026-10-03`, `2026/10/3`, `2026年10月3日`, `20261003`, `2026-10-03 08:15`.
    time_zone
        The zone of what does not name an offset from UTC; the site's when left out.

    Returns
    -------
    moment
        An aware time in UTC.

    Raises
    ------
    InputError
        If it is no date, or one that cannot be meant.
    """
    plain = _SLASHED.sub(_iso_date, _CHINESE.sub(_iso_date, text.strip()))
    plain = _HOUR.sub(_iso_time, plain)
    try:
        moment = datetime.fromisoformat(plain)
    except ValueError:
        moment = None
    if moment is None or moment.year not in _YEARS:
        message = f"{text!r} is no date: write it as 2026-10-03."
        raise InputError(message)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=time_zone or Settings.from_environ().time_zone)
    return moment.astimezone(UTC)


def _iso_date(found: re.Match[str]) -> str:
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}"


def _iso_time(found: re.Match[str]) -> str:
    return f"{int(found[1]):02}:"
