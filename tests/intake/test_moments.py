"""Dates as offices write them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from gridmap.errors import InputError
from gridmap.intake.moments import parse_moment


@pytest.mark.parametrize(
    "text",
    ["2026-10-03", "2026/10/3", "2026.10.3", "2026年10月3日", "20261003", "2026-10-03 00:00:00",
     " 2026-10-03 ", "2026-10-03T00:00+08:00", "2026-10-02T16:00Z"],
)  # fmt: skip
def test_a_date_is_the_midnight_of_the_place(text: str) -> None:
    assert parse_moment(text) == datetime(2026, 10, 2, 16, tzinfo=UTC)


def test_time_and_zone() -> None:
    morning = datetime(2026, 10, 3, 8, 15, tzinfo=UTC)
    assert parse_moment("2026/10/3 8:15", ZoneInfo("UTC")) == morning
    assert parse_moment("2026-07-01", ZoneInfo("America/New_York")).hour == 4


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "2026-13-01", "2026-02-30", "26-10-03", "0202-10-03"]
)
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(InputError, match=r"is no date: write it as 2026-10-03\."):
        parse_moment(text)


def test_the_zone_is_that_of_the_site(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDMAP_TIME_ZONE", "Asia/Urumqi")
    assert parse_moment("2026-10-03") == datetime(2026, 10, 2, 18, tzinfo=UTC)
