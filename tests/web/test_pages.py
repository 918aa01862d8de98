"""Every page, in both languages, on either back end."""

import re
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from support.stock import REPORTER, REPORTER_PHONE

PAGES = [
    "/",
    "/?level=community",
    "/units",
    "/units?level=grid",
    "/units/1111",
    "/units/11",
    "/units/1129?scheme=exclusive",
    "/tickets",
    "/tickets?status=open&exception=any&unit=11&words=示例路&page=1",
    "/tickets/1",
    "/tickets/4",
    "/exceptions",
    "/exceptions?kind=gap",
]


def text_of(client, url, **kwargs):
    answer = client.get(url, **kwargs)
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("url", PAGES)
def test_page_opens_and_tells_nobody_who_reported(client, url, language):
    text = text_of(client, url, query_string=None, headers={"Accept-Language": language})
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}"' in text
    assert "演示数据，虚构" in text
    assert "Demonstration data, invented" in text
    assert "127.0.0.1" in text
    assert REPORTER not in text
    assert REPORTER_PHONE not in text


@pytest.mark.parametrize("url", PAGES)
def test_no_page_names_a_foreign_host(client, url):
    text = text_of(client, url)
    fetched = re.findall(r'(?:src|href)="([^"]+)"', text)
    assert fetched
    assert not [link for link in fetched if link.startswith(("http:", "https:", "//"))]


def test_chinese_page_says_nothing_in_english_but_names(client):
    text = text_of(client, "/tickets?lang=zh")
    words = set(re.findall(r">\s*([A-Z][a-z]+ [a-z]+[^<]*)<", text))
    assert words == set()


def test_unit_page_says_who_answers_and_what_is_around(client):
    text = text_of(client, "/units/1111?lang=en")
    for expected in (
        "示例甲",
        "Full-time grid worker",
        "柳林社区",
        "示例丙",
        "T-1",
        "T-2",
        "第二网格",
    ):
        assert expected in text
    assert "T-6" not in text, "a closed ticket is not on the list of open ones"


def test_unit_page_of_the_wider_unit_lists_its_parts_and_all_its_tickets(client):
    text = text_of(client, "/units/111?lang=en")
    assert "Parts" in text
    assert "3 open tickets" in text


def test_ticket_page_says_the_decision_its_reason_and_the_alternatives(client):
    chinese, english = text_of(client, "/tickets/2?lang=zh"), text_of(client, "/tickets/2?lang=en")
    assert "示例理由T-2" in chinese
    assert "边界容差" in chinese
    assert "Sample reason T-2" in english
    assert "It may also be" in english
    assert 'href="/units/1112"' in english


def test_ticket_page_without_a_place_says_so(client):
    assert "has no place on the map" in text_of(client, "/tickets/4?lang=en")


@pytest.mark.parametrize(
    ("zone", "hour"),
    [("Asia/Shanghai", "2026-10-01 16"), ("America/Los_Angeles", "2026-10-01 01")],
)
@pytest.mark.parametrize("url", ["/tickets", "/tickets/1", "/units/1111"])
def test_times_are_those_of_the_site(app, zone, hour, url):
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(settings, time_zone=ZoneInfo(zone))
    times = re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d", text_of(app.test_client(), url))
    assert {time[:13] for time in times} == {hour}, "all were reported within one hour"


@pytest.mark.parametrize(
    ("kind", "number"),
    [("unlocated", "T-4"), ("no_owner", "T-5"), ("gap", "T-3"), ("boundary", "T-2")],
)
def test_each_kind_of_exception_is_listed(client, kind, number):
    text = text_of(client, f"/exceptions?kind={kind}")
    assert re.findall(r">(T-\d)</a>", text) == [number]


def test_language_is_remembered(client):
    assert '<html lang="en"' in text_of(client, "/units?lang=en")
    assert '<html lang="en"' in text_of(client, "/units")
    assert '<html lang="zh-CN"' in text_of(client, "/units?lang=zh")


def test_terms_follow_the_language_of_each_page(client):
    assert "待复核" in text_of(client, "/tickets/2?lang=zh")
    english = text_of(client, "/tickets/2?lang=en")
    assert "待复核" not in english
    assert "To be checked" in english


def test_unknown_language_is_chinese(client):
    answer = text_of(client, "/units?lang=xx", headers={"Accept-Language": "fr"})
    assert '<html lang="zh-CN"' in answer


def test_other_language_keeps_the_page_and_its_filters(client):
    text = text_of(client, "/tickets?status=open&lang=zh")
    assert 'href="/tickets?status=open&amp;lang=en"' in text


@pytest.mark.parametrize(
    ("url", "status", "sentence"),
    [
        ("/nowhere", 404, "no such page"),
        ("/units/999", 404, "There is no unit 999"),
        ("/tickets/999", 404, "There is no ticket 999"),
        ("/tickets/99999999999999999999999", 404, "There is no ticket"),
        ("/tickets?page=x", 400, "no number"),
        ("/tickets?status=lost", 400, "no status"),
        ("/tickets?exception=odd", 400, "no kind of exception"),
        ("/exceptions?kind=odd", 400, "no kind of exception"),
        ("/?level=galaxy", 404, "no map of the level"),
    ],
)
def test_what_is_wrong_is_told_in_one_sentence(client, url, status, sentence):
    answer = client.get(url, headers={"Accept-Language": "en"})
    assert answer.status_code == status
    assert sentence in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("/units/zzz", "目前没有单元 zzz：请在单元列表中查找。"),
        ("/tickets/999", "没有工单 999：请在工单列表中查找。"),
        ("/tickets?page=x", "页码“x”不是数字"),
        ("/?level=galaxy", "没有层级“galaxy”的地图"),
    ],
)
def test_chinese_page_says_what_is_wrong_in_chinese(client, url, sentence):
    text = client.get(url, headers={"Accept-Language": "zh"}).text
    assert sentence in text
    assert "There is no" not in text


def test_empty_store_says_what_to_do(empty_app):
    client = empty_app.test_client()
    assert "gridmap import units" in text_of(client, "/")
    for url in ("/units", "/tickets", "/exceptions"):
        assert "演示数据" not in text_of(client, url)


def test_units_without_an_area_are_listed_all_the_same(app, store):
    from gridmap.model import Unit

    with store.write() as session:
        session.query(Unit).update({"geometry": None})
    client = app.test_client()
    assert "第一网格" in text_of(client, "/units?level=grid")
    assert "The area of this unit is not known" in text_of(client, "/units/1111?lang=en")
    assert "no units with an area yet" in text_of(client, "/?lang=en")
    assert text_of(client, "/exceptions")


def test_list_of_units_begins_with_the_first_level_that_is_divided(client):
    text = text_of(client, "/units?lang=en")
    assert 'aria-current="true">Community' in text


def test_name_from_a_file_is_never_markup_nor_template(app, store):
    from gridmap.model import Unit

    with store.write() as session:
        unit = session.query(Unit).filter_by(code="1111").one()
        unit.name = "{{ 7 * 7 }}{% raise %}</script><b>x"
    text = text_of(app.test_client(), "/units/1111")
    assert "49" not in re.findall(r"\b49\b", text)
    assert "<b>x" not in text
    assert r"{{ 7 * 7 }}{% raise %}\u003c/script\u003e" in text
