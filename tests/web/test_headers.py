"""Headers: a page is kept to this machine, and what does not change is not sent twice."""

import gzip
import re

import pytest

from layers.links import asset_files


def test_page_may_load_from_here_only(client):
    first, second = client.get("/"), client.get("/")
    policy = first.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert policy != second.headers["Content-Security-Policy"], "a nonce is used once"


def test_every_inline_script_has_the_nonce(client):
    answer = client.get("/")
    (nonce,) = re.findall(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])
    inline = re.findall(r"<script(?![^>]*(?:src=|application/json))([^>]*)>", answer.text)
    assert inline == [f' nonce="{nonce}"']
    assert not re.findall(r"\son[a-z]+=|\sstyle=", answer.text)


@pytest.mark.parametrize("url", ["/", "/api/units", "/health", "/nowhere", "/assets/nothing"])
def test_every_answer_is_hardened(client, url):
    headers = client.get(url).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("path", sorted(asset_files()))
def test_asset_is_served_once(client, path):
    answer = client.get(f"/assets/{path}?v=1")
    assert answer.status_code == 200
    assert answer.cache_control.max_age == 31_536_000
    again = client.get(f"/assets/{path}?v=1", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert not again.data


def test_text_asset_is_packed_for_those_who_unpack(client):
    plain = client.get("/assets/leaflet/leaflet.js")
    packed = client.get("/assets/leaflet/leaflet.js", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == plain.data
    assert plain.headers["ETag"] != packed.headers["ETag"]
    assert packed.mimetype == "text/javascript"


def style(client, **headers):
    """Fetch the pages' own style: its status, headers and body."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with client.get("/static/gridmap.css", headers=named) as answer:
        return answer.status_code, answer.headers, answer.data


def test_own_style_is_packed_for_those_who_unpack(client):
    _, plain_headers, plain = style(client)
    _, headers, packed = style(client, Accept_Encoding="gzip")
    assert gzip.decompress(packed) == plain
    assert headers["Content-Length"] == str(len(packed))
    assert "max-age=31536000" in headers["Cache-Control"]
    assert headers["Vary"] == plain_headers["Vary"] == "Accept-Encoding"
    again = style(client, Accept_Encoding="gzip", If_None_Match=headers["ETag"])
    assert (again[0], again[2]) == (304, b"")
    piece = style(client, Accept_Encoding="gzip", Range="bytes=0-9")
    assert (piece[0], piece[2]) == (206, plain[:10])


def test_page_is_packed_for_those_who_unpack(client):
    packed = client.get("/", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert b"folium-map" in gzip.decompress(packed.data)
    assert int(packed.headers["Content-Length"]) == len(packed.data)
    refused = client.get("/", headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers


@pytest.mark.parametrize(
    "path", ["../links.py", "manifest.json", "leaflet/../manifest.json", "%2e%2e/links.py", "nope"]
)
def test_only_named_files_are_served(client, path):
    assert client.get(f"/assets/{path}").status_code == 404


def test_addresses_of_our_files_change_with_their_content(client):
    text = client.get("/").text
    found = re.findall(r'(?:src|href)="(/(?:assets|static)/[^"]+)"', text)
    assert len(found) > 4
    assert [one for one in found if not re.search(r"[?;]v=", one)] == []


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "192.168.1.5"])
def test_another_name_for_this_machine_is_refused(client, host):
    assert client.get("/health", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("host", ["127.0.0.1:8350", "localhost:8350"])
def test_own_names_are_taken(client, host):
    assert client.get("/health", headers={"Host": host}).status_code == 200


def test_scripts_of_a_page_come_in_one_answer(client):
    scripts = "leaflet/leaflet.js,gridmap/gridmap.js"
    answer = client.get(f"/assets/together.js?of={scripts}&v=1")
    one, other = (client.get(f"/assets/{path}").text for path in scripts.split(","))
    assert answer.text == f"{one}\n{other}"
    assert answer.mimetype == "text/javascript"
    assert answer.cache_control.immutable
    again = client.get(
        f"/assets/together.js?of={scripts}", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304


def test_pictures_of_styles_that_come_together_are_where_they_were(client):
    text = client.get("/assets/together.css?of=leaflet/leaflet.css,gridmap/gridmap.css").text
    pictures = [one for one in re.findall(r"url\(([^)]+)\)", text) if one[0] != "#"]
    assert pictures
    assert {client.get(f"/assets/{path}").status_code for path in pictures} == {200}


@pytest.mark.parametrize(
    "of",
    ["", "nope", "leaflet/leaflet.css", "gridmap/gridmap.js,gridmap/gridmap.js", "manifest.json"],
)
def test_only_named_scripts_come_together(client, of):
    assert client.get(f"/assets/together.js?of={of}").status_code == 404
