"""What a site may set."""

import os
import subprocess
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gridmap import settings
from gridmap.errors import SettingError
from gridmap.settings import Settings, data_folder


def test_nothing_needs_to_be_set():
    found = Settings.from_environ({})
    assert found.database_url == "geopackage:///gridmap.gpkg"
    assert found.rules_file == data_folder() / "rules" / "default.toml"
    assert found.rules_file.is_file()
    assert found.srid == 4490
    assert found.time_zone == ZoneInfo("Asia/Shanghai")
    assert (found.map_source, found.map_approval_no) == ("", "")


def test_everything_can_be_set():
    found = Settings.from_environ(
        {
            "GRIDMAP_DATABASE_URL": "postgresql://host/x",
            "GRIDMAP_RULES": "/etc/gridmap/rules.toml",
            "GRIDMAP_SRID": "4326",
            "GRIDMAP_TIME_ZONE": "Asia/Urumqi",
            "GRIDMAP_MAP_SOURCE": "示例来源",
            "GRIDMAP_MAP_APPROVAL_NO": "GS(2026)0000",
            "SOMETHING_ELSE": "x",
        }
    )
    assert found == Settings(
        database_url="postgresql://host/x",
        rules_file=Path("/etc/gridmap/rules.toml"),
        srid=4326,
        time_zone=ZoneInfo("Asia/Urumqi"),
        map_source="示例来源",
        map_approval_no="GS(2026)0000",
    )


def test_the_environment_is_read_when_nothing_is_given(monkeypatch):
    monkeypatch.setenv("GRIDMAP_DATABASE_URL", "other.gpkg")
    assert Settings.from_environ().database_url == "other.gpkg"


@pytest.mark.parametrize(
    "text", ["", "abc", "4490.0", "-4490", "４４９０", "99999999", "32650", " 4490"]
)
def test_a_number_that_is_no_geographic_crs_is_refused(text):
    with pytest.raises(SettingError) as caught:
        Settings.from_environ({"GRIDMAP_SRID": text})
    assert str(caught.value) == (
        f"GRIDMAP_SRID is {text!r}: give the EPSG number of a geographic CRS, such as 4490."
    )


@pytest.mark.parametrize("text", ["", "Asia", "Asia/Nowhere", "+08:00", "../etc/passwd", "北京"])
def test_a_name_that_is_no_time_zone_is_refused(text):
    with pytest.raises(SettingError) as caught:
        Settings.from_environ({"GRIDMAP_TIME_ZONE": text})
    assert str(caught.value) == (
        f"GRIDMAP_TIME_ZONE is {text!r}: give the name of a time zone, such as Asia/Shanghai."
    )


def test_the_data_lie_within_the_package_or_beside_it(tmp_path, monkeypatch):
    package = tmp_path / "site" / "gridmap"
    package.mkdir(parents=True)
    monkeypatch.setattr(settings, "__file__", str(package / "settings.py"))
    with pytest.raises(SettingError, match=r"There is no folder data in .*: install gridmap again"):
        data_folder()
    (tmp_path / "site" / "data").mkdir()
    assert data_folder() == tmp_path / "site" / "data"
    (package / "data").mkdir()
    assert data_folder() == package / "data"


def test_a_wrong_crs_is_one_sentence_on_the_command_line(tmp_path):
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "from gridmap.cli import main; main()",
            "--database",
            "x.gpkg",
            "init",
        ],
        env={**os.environ, "GRIDMAP_SRID": "32650"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert told.returncode == 1
    assert "Traceback" not in told.stderr
    assert "GRIDMAP_SRID is '32650'" in told.stderr
    assert not list(tmp_path.iterdir())
