"""The catalogue and its features over HTTP."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
import shapely
from support.stock import REPORTER, REPORTER_PHONE, shape
from support.town import at

from gridmap.sight import Sight
from layers.catalogue import catalogue
from web import create_app


def features(client, path, **query):
    answer = client.get(f"/api/layers/{path}", query_string=query)
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/geo+json"
    return answer.json["features"]


def properties(found, name):
    return [one["properties"][name] for one in found]


def test_catalogue_tells_every_layer_in_both_languages(client):
    told = {layer["key"]: layer for layer in client.get("/api/layers").json}
    assert list(told) == list(catalogue())
    for layer in told.values():
        assert set(layer["name"]) == set(layer["about"]) == {"zh", "en"}
        for field in layer["fields"]:
            assert field["name"]["zh"]
            assert field["name"]["en"]
    assert told["tickets"]["follows_sight"]
    assert not told["units"]["follows_sight"]
    assert client.get("/api/layers?x=1").status_code == 400


def test_addresses_that_the_catalogue_names_answer(client):
    for layer in client.get("/api/layers").json:
        tile = layer["tiles"].format(z=layer["min_zoom"], x=0, y=0)
        named = [tile, layer["features"], *layer["downloads"].values()]
        for path in [*named, layer["values"]] if layer["values"] else named:
            with client.get(path) as answer:
                assert answer.status_code == 200, path


def test_units_are_features(client):
    found = features(client, "units/features", level="grid")
    assert properties(found, "code") == ["1111", "1112", "1121", "1122"]
    assert properties(found, "level") == ["grid"] * 4
    area = shapely.geometry.shape(found[0]["geometry"])
    assert area.equals(shapely.box(*at(0, 0), *at(1, 2)))
    ring = found[0]["geometry"]["coordinates"][0][0]
    assert shapely.LinearRing(ring).is_ccw, "RFC 7946, 3.1.6"
    assert max(len(str(part)) for place in ring for part in place) <= 11


def test_features_meet_the_box(client):
    west, south = at(1.2, 0.2)
    east, north = at(2.2, 0.4)
    found = features(client, "units/features", level="grid", bbox=f"{west},{south},{east},{north}")
    assert properties(found, "code") == ["1112", "1121"]
    assert not features(client, "units/features", level="grid", bbox="1,1,2,2")


def test_limit_and_whether_all_were_told(client):
    for limit, complete in ((1, False), (3, False), (4, True), (5000, True)):
        answer = client.get(f"/api/layers/units/features?level=grid&limit={limit}").json
        assert (len(answer["features"]), answer["complete"]) == (min(limit, 4), complete)


def test_levels_by_zoom(client):
    near = features(client, "units/features", zoom="24")
    far = features(client, "units/features", zoom="0")
    assert set(properties(near, "level")) == {"grid"}
    assert set(properties(far, "level")) == {"district"}


def test_tickets_are_features_without_who_reported(client):
    answer = client.get("/api/layers/tickets/features?state=all")
    numbers = properties(answer.json["features"], "number")
    assert numbers == ["T-6", "T-5", "T-3", "T-2", "T-1"], "the newest first, none without a place"
    for secret in (REPORTER, REPORTER_PHONE, "路面有坑"):
        assert secret not in answer.text
    first = answer.json["features"][-1]
    assert first["geometry"] == {"type": "Point", "coordinates": list(at(0.5, 1.0))}
    assert first["properties"]["reported_at"] == "2026-10-01T08:30:00Z"


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({"state": "open"}, ["T-5", "T-3", "T-2", "T-1"]),
        ({"state": "closed"}, ["T-6"]),
        ({"exception": "gap"}, ["T-3"]),
        ({"unit": "1112"}, ["T-3"]),
        ({"matter": "道路"}, ["T-5", "T-3", "T-2", "T-1"]),
        ({"matter": "垃圾"}, []),
        ({"bbox": "117.021,40,117.03,40.02"}, ["T-5"]),
        ({"since": "2100-01-01"}, []),
    ],
)
def test_tickets_are_narrowed(client, query, numbers):
    assert properties(features(client, "tickets/features", **query), "number") == numbers


@pytest.mark.parametrize("path", ["layers/tickets/features", "tiles/exceptions/3/6/3"])
def test_unit_that_never_was_is_told(client, path):
    answer = client.get(f"/api/{path}?unit=99999")
    assert answer.status_code == 400
    told = "There is no unit '99999': give the code of one, as its page has it."
    assert answer.json["detail"] == told
    assert client.get(f"/api/{path}?unit=113").status_code == 200, "one without tickets"


def test_rules_are_those_of_the_settings(app, store, tmp_path):
    """A site that has no exclusive ground draws none."""
    settings = app.config["SETTINGS"]
    rules = tmp_path / "rules.toml"
    text = settings.rules_file.read_text("utf-8")
    changed = re.sub(r"(?m)^schemes = .*$", 'schemes = ["other"]', text)
    assert changed != text
    rules.write_text(changed, encoding="utf-8")
    other = create_app({"STORE": store, "SETTINGS": replace(settings, rules_file=rules)})
    assert features(app.test_client(), "exclusive/features")
    assert features(other.test_client(), "exclusive/features") == []


def test_one_feature(client):
    (unit,) = features(client, "units/features", level="grid", limit=1)[:1]
    answer = client.get(f"/api/layers/units/features/{unit['id']}")
    assert answer.json == unit
    assert json.loads(answer.data)["type"] == "Feature"
    for number in (2**31, "0", "999999", "x", "-1", "9" * 30):
        assert client.get(f"/api/layers/units/features/{number}").status_code == 404


def test_ticket_out_of_sight_is_no_feature(shared_app, monkeypatch):
    client = shared_app.test_client()
    ids = {one["properties"]["number"]: one["id"] for one in features(client, "tickets/features")}
    sight = Sight(frozenset({("general", "1112")}))
    monkeypatch.setitem(shared_app.config, "SIGHT", lambda: sight)
    assert properties(features(client, "tickets/features"), "number") == ["T-3"]
    told = {n: client.get(f"/api/layers/tickets/features/{row}") for n, row in ids.items()}
    assert {n for n, answer in told.items() if answer.status_code == 200} == {"T-3"}
    nowhere = client.get("/api/layers/tickets/features/99999")
    assert told["T-1"].json["detail"].replace(str(ids["T-1"]), "99999") == nowhere.json["detail"]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("bbox=1,2,3", "bbox is '1,2,3': give west,south,east,north"),
        ("bbox=a,b,c,d", "bbox is"),
        ("bbox=", "bbox is ''"),
        ("bbox=2,1,1,2", "west less than east"),
        ("bbox=1,2,2,1", "south less than north"),
        ("bbox=1,1,1,2", "bbox is"),
        ("bbox=nan,1,2,2", "bbox is"),
        ("bbox=-inf,1,2,2", "bbox is"),
        ("bbox=0,0,181,1", "bbox is"),
        ("bbox=0,-91,1,1", "bbox is"),
        ("bbox=" + "1," * 3 + "9" * 150, "bbox is"),
        ("bbox=" + "1," * 300, "at most 200"),
        ("limit=0", "limit is '0': give a whole number from 1 to 5,000."),
        ("limit=5001", "limit is '5001'"),
        ("limit=-1", "limit is"),
        ("limit=1e3", "limit is"),
        ("limit=", "limit is ''"),
        ("zoom=25", "zoom is '25': give a whole number from 0 to 24."),
        ("zoom=x", "zoom is"),
        ("level=galaxy", "'galaxy' is no level"),
        ("nothing=1", "'nothing' is no parameter of this address: use bbox, limit, zoom, level"),
        ("limit=1&limit=2", "2 times"),
    ],
)
def test_what_is_refused(client, query, sentence):
    answer = client.get(f"/api/layers/units/features?{query}")
    assert answer.status_code == 400
    assert sentence in answer.json["detail"]


def test_layer_that_is_not(client):
    assert client.get("/api/layers/nothing/features").status_code == 404
    assert client.get("/api/layers/nothing/features/1").status_code == 404


def test_rows_of_several_tables_keep_their_ids_apart(app, store):
    from gridmap.model import Place, Street

    rail = shapely.LineString([at(0, 0.5), at(6, 0.5)])
    with store.write() as session:
        session.add(Place(kind="railway", name="示例线", source="test", geometry=shape(rail)))
    client = app.test_client()
    found = features(client, "streets/features")
    ids = {one["properties"]["name"]: one["id"] for one in found}
    with store.read() as session:
        assert ids["示例路"] == session.query(Street.id).scalar()
    assert str(ids["示例线"]).startswith("places-")
    for one in found:
        assert client.get(f"/api/layers/streets/features/{one['id']}").json == one
    assert client.get("/api/layers/streets/features/tickets-1").status_code == 404
    assert client.get("/api/layers/tickets/features/tickets-1").status_code == 404
