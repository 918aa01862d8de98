"""Profiles: every mistake in one is told with the file and the key."""

from __future__ import annotations

from pathlib import Path

import pytest

from gridmap.errors import SettingError
from gridmap.intake.tickets.profile import Profile, ready_profiles

WHOLE = """
[file]
encoding = "gb2312"
datum = "GCJ-02"
time_format = ["%Y-%m-%d %H:%M:%S", "%Y年%m月%d日 %H:%M"]
time_zone = "Asia/Shanghai"
sheet = "工单"
[columns]
number = "编号"
reported_at = "时间"
address = ["街道", "地址"]
longitude = "x"
latitude = "y"
[values.status]
"已办结" = "closed"
"""
SMALL = """
[file]
time_zone = "Asia/Shanghai"
[columns]
number = "编号"
reported_at = "时间"
"""


def load(folder: Path, content: str) -> Profile:
    path = folder / "office.toml"
    path.write_text(content, encoding="utf-8")
    return Profile.load(path)


def test_a_whole_profile(tmp_path: Path) -> None:
    profile = load(tmp_path, WHOLE)
    assert profile.name == "office"
    assert profile.encoding == "gb18030"
    assert profile.datum == "gcj02"
    assert profile.sheet == "工单"
    assert profile.columns["address"] == ("街道", "地址")
    assert profile.needed == ("编号", "时间", "街道", "地址", "x", "y")
    assert profile.status == {"已办结": "closed"}


def test_a_small_profile_leaves_the_rest_to_be_found(tmp_path: Path) -> None:
    profile = load(tmp_path, SMALL)
    assert (profile.encoding, profile.datum, profile.sheet) == (None, None, None)
    assert profile.time_formats == ()


def test_ready_profiles_are_found_by_their_bare_names() -> None:
    assert "nyc311" in ready_profiles()
    profile = Profile.load("nyc311")
    assert (profile.name, profile.datum) == ("nyc311", "wgs84")


@pytest.mark.parametrize("name", ["nyc", "../profiles/nyc311", "/etc", "nyc311.toml", ""])
def test_what_is_no_profile_names_the_ready_ones(name: str) -> None:
    with pytest.raises(SettingError, match=r"There is no profile .*: name a TOML file, or one of"):
        Profile.load(name)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('datum = "GCJ-02"', "", "file.datum is missing, and longitude and latitude mean nothing"),
        ('"GCJ-02"', '"mars"', "file.datum: The datum 'mars' is not known: name one of wgs84,"),
        ('"gb2312"', '"klingon"', "file.encoding: The encoding 'klingon' cannot be read"),
        ('"gb2312"', '"utf-16"', "file.encoding: The encoding 'utf-16' cannot be read"),
        ('"gb2312"', "8", "file.encoding must be a text"),
        ("encoding =", "encodign =", "file.encodign is not known; known are encoding, datum"),
        ("number =", "nummer =", "columns.nummer is not known; known are number, reported_at"),
        ("[values.status]", "[value.status]", "value is not known; known are file, columns"),
        ("[values.status]", "[values.state]", "values.state is not known; known are status"),
        ('"closed"', '"done"', "values.status.已办结 is 'done': write open or closed"),
        ('"Asia/Shanghai"', '"Asia/Atlantis"', "'Asia/Atlantis' is not known"),
        ('"Asia/Shanghai"', '"../../etc/passwd"', "'../../etc/passwd' is not known"),
        ('time_zone = "Asia/Shanghai"', "", "file.time_zone is missing"),
        ('"%Y-%m-%d %H:%M:%S"', '"YYYY-MM-DD"', "'YYYY-MM-DD' does not tell year, month, day"),
        ('"%Y-%m-%d %H:%M:%S"', '"%Y-%m-%d %I:%M"', "does not tell year, month, day and hour"),
        ('"%Y-%m-%d %H:%M:%S"', '"%m-%d %H:%M"', "does not tell year, month, day and hour"),
        ('"%Y-%m-%d %H:%M:%S"', "1", "1 does not tell year, month, day and hour"),
        ('latitude = "y"', "", "must map longitude and latitude together"),
        ('"编号"', '""', "columns.number must name a column"),
        ('["街道", "地址"]', "[]", "columns.address must name a column, or several as a list"),
        ("[file]", "[file", "cannot be read: "),
    ],
)
def test_a_mistake_is_told_with_file_and_key(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in WHOLE
    with pytest.raises(SettingError) as told:
        load(tmp_path, WHOLE.replace(old, new, 1))
    assert said in str(told.value)
    assert "office.toml" in str(told.value)


@pytest.mark.parametrize("field", ["number", "reported_at"])
def test_number_and_time_must_be_mapped(tmp_path: Path, field: str) -> None:
    lines = [line for line in SMALL.splitlines() if not line.startswith(field)]
    with pytest.raises(SettingError, match=f"columns.{field} is missing: name the column"):
        load(tmp_path, "\n".join(lines))


@pytest.mark.parametrize("content", ['file = "x"', '[values]\nstatus = "closed"'])
def test_a_table_must_be_a_table(tmp_path: Path, content: str) -> None:
    with pytest.raises(SettingError, match="must be a table"):
        load(tmp_path, content + (SMALL if "values" in content else ""))


def test_text_without_quotes_is_told(tmp_path: Path) -> None:
    (tmp_path / "bare.toml").write_text("[columns]\nnumber = 编号\n", encoding="utf-8")
    with pytest.raises(SettingError, match=r"line 2, column 10.*put text in quotes"):
        Profile.load(tmp_path / "bare.toml")
