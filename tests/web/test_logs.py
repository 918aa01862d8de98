"""One line a request, without what was asked."""

import json
import logging

import pytest

from web import logs


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.INFO, logger="web.requests")
    return caplog


def last(lines):
    return [record for record in lines.records if record.name == "web.requests"][-1]


def test_line_names_path_state_and_time_but_not_the_question(client, lines):
    client.get("/api/route?lon=117.005&lat=40.01&datum=wgs84&text=楼下燃气泄漏张三")
    message = last(lines).getMessage()
    assert message.startswith("GET /api/route 200 ")
    assert " ms " in message
    for secret in ("燃气", "张三", "117.005", "?"):
        assert secret not in message


def test_words_that_were_looked_for_are_not_written(client, lines):
    client.get("/tickets?words=张三")
    client.post("/api/route", json={"lon": 117, "lat": 40, "datum": "wgs84", "text": "张三"})
    assert "张三" not in " ".join(record.getMessage() for record in lines.records)


def test_line_cannot_be_broken(client, lines):
    client.get("/a%0AGET /b 200")
    assert "\n" not in last(lines).getMessage()


def test_formats(client, lines):
    client.get("/health")
    record = last(lines)
    read = json.loads(logs.JsonFormatter().format(record))
    assert (read["method"], read["path"], read["status"]) == ("GET", "/health", 200)
    assert read["duration_ms"] >= 0
    assert read["bytes"] > 0
    plain = logs.PlainFormatter().format(record)
    assert " INFO GET /health 200 " in plain
    assert "\n" not in plain


@pytest.mark.parametrize(
    ("setting", "formatter"),
    [("json", logs.JsonFormatter), ("", logs.PlainFormatter)],
)
def test_setting_chooses_the_format(monkeypatch, setting, formatter):
    monkeypatch.setenv("GRIDMAP_LOG", setting)
    loggers = [logging.getLogger(name) for name in ("web", "uvicorn.error")]
    kept = [(one.handlers, one.propagate, one.level) for one in loggers]
    try:
        logs.write_to_stderr()
        assert isinstance(loggers[0].handlers[0].formatter, formatter)
        assert loggers[1].handlers == loggers[0].handlers
    finally:
        for one, (handlers, propagate, level) in zip(loggers, kept, strict=True):
            one.handlers, one.propagate = handlers, propagate
            one.setLevel(level)


def test_fault_of_ours_is_logged_and_told_without_detail(app, lines):
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.view_functions["units.index"] = lambda: 1 / 0
    answer = app.test_client().get("/units?lang=en")
    assert answer.status_code == 500
    assert "ZeroDivisionError" not in answer.text
    assert "the log of the service says what" in answer.text
    (fault,) = [record for record in lines.records if record.exc_info]
    assert "ZeroDivisionError" in logs.PlainFormatter().format(fault)
    assert "ZeroDivisionError" in json.loads(logs.JsonFormatter().format(fault))["traceback"]
