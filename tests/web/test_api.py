"""The open interface: decisions, GeoJSON, sentences about what is wrong."""

import json

import pytest
from support.stock import REPORTER, REPORTER_PHONE
from support.town import at


def place(column, row, **more):
    lon, lat = at(column, row)
    return {"lon": lon, "lat": lat, "datum": "wgs84", **more}


def test_one_place(client):
    answer = client.get("/api/route", query_string=place(0.5, 1.0))
    assert answer.status_code == 200
    decision = answer.json
    assert decision["unit"]["code"] == "1111"
    assert decision["worker"] == {"code": "W1", "name": "示例甲", "role": "grid_worker"}
    assert [unit["code"] for unit in decision["chain"]] == ["111", "11", "1"]
    assert decision["rule"] == "territory"
    assert "示例甲" in decision["reason"]["zh"]


def test_exclusive_ground_goes_first(client):
    decision = client.get("/api/route", query_string=place(2.4, 0.4)).json
    assert (decision["rule"], decision["unit"]["code"]) == ("ownership", "1129")


def test_shifted_datum_is_converted_and_the_place_is_told(client):
    from gridmap.datum import wgs84_to_gcj02

    lon, lat = at(0.5, 1.0)
    shifted = [float(value[0]) for value in wgs84_to_gcj02([lon], [lat])]
    query = {"lon": shifted[0], "lat": shifted[1], "datum": "gcj02"}
    decision = client.get("/api/route", query_string=query).json
    assert decision["unit"]["code"] == "1111"
    assert decision["place"] == pytest.approx({"lon": lon, "lat": lat}, abs=1e-6)


def test_time_of_the_ticket_counts(client):
    decision = client.get("/api/route", query_string=place(0.5, 1, at="2020-01-01T00:00:00+08:00"))
    assert decision.json["unit"] is None
    assert decision.json["as_of"] == "2019-12-31T16:00:00Z"


def test_emergency_words(client):
    decision = client.get("/api/route", query_string=place(0.5, 1, text="楼下燃气泄漏")).json
    assert decision["emergency_within_h"] == 2


def test_many_in_their_order(client):
    asked = [place(0.5, 1.0), place(2.5, 1.0), place(0.5, 1.0, matter="道路破损")]
    answer = client.post("/api/route", json=asked)
    assert [decision["unit"]["code"] for decision in answer.json] == ["1111", "1121", "1111"]
    assert client.post("/api/route", json=asked[0]).json["unit"]["code"] == "1111"
    assert client.post("/api/route", json=[]).json == []


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({}, "lon is missing"),
        ({"lon": "117"}, "lat is missing"),
        ({"lon": "117", "lat": "40"}, "datum is missing"),
        ({"lon": "abc", "lat": "40", "datum": "wgs84"}, "lon is missing or no number"),
        ({"lon": "nan", "lat": "40", "datum": "wgs84"}, "lon is nan"),
        ({"lon": "inf", "lat": "40", "datum": "wgs84"}, "lon is inf"),
        ({"lon": "40", "lat": "117", "datum": "wgs84"}, "lat is 117"),
        ({"lon": "117", "lat": "40", "datum": "mars"}, "mars"),
        ({"lon": "117", "lat": "40", "datum": "wgs84", "at": "today"}, "at is 'today'"),
        ({"lon": "117", "lat": "40", "datum": "wgs84", "at": "2026-10-01"}, "offset"),
        ({"lon": "117", "lat": "40", "datum": "wgs84", "when": "x"}, "'when' is no field"),
        ({"lon": "117", "lat": "40", "datum": "wgs84", "text": "长" * 2001}, "2,000"),
    ],
)
def test_bad_question(client, query, sentence):
    answer = client.get("/api/route", query_string=query)
    assert answer.status_code == 400
    assert sentence in answer.json["error"]
    assert client.post("/api/route", json=query).status_code == 400


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "application/json"),
        (b"{", "application/json"),
        (b'"text"', "application/json"),
        (b"[1, 2]", "application/json"),
        (b"null", "application/json"),
        (b'{"lon": 1}', "text/plain"),
        ("{".encode("utf-16"), "application/json"),
    ],
)
def test_body_that_is_no_question(client, body, content_type):
    answer = client.post("/api/route", data=body, content_type=content_type)
    assert answer.status_code == 400
    assert "must be JSON" in answer.json["error"]


def test_one_bad_question_fails_all_and_is_named(client):
    answer = client.post("/api/route", json=[place(0.5, 1), {"lon": True, "lat": 1}])
    assert answer.status_code == 400
    assert answer.json["error"].startswith("Question 1: lon")


def test_limits(client):
    many = client.post("/api/route", json=[place(0.5, 1)] * 1001)
    assert many.status_code == 400
    assert "at most 1,000" in many.json["error"]
    large = client.post("/api/route", data=b" " * 1_000_001, content_type="application/json")
    assert large.status_code == 413
    assert "too large" in large.json["error"] or "过大" in large.json["error"]


def test_method_that_is_not_taken(client):
    answer = client.delete("/api/route")
    assert answer.status_code == 405
    assert answer.json["detail"] == answer.json["error"]


def test_units_are_geojson(client):
    answer = client.get("/api/units?level=grid")
    assert answer.mimetype == "application/geo+json"
    found = {one["properties"]["code"]: one["properties"] for one in answer.json["features"]}
    assert set(found) == {"1111", "1112", "1121", "1122"}
    assert found["1111"]["open_tickets"] == 2
    assert client.get("/api/units?level=galaxy").status_code == 400


def test_tickets_are_geojson_without_who_reported(client):
    answer = client.get("/api/tickets")
    numbers = [one["properties"]["number"] for one in answer.json["features"]]
    assert numbers == ["T-6", "T-5", "T-3", "T-2", "T-1"], "the newest first, none without a place"
    text = answer.get_data(as_text=True)
    assert REPORTER not in text
    assert REPORTER_PHONE not in text
    assert "路面有坑" not in text


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("status=closed", ["T-6"]),
        ("exception=any", ["T-5", "T-3", "T-2"]),
        ("exception=gap", ["T-3"]),
        ("unit=1112", ["T-3"]),
        ("unit=112&status=open", ["T-5"]),
    ],
)
def test_tickets_are_narrowed(client, query, numbers):
    found = client.get(f"/api/tickets?{query}").json["features"]
    assert [one["properties"]["number"] for one in found] == numbers


def test_change_of_the_organisation_is_seen(app, store, monkeypatch):
    from gridmap.model import Duty
    from web import holding

    monkeypatch.setattr(holding, "FRESH_S", 0.0)
    client = app.test_client()
    assert client.get("/api/route", query_string=place(0.5, 1)).json["worker"]["code"] == "W1"
    with store.write() as session:
        session.query(Duty).filter_by(unit_code="1111").delete()
    assert client.get("/api/route", query_string=place(0.5, 1)).json["worker"]["code"] == "C1"


def test_answers_are_readable_chinese(client):
    text = client.get("/api/route", query_string=place(0.5, 1)).get_data(as_text=True)
    assert "示例甲" in text
    json.loads(text)
