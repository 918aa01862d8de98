"""Locating by a dispatcher: the page, what is confirmed, a ticket routed anew, taking back."""

from __future__ import annotations

import re

import pytest
import shapely
from geoalchemy2.shape import to_shape
from sqlalchemy import select
from support.stock import shape
from support.town import at

from gridmap.locating.corrections import confirmed
from gridmap.model import Decision, Event, Place, Ticket
from gridmap.sight import Sight
from web import security

BY = "示例调度员"
TEXT = "老粮库后院"


@pytest.fixture
def own(app):
    """A browser that has opened the page, and so has a token."""
    return app.test_client()


def post(client, path, *, headers=None, token=None, **fields):
    page = client.get("/locate").text + client.get("/locate?q=x1x").text
    found = re.search(r'name="token" value="([^"]+)"', page)
    sent = {"token": found[1] if token is None else token, **fields}
    return client.post(f"/locate/{path}", data=sent, headers=headers or {})


def waiting(store) -> int:
    with store.read() as session:
        return session.scalars(select(Ticket.id).where(Ticket.number == "T-4")).one()


def test_page_answers_with_reason_and_candidates(client):
    text = client.get("/locate?q=第一网格路灯不亮&lang=zh").text
    assert "111 " not in text
    assert text.count('value="unit/general/1111"') == 1
    assert text.count('value="unit/general/1121"') == 1
    assert "地址中的名称对应多个地点" in text
    assert "待人工确认" in text
    assert "目前还没有账号" in text
    english = client.get("/locate?q=第一网格路灯不亮&lang=en").text
    assert "the address fits several places" in english
    assert "there are no accounts yet" in english


def test_empty_page_and_nothing_found(client):
    assert "gm-number" not in client.get("/locate").text
    assert client.get("/locate?q=😀").status_code == 200
    assert client.get("/locate?q=%20").status_code == 200
    assert client.get(f"/locate?q={'长' * 2001}").status_code == 400


def test_store_without_units_has_a_page_too(empty_app):
    client = empty_app.test_client()
    assert client.get("/locate?q=柳林社区").status_code == 200


def test_confirmed_place_is_used_and_listed_with_who_and_when(own, store):
    answer = post(own, "confirm", text=TEXT, by=BY, entry="unit/general/1112", alias="老粮库")
    assert answer.status_code == 303
    page = own.get(answer.location).text
    assert "unit/general/1112" in page
    assert BY in page
    assert "老粮库" in page
    assert own.get(f"/api/locate?q={TEXT}").json["method"] == "confirmed"
    assert own.get("/api/locate?q=老粮库").json["entry"]["key"] == "unit/general/1112"
    assert own.get("/api/suggest?q=laoliangku").json[0]["key"] == "unit/general/1112"
    (kept,) = confirmed(store)
    assert (kept.method_before, kept.confirmed_by) == ("none", BY)


def test_point_is_confirmed(own):
    lon, lat = at(0.5, 1)
    answer = post(own, "confirm", text=TEXT, by=BY, entry="", lon=f"{lon}", lat=f"{lat}")
    assert answer.status_code == 303
    found = own.get(f"/api/locate?q={TEXT}").json
    assert (found["lon"], found["lat"]) == (lon, lat)


def test_taken_back_is_used_no_longer(own, store):
    post(own, "confirm", text=TEXT, by=BY, entry="unit/general/1112")
    (kept,) = confirmed(store)
    assert post(own, "withdraw", id=str(kept.id), by="示例组长").status_code == 303
    assert own.get(f"/api/locate?q={TEXT}").json["entry"] is None
    assert confirmed(store) == []


def test_confirmed_words_are_not_shown_to_a_limited_sight(own, store):
    post(own, "confirm", text=TEXT, by=BY, entry="unit/general/1112")
    (kept,) = confirmed(store)
    assert TEXT in own.get("/locate").text
    own.application.config["SIGHT"] = lambda: Sight(frozenset({("general", "111")}))
    assert TEXT not in own.get("/locate").text
    assert BY not in own.get("/locate").text
    assert post(own, "withdraw", id=str(kept.id), by="示例组长").status_code == 404
    assert confirmed(store) == [kept]


def test_ticket_is_located_and_routed_anew(own, store):
    ticket_id = waiting(store)
    listed = own.get("/exceptions?kind=unlocated").text
    assert f'href="/locate?ticket={ticket_id}"' in listed
    page = own.get(f"/locate?ticket={ticket_id}").text
    assert 'value="示例路4号"' in page
    lon, lat = at(0.5, 1)
    answer = post(
        own,
        "confirm",
        text="示例路4号",
        ticket=str(ticket_id),
        by=BY,
        lon=str(lon),
        lat=str(lat),
        lasting="1",
    )
    assert answer.location == f"/tickets/{ticket_id}"
    with store.read() as session:
        ticket = session.get(Ticket, ticket_id)
        point = to_shape(ticket.geometry)
        made = session.scalars(
            select(Decision).where(Decision.ticket_id == ticket_id).order_by(Decision.id)
        ).all()
        events = session.scalars(select(Event).where(Event.subject_id == ticket_id)).all()
    assert (point.x, point.y) == pytest.approx((lon, lat))
    assert (ticket.locating_method, ticket.confidence) == ("confirmed", 0.99)
    assert [(one.rule, one.is_current) for one in made] == [
        ("unlocated", False),
        ("territory", True),
    ]
    assert made[1].as_of == ticket.reported_at
    assert (BY, "located by a person") in [(event.actor, event.kind) for event in events]
    assert [one.text for one in confirmed(store)] == ["示例路4号"]
    shown = own.get(f"/tickets/{ticket_id}").text
    assert "示例甲" in shown
    assert "示例理由T-4" in shown, "what came before is kept and shown"
    assert f'href="/locate?ticket={ticket_id}"' not in own.get("/exceptions").text


def test_words_of_one_ticket_need_not_mean_the_same_in_others(own, store):
    ticket_id = waiting(store)
    fields = {"text": "不清楚", "ticket": str(ticket_id), "by": BY, "entry": "unit/general/1111"}
    refused = post(own, "confirm", lasting="1", **fields)
    assert refused.status_code == 400
    assert "another ticket" in refused.text
    assert "together with the words" in post(own, "confirm", alias="老粮库", **fields).text
    assert post(own, "confirm", **fields).status_code == 303
    assert confirmed(store) == []
    assert own.get("/api/locate?q=不清楚").json["entry"] is None
    with store.read() as session:
        assert session.get(Ticket, ticket_id).locating_method == "confirmed"
        details = session.scalars(select(Event.detail).where(Event.subject_id == ticket_id)).all()
    assert "for this ticket only" in details


def test_words_that_say_nothing_are_not_offered_for_other_tickets(own, store):
    page = own.get(f"/locate?ticket={waiting(store)}").text
    assert 'name="lasting" value="1" checked' in page
    page = own.get(f"/locate?ticket={waiting(store)}&q=不清楚").text
    assert 'name="lasting" value="1">' in page


def test_ticket_on_ground_of_one_unit_goes_by_its_name(own, store):
    ticket_id = waiting(store)
    post(own, "confirm", text="示例路4号", ticket=str(ticket_id), by=BY, entry="unit/general/1111")
    with store.read() as session:
        ticket = session.get(Ticket, ticket_id)
        (made,) = session.scalars(
            select(Decision).where(Decision.ticket_id == ticket_id, Decision.is_current)
        )
    assert ticket.geometry is None
    assert made.rule == "named"
    assert made.unit_id is not None


def test_ground_of_no_single_unit_is_refused_whole(own, store):
    ticket_id = waiting(store)
    area = shapely.box(*at(10, 0), *at(11, 1))
    with store.write() as session:
        estate = Place(kind="estate", name="域外雅居", source="test", geometry=shape(area))
        session.add(estate)
        session.flush()
        key = f"place/{estate.id}"
    answer = post(own, "confirm", text="示例路4号", ticket=str(ticket_id), by=BY, entry=key)
    assert answer.status_code == 400
    assert "confirm a point" in answer.text
    assert confirmed(store) == []


@pytest.mark.parametrize(
    ("path", "fields", "status", "sentence"),
    [
        ("confirm", {"text": TEXT, "entry": "unit/general/1112"}, 400, "Say who confirms"),
        ("confirm", {"text": TEXT, "by": BY}, 400, "Say which place or point"),
        ("confirm", {"text": TEXT, "by": BY, "lon": "x", "lat": "1"}, 400, "x "),
        ("confirm", {"text": TEXT, "by": BY, "entry": "place/999"}, 404, "place/999"),
        ("confirm", {"text": TEXT, "by": BY, "ticket": "999"}, 404, "999"),
        ("confirm", {"by": BY, "entry": "unit/general/1112"}, 400, "text to confirm"),
        ("withdraw", {"id": "1", "by": BY}, 404, "no confirmation 1"),
        ("withdraw", {"id": "x", "by": BY}, 400, "撤回"),
        ("withdraw", {"by": BY}, 400, "撤回"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_kept(own, store, path, fields, status, sentence):
    answer = post(own, path, **fields)
    assert answer.status_code == status
    assert sentence in answer.text
    assert confirmed(store) == []


@pytest.mark.parametrize("ticket", ["0", "x", "999999999999", "-1"])
def test_ticket_that_is_none(client, ticket):
    assert client.get(f"/locate?ticket={ticket}").status_code == 404


@pytest.mark.parametrize(
    ("headers", "token"),
    [
        ({}, ""),
        ({}, "x" * 32),
        ({}, "长"),
        ({"Sec-Fetch-Site": "cross-site"}, None),
        ({"Sec-Fetch-Site": "same-site"}, None),
        ({"Origin": "http://evil.example"}, None),
        ({"Origin": "http://localhost:9"}, None),
    ],
)
@pytest.mark.parametrize("path", ["confirm", "withdraw"])
def test_form_of_another_site_is_refused(own, store, path, headers, token):
    fields = {"text": TEXT, "by": BY, "entry": "unit/general/1112", "id": "1"}
    answer = post(own, path, headers=headers, token=token, **fields)
    assert answer.status_code == 403
    assert confirmed(store) == []


def test_own_form_is_taken_from_every_browser(own):
    fields = {"text": TEXT, "by": BY, "entry": "unit/general/1112"}
    for headers in (
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Origin": "http://localhost"},
    ):
        assert post(own, "confirm", headers=headers, **fields).status_code == 303


def test_form_without_the_cookie_is_refused(app):
    client = app.test_client(use_cookies=False)
    assert post(client, "confirm", text=TEXT, by=BY).status_code == 403


def test_token_is_kept_from_scripts_and_other_sites(own):
    (cookie,) = [
        value
        for value in own.get("/locate?q=柳林社区").headers.getlist("Set-Cookie")
        if value.startswith(security.COOKIE)
    ]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    again = own.get("/locate?q=柳林社区").headers.getlist("Set-Cookie")
    assert not [value for value in again if value.startswith(security.COOKIE)]


def test_thresholds_are_judged_on_what_is_confirmed(own):
    assert "尚无已确认的写法" in own.get("/locate").text
    post(own, "confirm", text="柳林社区", by=BY, entry="unit/general/111")
    page = own.get("/locate").text
    assert "依据 1 条已确认的写法" in page
    assert page.count('class="present"') == 1


def test_text_of_a_page_is_no_markup(own):
    text = '老粮库"><img src=x onerror=alert(1)>'
    post(own, "confirm", text=text, by="<b>甲</b>", entry="unit/general/1112")
    page = own.get("/locate", query_string={"q": text}).text
    assert "<img src=x" not in page
    assert "<b>甲</b>" not in page
