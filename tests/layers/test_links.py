"""Foreign links: replaced, left out because nothing needs them, or an error; never let through."""

import folium
import pytest
from folium.plugins import Draw

from layers.links import (
    ASSETS,
    ForeignLinkError,
    asset_files,
    fingerprint,
    local_links,
    manifest,
)
from layers.page import take_apart
from layers.sharing import Printing


def address(path):
    return f"/assets/{path}"


def rendered(drawn):
    figure = drawn.get_root()
    for child in figure._children.values():
        child.render()
    return figure


def test_links_of_a_plain_map_are_local():
    links = local_links(rendered(folium.Map(tiles=None)), address)
    assert links.scripts == ["/assets/leaflet/leaflet.js"]
    assert links.styles == ["/assets/leaflet/leaflet.css"]


def test_links_of_an_element_are_local_and_after_leaflet():
    drawn = folium.Map(tiles=None)
    drawn.add_child(Printing())
    links = local_links(rendered(drawn), address)
    assert [path.removeprefix("/assets/") for path in links.scripts] == [
        "leaflet/leaflet.js",
        "gridmap/gridmap.js",
        "gridmap/printing.js",
    ]


def test_link_without_a_local_file_is_an_error():
    drawn = folium.Map(tiles=None)
    Draw().add_to(drawn)
    with pytest.raises(ForeignLinkError, match="no local copy is kept"):
        take_apart(drawn, address)


def test_element_that_needs_a_library_left_out_is_an_error():
    drawn = folium.Map(tiles=None)
    folium.Marker([40.0, 117.0], popup="folium asks jQuery for its popups").add_to(drawn)
    with pytest.raises(ForeignLinkError, match="jquery"):
        take_apart(drawn, address)


def test_icon_font_that_is_left_out_is_an_error():
    drawn = folium.Map(tiles=None)
    folium.Marker([40.0, 117.0], icon=folium.Icon(icon="home")).add_to(drawn)
    with pytest.raises(ForeignLinkError, match="awesome"):
        take_apart(drawn, address)


def test_lists_of_folium_are_left_as_they_are():
    before = [list(folium.Map.default_js), list(folium.Map.default_css)]
    drawn = folium.Map(tiles=None)
    drawn.add_child(Printing())
    take_apart(drawn, address)
    assert before == [folium.Map.default_js, folium.Map.default_css]


def test_manifest_names_every_file_and_no_other():
    held = {path.relative_to(ASSETS).as_posix() for path in ASSETS.rglob("*") if path.is_file()}
    assert held == asset_files() | {"manifest.json"}


def test_foreign_assets_come_with_version_and_licence():
    for asset in manifest()["assets"]:
        assert asset["version"]
        if asset["name"] != "gridmap":
            assert asset["licence"] in {"MIT", "BSD-2-Clause", "BSD-3-Clause"}
            assert any(path.endswith("LICENSE") for path in asset["files"])


def test_version_of_leaflet_is_the_one_that_is_told():
    code = (ASSETS / "leaflet/leaflet.js").read_text(encoding="utf-8")
    (version,) = [a["version"] for a in manifest()["assets"] if a["name"] == "leaflet"]
    assert f'version="{version}"' in code


def test_no_asset_asks_for_another_host():
    for path in asset_files():
        if path.endswith((".css", ".js")):
            text = (ASSETS / path).read_text(encoding="utf-8")
            assert "sourceMappingURL" not in text
            assert "@import" not in text
            assert "url(http" not in text.replace("'", "").replace('"', "")


def test_fingerprint_follows_the_content():
    assert fingerprint("leaflet/leaflet.js") != fingerprint("leaflet/leaflet.css")
    assert fingerprint("leaflet/leaflet.js") == fingerprint("leaflet/leaflet.js")
