"""Errors: a problem answer (RFC 9457) for a program, a page for a person."""

import pytest

from gridmap.errors import StoreError
from web.errors import PROBLEM


@pytest.mark.parametrize(
    ("path", "status", "title"),
    [
        ("/api/units?level=galaxy", 400, "Bad Request"),
        ("/api/nothing", 404, "Not Found"),
        ("/download/nothing", 404, "Not Found"),
    ],
)
def test_problem_is_told_to_programs(client, path, status, title):
    answer = client.get(path, headers={"Accept-Language": "zh"})
    assert answer.status_code == status
    assert answer.mimetype == PROBLEM
    assert set(answer.json) == {"type", "title", "status", "detail", "error"}
    assert (answer.json["type"], answer.json["title"]) == ("about:blank", title)
    assert answer.json["status"] == status
    assert answer.json["detail"] == answer.json["error"]
    assert answer.json["detail"].isascii(), "programs are told in English"
    assert answer.json["detail"].endswith(".")


def test_method_that_is_not_taken_names_those_that_are(client):
    answer = client.delete("/api/route")
    assert answer.status_code == 405
    assert answer.mimetype == PROBLEM
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_other_host_is_a_problem_too(client):
    answer = client.get("/api/units", headers={"Host": "evil.example"})
    assert (answer.status_code, answer.mimetype) == (400, PROBLEM)


def test_page_is_for_persons(client):
    answer = client.get("/nothing")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "没有" in answer.text


def test_store_that_cannot_be_read(client, shared_app, monkeypatch):
    def broken():
        message = "The store is gone."
        raise StoreError(message)

    monkeypatch.setattr(shared_app.extensions["gridmap_store"], "read", broken)
    answer = client.get("/api/units")
    assert (answer.status_code, answer.mimetype) == (503, PROBLEM)
    assert answer.json["detail"] == "The store is gone."


def test_error_of_ours_is_told_without_its_words(shared_app, monkeypatch):
    monkeypatch.setitem(
        shared_app.view_functions, "api.units", lambda: (_ for _ in ()).throw(ValueError("secret"))
    )
    monkeypatch.setitem(shared_app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = shared_app.test_client().get("/api/units")
    assert (answer.status_code, answer.mimetype) == (500, PROBLEM)
    assert "secret" not in answer.text
