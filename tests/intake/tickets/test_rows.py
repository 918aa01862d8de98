"""Rows as tickets: what is none is set apart with its reason."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openpyxl
import pytest

from gridmap.datum import to_store
from gridmap.errors import InputError
from gridmap.intake.tickets.profile import Profile
from gridmap.intake.tickets.rows import TicketBatch, open_tickets, read_tickets

PROFILE = """
[file]
datum = "gcj02"
time_zone = "Asia/Shanghai"
[columns]
number = "编号"
reported_at = "时间"
matter = "事项"
address = ["街道", "地址"]
status = "状态"
closed_at = "办结"
longitude = "x"
latitude = "y"
[values.status]
"结案" = "closed"
"返工" = "open"
"""
HEADER = "编号,时间,事项,街道,地址,状态,办结,x,y,备注\n"


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    (tmp_path / "office.toml").write_text(PROFILE, encoding="utf-8")
    return Profile.load(tmp_path / "office.toml")


def read(folder: Path, profile: Profile, rows: str) -> TicketBatch:
    (folder / "tickets.csv").write_text(HEADER + rows, encoding="utf-8")
    (batch,) = read_tickets(folder / "tickets.csv", profile)
    return batch


def test_a_row_becomes_columns(tmp_path: Path, profile: Profile) -> None:
    batch = read(tmp_path, profile, "A1 ,2026-01-31 08:15:00,占道,卢沟桥,路1号,,,116.3,39.9,x\n")
    columns = batch.columns
    assert batch.lines == [2]
    assert columns["number"] == ["A1"]
    assert columns["address"] == ["卢沟桥 路1号"]
    assert columns["matter"] == ["占道"]
    assert columns["content"] == [None]
    assert columns["status"] == ["open"]
    assert columns["reported_at"][0] == np.datetime64("2026-01-31T00:15:00", "us")
    assert columns["as_of"] is columns["reported_at"]
    assert np.isnat(columns["closed_at"][0])
    lon, lat = to_store([116.3], [39.9], "gcj02")
    assert (columns["lon"][0], columns["lat"][0]) == (lon[0], lat[0])
    assert all(len(column) == 1 for column in columns.values())


def test_coordinates_are_handed_on_as_they_are(tmp_path: Path, profile: Profile) -> None:
    places = ["39.9,116.3", "0,0", "NaN,NaN", ",", "东,北", "999,39.9", "116.3,"]
    rows = "".join(f"A{i},2026-01-31,,,,,,{place},\n" for i, place in enumerate(places))
    batch = read(tmp_path, profile, rows)
    assert batch.bad == []
    lon, lat = batch.columns["lon"], batch.columns["lat"]
    assert [(lon[i], lat[i]) for i in (0, 1, 5)] == [(39.9, 116.3), (0, 0), (999, 39.9)]
    assert np.isnan([lon[2:4], lat[2:4]]).all()
    assert np.isinf([lon[4], lat[4]]).all()
    assert np.isnan(lat[6])


def test_open_or_closed(tmp_path: Path, profile: Profile) -> None:
    states = ["结案,", "返工,2026-02-01", "别的,2026-02-01", "别的,", ",2026-02-01"]
    rows = "".join(f"A{i},2026-01-31,,,,{state},,,\n" for i, state in enumerate(states))
    batch = read(tmp_path, profile, rows)
    assert batch.columns["status"] == ["closed", "open", "closed", "open", "closed"]


def test_what_is_no_ticket(tmp_path: Path, profile: Profile) -> None:
    long = "9" * 201
    rows = (
        "A1,2026-01-31,,,,,,116.3,39.9,\n"
        " ,2026-01-31,,,,,,116.3,39.9,\n"
        "A2,,,,,,,116.3,39.9,\n"
        "A3,gestern,,,,,,116.3,39.9,\n"
        "A4,2026-01-31,,,,,morgen,116.3,39.9,\n"
        f"{long},2026-01-31,,,,,,116.3,39.9,\n"
        "1.23457E+19,2026-01-31,,,,,,116.3,39.9,\n"
        "A5,2026-01-31\n"
        "A6,2026-01-31,,,,,,116.3,39.9,\n"
    )
    batch = read(tmp_path, profile, rows)
    assert batch.lines == [2, 10]
    assert batch.columns["number"] == ["A1", "A6"]
    assert len(batch.columns["lon"]) == len(batch.columns["digest"]) == len(batch.rows) == 2
    assert [(bad.line, bad.fault.en) for bad in batch.bad] == [
        (3, "it has no number"),
        (4, "it has no time"),
        (5, "its time 'gestern' cannot be read"),
        (6, "its closing time 'morgen' cannot be read"),
        (7, "its number is longer than 200 characters"),
        (
            8,
            "a spreadsheet has shortened its number, and the last digits are lost: "
            "export it as text",
        ),
        (9, "it has 2 cells, the header 10"),
    ]
    assert batch.bad[2].fault.zh == "时间“gestern”无法识别"


def test_the_digest_tells_mapped_content_apart(tmp_path: Path, profile: Profile) -> None:
    rows = (
        "A1,2026-01-31,,,路1号,,,116.3,39.9,one note\n"
        "A1,2026-01-31,,, 路1号,,,116.3,39.9,another note\n"
        "A1,2026-01-31,,路1号,,,,116.3,39.9,\n"
        "A1,2026-01-31,路1号,,,,,116.3,39.9,\n"
    )
    digests = read(tmp_path, profile, rows).columns["digest"].tolist()
    assert digests[0] == digests[1] == digests[2]
    assert digests[3] != digests[0]
    assert digests[0] == -4818958388747887192  # stores hold it: it may never change


def test_only_what_is_mapped_is_needed(tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(
        '[file]\ntime_zone = "UTC"\n[columns]\nnumber = "n"\nreported_at = "t"\n', encoding="utf-8"
    )
    profile = Profile.load(tmp_path / "small.toml")
    (tmp_path / "small.csv").write_text("n,t\n1,2026-01-31\n", encoding="utf-8")
    tickets = open_tickets(tmp_path / "small.csv", profile)
    (batch,) = tickets.batches
    assert np.isnan(batch.columns["lon"]).all()
    assert batch.columns["status"] == ["open"]
    assert tickets.rows_at_most == 2


def test_a_file_of_another_source_is_refused(tmp_path: Path, profile: Profile) -> None:
    (tmp_path / "other.csv").write_text("编号,时间,x,y\nA1,2026-01-31,1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match="has no column 事项, 街道, 地址, 状态, 办结: its columns"):
        read_tickets(tmp_path / "other.csv", profile)


def test_dates_of_a_workbook(tmp_path: Path, profile: Profile) -> None:
    from datetime import datetime

    workbook = openpyxl.Workbook()
    workbook.active.append(HEADER.strip().split(","))
    workbook.active.append(
        [7, datetime(2026, 1, 31, 8, 15), None, None, None, None, None, 116.3, 39.9]
    )
    workbook.save(tmp_path / "tickets.xlsx")
    (batch,) = read_tickets(tmp_path / "tickets.xlsx", profile)
    assert batch.columns["number"] == ["7"]
    assert batch.columns["reported_at"][0] == np.datetime64("2026-01-31T00:15:00", "us")
