"""Columns of text as numbers and times."""

import numpy as np
import pytest

from gridmap.intake.tables.cells import degrees, times


def utc(cells, formats=(), zone="Asia/Shanghai"):
    return [None if np.isnat(time) else str(time)[:19] for time in times(cells, formats, zone)]


def test_degrees():
    read = degrees(["116.25", " -39.5 ", "1e2", "", "NaN", "无", "116°15'", "116,25", "inf"])
    assert read[:3].tolist() == [116.25, -39.5, 100.0]
    assert np.isnan(read[3:6]).all()
    assert np.isinf(read[6:]).all()


def test_times_are_turned_into_utc():
    assert utc(["2026-01-31 08:15:00", ""]) == ["2026-01-31T00:15:00", None]
    assert times(["2026-01-31 08:15:00"], (), "Asia/Shanghai").dtype == "datetime64[us]"


@pytest.mark.parametrize(
    "cell",
    [
        "2026-01-31",
        "2026/1/31 0:00",
        "2026-01-31T00:00:00",
        "2026-01-30T16:00:00Z",
        "2026-01-31 00:00:00.0",
    ],
)
def test_plain_formats_are_read_without_being_named(cell):
    assert utc([cell]) == ["2026-01-30T16:00:00"]


def test_formats_of_the_profile_come_first():
    american = ["%m/%d/%Y %I:%M:%S %p"]
    assert utc(["05/06/2022 02:25:54 PM", "2022-05-06"], american, "America/New_York") == [
        "2022-05-06T18:25:54",
        "2022-05-06T04:00:00",
    ]
    chinese = ["%Y年%m月%d日 %H:%M", "%d.%m.%Y"]
    assert utc(["2026年1月2日 9:05", "02.01.2026"], chinese) == [
        "2026-01-02T01:05:00",
        "2026-01-01T16:00:00",
    ]


@pytest.mark.parametrize("cell", ["yesterday", "2026-13-01", "31/01/2026", "46053.34", "20260131"])
def test_what_cannot_be_read_is_no_time(cell):
    assert utc([cell]) == [None]


def test_the_hour_that_comes_twice_and_the_one_that_never_comes():
    assert utc(["2026-11-01 01:30:00"], zone="America/New_York") == ["2026-11-01T05:30:00"]
    assert utc(["2026-03-08 02:30:00"], zone="America/New_York") == ["2026-03-08T07:00:00"]


def test_no_cells():
    assert len(times([], (), "UTC")) == 0
    assert len(degrees([])) == 0
