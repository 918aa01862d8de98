"""Base maps of a site: what may be offered together, and what is told of a wrong list."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gridmap.basemaps import OWN, read_base_maps
from gridmap.errors import SettingError
from gridmap.settings import Settings, data_folder

DEFAULT = data_folder() / "basemaps" / "default.toml"
TILES = '["https://tiles.example/{z}/{x}/{y}.png"]'


def entry(key: str = "city", urls: str = TILES, datum: str = "cgcs2000", more: str = "") -> str:
    return (
        f'[{key}]\nname_zh = "城市"\nname_en = "City"\nurls = {urls}\ndatum = "{datum}"\n'
        f'source = "a test"\ncertainty = "verified"\n{more}\n'
    )


@pytest.fixture
def listed(tmp_path: Path):
    """Write a list of base maps."""

    def write(text: str) -> Path:
        path = tmp_path / "maps.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_own_map_is_all_that_is_offered_when_nothing_is_set():
    assert Settings.from_environ({}).base_maps == (OWN,)


def test_every_entry_of_the_list_can_be_offered():
    keys = ["own", "tianditu", "tianditu-imagery", "osm"]
    found = read_base_maps(DEFAULT, keys, {"TIANDITU_KEY": "abc"})
    assert [one.key for one in found] == keys
    assert [len(one.urls) for one in found] == [0, 2, 2, 1]
    assert all("tk=abc" in url for one in found[1:3] for url in one.urls)
    assert found[1].origins() == [f"https://t{number}.tianditu.gov.cn" for number in range(8)]
    assert found[3].origins() == ["https://tile.openstreetmap.org"]
    assert found[3].attribution == "© OpenStreetMap contributors"


def test_settings_name_base_maps_and_their_list(listed):
    path = listed(entry(datum="高德", more='approval_no = "GS(2026)0000"\nmax_zoom = 17'))
    environ = {"GRIDMAP_BASE_MAPS": " city ", "GRIDMAP_BASE_MAPS_FILE": str(path)}
    (found,) = Settings.from_environ(environ).base_maps
    assert (found.datum, found.approval_no, found.max_zoom) == ("gcj02", "GS(2026)0000", 17)


def test_wgs84_and_cgcs2000_are_offered_together(listed):
    path = listed(entry("a", datum="wgs84") + entry("b", datum="cgcs2000"))
    assert len(read_base_maps(path, ["a", "b"], {})) == 2


@pytest.mark.parametrize(
    ("text", "keys", "said"),
    [
        (entry(), ["town"], "names 'town', which {file} lacks: use city."),
        (entry(), [], "must name at least one base map, and none twice."),
        (entry(), ["city", "city"], "none twice."),
        (entry("a") + entry("b", datum="gcj02"), ["a", "b"], "a (cgcs2000) beside b (gcj02)"),
        (entry(datum="bd09"), ["city"], "is in BD-09, whose tiles are cut in a grid of their own"),
        (entry(datum="mars"), ["city"], "The base map 'city' of {file}: "),
        ("city = 1", ["city"], "is no table"),
        ("[city", ["city"], "cannot be read"),
        (entry(urls="[]"), ["city"], "needs urls of its tiles."),
        (entry(key="own"), ["own"], "needs no urls, for it is drawn from the store."),
        (entry(urls='"x"'), ["city"], "no list of texts"),
        (entry(more="max_zoom = 99"), ["city"], "max_zoom 99, not a number from 1 to 23"),
        (entry(more='tells_address = "yes"'), ["city"], "neither true nor false"),
        (entry(more="colour = 1"), ["city"], "unknown field 'colour'"),
        (entry(more="attribution = 1"), ["city"], "has a field that is no text"),
        (entry().replace("name_en", "attribution"), ["city"], "lacks name_en"),
        (
            entry(urls='["https://a.example/{z}/{x}/{y}?k={key}"]', more='key_variable = "K"'),
            ["city"],
            "put it into the environment variable K.",
        ),
    ],
)
def test_what_is_wrong_is_one_sentence(listed, text, keys, said):
    file = listed(text)
    with pytest.raises(SettingError) as caught:
        read_base_maps(file, keys, {})
    sentence = str(caught.value)
    assert said.replace("{file}", str(file)) in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


@pytest.mark.parametrize(
    "url",
    [
        "/tiles/{z}/{x}/{y}.png",
        "ftp://a.example/{z}/{x}/{y}",
        "https://a.example/{z}/{x}",
        "https://a.example/{z}/{x}/{y}/{-y}",
        "https://{s}.example/{z}/{x}/{y}",
        "https://a.example/{z}/{x}/{y}/{other}",
        "https://a b.example/{z}/{x}/{y}",
        "https://a.example;script-src */{z}/{x}/{y}",
        "https://me:secret@a.example/{z}/{x}/{y}",
        "https://a.example:port/{z}/{x}/{y}",
        "https:///{z}/{x}/{y}",
    ],
)
def test_an_address_that_is_none_is_refused(listed, url):
    with pytest.raises(SettingError, match="has the address"):
        read_base_maps(listed(entry(urls=f'["{url}"]')), ["city"], {})


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        (
            "http://10.1.2.3:8080/wmts?TILEMATRIX={z}&TILEROW={y}&TILECOL={x}",
            "http://10.1.2.3:8080",
        ),
        ("https://maps.example/{z}/{x}/{-y}.png", "https://maps.example"),
    ],
)
def test_hosts_of_an_intranet_are_taken(listed, url, origin):
    (found,) = read_base_maps(listed(entry(urls=f'["{url}"]')), ["city"], {})
    assert found.origins() == [origin]


def test_a_key_that_would_change_the_address_is_refused():
    with pytest.raises(SettingError, match="TIANDITU_KEY"):
        read_base_maps(DEFAULT, ["tianditu"], {"TIANDITU_KEY": "a&b=c"})


def test_a_list_that_is_not_there_is_told():
    with pytest.raises(SettingError, match=r"nowhere\.toml cannot be read"):
        Settings.from_environ({"GRIDMAP_BASE_MAPS_FILE": "nowhere.toml"})


def test_reading_the_settings_loads_nothing_slow():
    code = (
        "import sys; from gridmap.settings import Settings; Settings.from_environ({});"
        "sys.exit('numpy' in sys.modules or 'pyproj' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
