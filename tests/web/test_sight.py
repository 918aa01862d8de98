"""Pages and answers tell of no ticket out of sight: not its number, not that there is one."""

from __future__ import annotations

import pytest

from gridmap.sight import Sight

#: Tickets of the stock by the unit at the top of what somebody sees; T-4 has no unit.
SEEN = {
    "111": {"T-1", "T-2", "T-3", "T-6"},
    "1111": {"T-1", "T-2", "T-6"},
    "1112": {"T-3"},
    "112": {"T-5"},
    "113": set(),
}
ALL = {"T-1", "T-2", "T-3", "T-4", "T-5", "T-6"}


@pytest.fixture
def sees(shared_app, monkeypatch):
    """Let whoever asks see some ground only: `sees("111")` answers a client."""

    def sees(*codes):
        sight = Sight(frozenset(("general", code) for code in codes))
        monkeypatch.setitem(shared_app.config, "SIGHT", lambda: sight)
        return shared_app.test_client()

    return sees


@pytest.mark.parametrize("code", SEEN)
def test_list_of_tickets(sees, code):
    text = sees(code).get("/tickets").text
    assert {number for number in ALL if number in text} == SEEN[code]


@pytest.mark.parametrize("code", SEEN)
def test_ticket_out_of_sight_is_as_one_that_is_not(sees, client, code):
    pages = {number: f"/tickets/{place}" for place, number in enumerate(sorted(ALL), start=1)}
    asking = sees(code)
    nowhere = asking.get("/tickets/999")
    for number, page in pages.items():
        answer = asking.get(page)
        assert (answer.status_code == 200) == (number in SEEN[code])
        if number not in SEEN[code]:
            assert answer.status_code == nowhere.status_code == 404
            ticket = page.rpartition("/")[2]
            assert asking.get(f"/locate?ticket={ticket}").status_code == 404


@pytest.mark.parametrize("code", SEEN)
def test_counts(sees, code):
    asking = sees(code)
    opened = SEEN[code] - {"T-6"}
    counted = {
        one["properties"]["code"]: one["properties"]["open_tickets"]
        for one in asking.get("/api/units?level=community").json["features"]
    }
    assert sum(counted.values()) == len(opened)
    features = asking.get("/api/tickets").json["features"]
    assert {one["properties"]["number"] for one in features} == SEEN[code]
    assert set(asking.get("/health").json["counts"]) == {"units", "people"}
    for path in ("/", "/units", "/exceptions", "/units/1111", "/units/11", "/locate"):
        answer = asking.get(path)
        assert answer.status_code == 200
        assert not {number for number in ALL - SEEN[code] if number in answer.text}, path


def test_telephone_numbers(sees):
    own = sees("1111").get("/units/1111").text
    assert "000-0000-0000" in own
    assert "000-0000-0002" not in own, "that of the community's head, who is above"
    assert "000-0000-0000" not in sees("112").get("/units/1111").text
    assert "示例甲" in sees("112").get("/units/1111").text, "who answers is for everybody"


def test_exceptions_are_counted_in_sight(sees):
    assert "没有工单" in sees("113").get("/exceptions?kind=gap").text
