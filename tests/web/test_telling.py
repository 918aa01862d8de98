"""To whom one ticket goes, as the notice of a map tells it."""

from gridmap.sight import Sight


def test_unit_is_told_by_name_with_its_page(client):
    (ticket,) = client.get("/api/tickets/find?q=T-1").json
    number = ticket["url"].rpartition("/")[2]
    answer = client.get(f"/api/tickets/{number}/decision")
    assert answer.status_code == 200
    told = answer.json
    assert told["number"] == "T-1"
    assert told["unit"]["code"] == "1111"
    assert told["unit"]["name"]
    page = client.get(told["unit"]["url"])
    assert page.status_code == 200
    assert told["worker"]["name"] in page.text
    assert told["worker"]["role"]
    tag = {"If-None-Match": answer.headers["ETag"]}
    assert client.get(f"/api/tickets/{number}/decision", headers=tag).status_code == 304


def test_nothing_is_told_out_of_sight(shared_app, monkeypatch):
    client = shared_app.test_client()
    (ticket,) = client.get("/api/tickets/find?q=T-1").json
    url = "/api" + ticket["url"] + "/decision"
    sight = Sight(frozenset({("general", "1112")}))
    monkeypatch.setitem(shared_app.config, "SIGHT", lambda: sight)
    assert client.get(url).status_code == 404
    assert client.get("/api/tickets/99999999999999999999/decision").status_code == 404


def test_units_that_may_be_meant_are_named(client):
    listed = client.get("/api/tickets").json["features"]
    for feature in listed:
        lon, lat = feature["geometry"]["coordinates"]
        told = client.get(f"/api/route?lon={lon}&lat={lat}&datum=cgcs2000").json
        assert [unit["code"] for unit in told["alternative_units"]] == told["alternatives"]
        assert all(unit["name"] for unit in told["alternative_units"])
