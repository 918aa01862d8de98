"""Tickets by their number."""

import pytest

from gridmap.sight import Sight


def numbers(answer):
    assert answer.status_code == 200
    return [one["number"] for one in answer.json]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("T-2", ["T-2"]),
        ("t-2", ["T-2"]),
        (" T-2 ", ["T-2"]),
        ("T", ["T-6", "T-5", "T-4", "T-3", "T-2", "T-1"]),
        ("-2", []),
        ("%", []),
        ("T_2", []),
        ("单", []),
    ],
)
def test_numbers_begin_with_what_was_typed(client, typed, found):
    assert numbers(client.get("/api/tickets/find", query_string={"q": typed})) == found


def test_what_is_told(client):
    (ticket,) = client.get("/api/tickets/find?q=T-1").json
    assert (ticket["lon"], ticket["lat"]) == (117.005, 40.01)
    assert (ticket["unit"], ticket["status"], ticket["matter"]) == ("1111", "open", "道路破损")
    assert client.get(ticket["url"]).status_code == 200
    (unlocated,) = client.get("/api/tickets/find?q=T-4").json
    assert (unlocated["lon"], unlocated["lat"], unlocated["unit"]) == (None, None, None)


def test_only_within_sight(shared_app, monkeypatch):
    sight = Sight(frozenset({("general", "1112")}))
    monkeypatch.setitem(shared_app.config, "SIGHT", lambda: sight)
    assert numbers(shared_app.test_client().get("/api/tickets/find?q=T")) == ["T-3"]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("", "q is missing"),
        ("q=%20", "q is missing"),
        ("q=" + "1" * 201, "at most 200"),
        ("q=1&q=2", "'q' stands in the address 2 times"),
        ("q=1&limit=3", "'limit' is no parameter of this address: use q"),
        ("q=%00", "signs that no text has"),
    ],
)
def test_what_is_refused(client, query, sentence):
    answer = client.get(f"/api/tickets/find?{query}")
    assert answer.status_code == 400
    assert sentence in answer.json["detail"]


def test_revalidated(client):
    first = client.get("/api/tickets/find?q=T")
    again = client.get("/api/tickets/find?q=T", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
