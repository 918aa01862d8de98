"""Places over HTTP: where a text is, suggestions, what is refused, what the browser may keep."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from support.stock import REPORTER, REPORTER_PHONE

import web
from gridmap.locating import METHODS, REASONS
from gridmap.locating.corrections import confirm
from gridmap.locating.matcher import NAMED
from web import holding, questions, searching


def test_text_is_located(client):
    found = client.get("/api/locate", query_string={"q": "柳林社区居民反映路灯不亮"}).json
    assert found["entry"]["key"] == "unit/general/111"
    assert found["unit"] == "unit/general/111"
    assert found["method"] == "unit_name"
    assert 0.5 < found["confidence"] <= 1
    assert found["extent"] == pytest.approx([117, 40, 117.02, 40.02])
    assert found["words"] == ["柳林社区"]
    assert found["candidates"][0]["key"] == "unit/general/111"
    assert "柳林社区" in found["reason"]["zh"]


def test_several_are_candidates_up_to_the_limit(client):
    found = client.get("/api/locate", query_string={"q": "第一网格"}).json
    assert {one["key"] for one in found["candidates"]} >= {
        "unit/general/1111",
        "unit/general/1121",
    }
    assert found["problem"] == "ambiguous"
    one = client.get("/api/locate", query_string={"q": "第一网格", "limit": 1}).json
    assert len(one["candidates"]) == 1


def test_nothing_found_is_an_answer(client):
    found = client.get("/api/locate", query_string={"q": "😀😀"})
    assert found.status_code == 200
    assert (found.json["entry"], found.json["lon"], found.json["method"]) == (None, None, "none")


@pytest.mark.parametrize("typed", ["柳林", "liulin", "ll", "liu l"])
def test_suggestions(client, typed):
    found = client.get("/api/suggest", query_string={"q": typed}).json
    assert found[0]["key"] == "unit/general/111"
    assert set(found[0]) == {
        "key", "kind", "name", "label", "detail", "lon", "lat", "extent",
    }  # fmt: skip


def test_suggestions_of_nothing_and_their_limit(client):
    assert client.get("/api/suggest").json == []
    assert len(client.get("/api/suggest?q=网格&limit=2").json) == 2


@pytest.mark.parametrize("path", ["/api/locate", "/api/suggest"])
@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"q": "长" * 2001}, "at most 2,000"),
        ({"q": "柳林", "limit": "0"}, "limit is '0'"),
        ({"q": "柳林", "limit": "99"}, "limit is '99'"),
        ({"q": "柳林", "limit": "many"}, "limit is 'many'"),
        ({"q": "柳林", "limit": "１"}, "limit is"),
        ({"q": "柳林", "when": "x"}, "'when' is no field"),
    ],
)
def test_what_is_refused(client, path, query, sentence):
    answer = client.get(path, query_string=query)
    assert answer.status_code == 400
    assert sentence in answer.json["error"]


@pytest.mark.parametrize("query", [{}, {"q": ""}, {"q": "  "}])
def test_nothing_to_locate_is_refused(client, query):
    answer = client.get("/api/locate", query_string=query)
    assert answer.status_code == 400
    assert answer.json["error"].startswith("q is missing")


def test_same_answer_is_not_sent_twice(client):
    first = client.get("/api/suggest?q=柳林")
    assert first.cache_control.private
    assert first.cache_control.no_cache
    again = client.get("/api/suggest?q=柳林", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert not again.data


def test_nobody_is_named(client, shared_app):
    text = client.get("/api/locate?q=示例路1号").get_data(as_text=True)
    text += client.get("/api/suggest?q=示例").get_data(as_text=True)
    assert REPORTER not in text
    assert REPORTER_PHONE not in text
    assert "示例甲" not in text


def test_confirmed_text_is_used_at_once_and_who_confirmed_is_not_told(app, store, monkeypatch):
    client = app.test_client()
    assert client.get("/api/locate?q=老粮库").json["entry"] is None
    confirm(store, text="老粮库", by="示例调度员", lon=117.005, lat=40.01)
    monkeypatch.setattr(holding, "FRESH_S", 0.0)
    answer = client.get("/api/locate?q=老粮库")
    assert answer.json["method"] == "confirmed"
    assert (answer.json["lon"], answer.json["lat"]) == (117.005, 40.01)
    assert "示例调度员" not in answer.get_data(as_text=True)


def test_description_knows_the_limits():
    file = Path(web.__file__).parent / "openapi.json"
    described = json.loads(file.read_text(encoding="utf-8"))
    schemas = described["components"]["schemas"]
    paths = described["paths"]

    def schema(path, name):
        listed = paths[path]["get"]["parameters"]
        return next(one["schema"] for one in listed if one["name"] == name)

    assert schema("/api/locate", "q")["maxLength"] == questions.MAX_TEXT
    assert schema("/api/suggest", "q")["maxLength"] == questions.MAX_TEXT
    assert schema("/api/locate", "limit")["maximum"] == NAMED
    assert schema("/api/suggest", "limit")["maximum"] == searching.MAX_SUGGESTIONS
    assert schemas["Found"]["properties"]["method"]["enum"] == list(METHODS)
    assert schemas["Found"]["properties"]["problem"]["anyOf"][0]["enum"] == list(REASONS)


def test_suggestions_are_quick(client):
    client.get("/api/suggest?q=柳")
    began = time.perf_counter()
    for _ in range(20):
        client.get("/api/suggest?q=liulin1")
    assert (time.perf_counter() - began) / 20 < 0.1
