"""Tiles and values over HTTP: what they hold, that they are revalidated, what is refused."""

from __future__ import annotations

import gzip

import mapbox_vector_tile
import pytest
from support.town import at

from layers.layer import MAX_ZOOM
from layers.tiles.mercator import Tile
from web import packing
from web.tiles import MIMETYPE

SIGNS = {"Accept-Encoding": "gzip"}


def place_of(lon, lat, z):
    import math

    x = int((lon + 180) / 360 * 2**z)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**z)
    return z, x, y


def url(keys="units", z=13, column=0.5, row=1.0):
    return "/api/tiles/{}/{}/{}/{}".format(keys, *place_of(*at(column, row), z))


def test_tile_holds_the_units_that_meet_it(client):
    answer = client.get(url(), query_string={"level": "grid"})
    assert answer.status_code == 200
    assert answer.mimetype == MIMETYPE
    features = mapbox_vector_tile.decode(answer.data)["units"]["features"]
    assert "1111" in {one["properties"]["code"] for one in features}


def test_several_layers_in_one_tile(client):
    together = client.get(url("units+tickets", z=15)).data
    assert set(mapbox_vector_tile.decode(together)) >= {"units", "tickets"}


def test_tile_of_nothing_is_empty(client):
    answer = client.get("/api/tiles/units/10/0/0")
    assert (answer.status_code, answer.data) == (200, b"")


@pytest.mark.parametrize("path", [url(), "/api/values/units", "/api/layers"])
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_same_answer_is_not_sent_twice(client, path, encoding):
    headers = {"Accept-Encoding": encoding}
    first = client.get(path, headers=headers)
    assert first.cache_control.private
    assert first.cache_control.no_cache
    assert not first.cache_control.public
    assert "Accept-Encoding" in first.headers["Vary"]
    etag = first.headers["ETag"]
    assert etag.startswith('"'), "a strong validator"
    for sent in (etag, f'"other", W/{etag}', "*"):
        again = client.get(path, headers={**headers, "If-None-Match": sent})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == etag
        assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
        assert again.headers["Vary"] == first.headers["Vary"]
    changed = client.get(path, headers={**headers, "If-None-Match": '"other"'})
    assert changed.status_code == 200


def test_each_packing_has_its_own_etag(client):
    plain, packed = client.get("/api/layers"), client.get("/api/layers", headers=SIGNS)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert plain.headers["ETag"] != packed.headers["ETag"]
    refused = client.get("/api/layers", headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers


def test_what_is_warm_is_not_packed_again(client, monkeypatch):
    client.get("/api/layers", headers=SIGNS)
    monkeypatch.setattr(packing, "_packed", lambda body: pytest.fail("packed again"))
    assert client.get("/api/layers", headers=SIGNS).headers["Content-Encoding"] == "gzip"


def test_packed_bodies_are_bounded():
    kept = packing.Packed(limit_bytes=3_000)
    bodies = [bytes([number]) * 2_000 for number in range(200)]
    first = [kept.of(body, str(number)) for number, body in enumerate(bodies)]
    assert kept._bytes == sum(len(body) for body in kept._bodies.values()) <= 3_000
    assert "199" in kept._bodies
    assert "0" not in kept._bodies
    assert [kept.of(body, str(number)) for number, body in enumerate(bodies)] == first


@pytest.mark.parametrize("path", [url(), "/api/values/units", "/api/layers/units/features"])
def test_head_tells_what_get_would(client, path):
    got, asked = client.get(path), client.head(path)
    assert (asked.status_code, asked.data) == (200, b"")
    for name in ("ETag", "Content-Type", "Cache-Control", "Content-Length"):
        assert asked.headers.get(name) == got.headers.get(name)


def test_values_are_told_apart(client):
    answer = client.get("/api/values/units")
    assert answer.mimetype == "application/json"
    told = answer.json
    place = told["fields"].index("open")
    assert {code: row[place] for code, row in told["rows"].items()}["1111"] == 2
    missing = client.get("/api/values/tickets")
    assert missing.status_code == 404
    assert "has no values" in missing.json["detail"]


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("/api/tiles/nothing/1/0/0", 404, "There is no layer 'nothing': use one of "),
        ("/api/tiles/units+nothing/1/0/0", 404, "There is no layer 'nothing'"),
        ("/api/tiles/units+units/1/0/0", 400, "stands twice"),
        ("/api/tiles/+/1/0/0", 400, "stands twice"),
        (f"/api/tiles/{'+'.join('abcdefghijklm')}/1/0/0", 400, "13 layers are too many"),
        ("/api/tiles/units/x/0/0", 400, f"z is 'x': give a whole number from 0 to {MAX_ZOOM}."),
        ("/api/tiles/units/-1/0/0", 400, "z is '-1'"),
        ("/api/tiles/units/99/0/0", 400, "z is '99'"),
        ("/api/tiles/units/1.0/0/0", 400, "z is '1.0'"),
        ("/api/tiles/units/１/0/0", 400, "z is '１'"),
        ("/api/tiles/units/1/2/0", 400, "x is '2': at z 1 give a"),
        ("/api/tiles/units/1/0/2", 400, "y is '2'"),
        ("/api/tiles/units/1/0/0.mvt", 400, "y is '0.mvt'"),
        (f"/api/tiles/units/1/{'9' * 5000}/0", 400, "x is '99999"),
        ("/api/tiles/units/1/0/%1B%5B0m", 400, "y is '\\x1b[0m'"),
        ("/api/tiles/units/1/0/0?colour=red", 400, "'colour' is no parameter of this address: use"),
        ("/api/tiles/units/1/0/0?level=grid&level=street", 400, "'level' stands in the address 2"),
        ("/api/tiles/units/1/0/0?level=galaxy", 400, "'galaxy' is no level"),
        (f"/api/tiles/units/1/0/0?scheme={'x' * 300}", 400, "at most 200"),
        ("/api/tiles/tickets/1/0/0?since=someday", 400, "someday"),
        ("/api/tiles/tickets/1/0/0?state=lost", 400, "'lost' is no state"),
        ("/api/values/units?bbox=1,2,3,4", 400, "'bbox' is no parameter"),
        ("/api/values/nothing", 404, "There is no layer 'nothing'"),
    ],
)
def test_what_is_refused(client, path, status, sentence):
    answer = client.get(path)
    assert answer.status_code == status
    assert sentence in answer.json["detail"]
    assert len(answer.json["detail"]) < 600


def test_known_parameters_are_named(client):
    answer = client.get("/api/tiles/units+tickets/1/0/0?colour=red")
    listed = answer.json["detail"].partition("use ")[2].rstrip(".").split(", ")
    assert set(listed) >= {"level", "scheme", "state", "matter", "since", "until"}


def test_place_of_a_tile_is_the_one_that_is_drawn():
    z, x, y = place_of(*at(0.5, 1.0), 13)
    west, south, east, north = Tile(z, x, y).box(0)
    lon, lat = at(0.5, 1.0)
    assert west <= lon <= east
    assert south <= lat <= north
