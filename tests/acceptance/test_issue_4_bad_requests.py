"""Item 7 of the issue: whatever is asked, there is a clear sentence, no 500, and no endless work.

Thousands of requests are made up from the description of the interface, good ones and bad ones; to
these come the tricks that people know: absurd numbers, foreign digits, signs that no text has.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance
from support.server import serve
from support.stock import fill
from support.warmed import warmed

import web
from gridmap.storage import Store, create_store
from web import asked, create_app
from web.errors import PROBLEM

DESCRIPTION = json.loads((Path(web.__file__).parent / "openapi.json").read_text("utf-8"))
#: What the map asks; the other addresses have their own tests.
PATHS = [
    path
    for path in DESCRIPTION["paths"]
    if path.startswith(("/api/layers", "/api/tiles", "/api/values", "/api/tickets", "/download"))
    or path in ("/api/units", "/api/changes")
]
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance]
#: The longest that one request may take on a busy machine; the store is small.
PATIENCE_S = 5.0
MAX_SENTENCE = 1_000

RUBBISH = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "", " ", "\0", "\x1b[31m", "-1", "1e9", "9" * 400, "０", "NaN", "Infinity", "0x10",
            "' OR 1=1 --", "%", "_", "../../etc/passwd", "<script>", "{}", "[]", "true", "\u202e",
            "\U0001f600" * 20, "1,2,3,4", "-180,-90,180,90", "180,90,-180,-90", "1,1,1,1", ",,,",
            "2026-02-30", "9999-99-99", "0000-00-00T00:00:00+99:99", "a" * 5_000, "+", "null",
            "units+units",
        ]
    ),
    st.floats().map(str),
    st.integers().map(str),
)  # fmt: skip


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    store: Store = create_store(f"geopackage:///{tmp_path_factory.mktemp('bad') / 'store.gpkg'}")
    fill(store)
    yield warmed(create_app({"STORE": store}))
    store.close()


@pytest.fixture(scope="module")
def postgis_app(module_postgis_url: str) -> Iterator[Flask]:
    """PostgreSQL refuses texts that SQLite takes."""
    store = create_store(module_postgis_url)
    fill(store)
    yield warmed(create_app({"STORE": store}))
    store.close()


@pytest.fixture(scope="module")
def described(app: Flask) -> schemathesis.schemas.BaseSchema:
    return schemathesis.openapi.from_wsgi("/api/openapi.json", app)


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("path", PATHS)
def test_what_the_description_allows_and_forbids(
    described: schemathesis.schemas.BaseSchema, path: str, mode: GenerationMode
) -> None:
    operation = described[path]["get"]

    @settings(
        max_examples=20 if "download" in path else 80, suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def holds(case: schemathesis.Case) -> None:
        case.call_and_validate(checks=CHECKS, headers={"Accept-Encoding": "identity"})

    try:
        holds()
    except Unsatisfiable:
        assert not operation.query, "nothing can be wrong where nothing is asked"


@st.composite
def addresses(draw: st.DrawFn) -> str:
    """Put rubbish wherever an address has room for something."""
    layers = ["units", "tickets", "exceptions", "streets", "duties", "services", "sheds"]
    key = draw(st.one_of(st.sampled_from(layers), RUBBISH))
    one, two, three = (quote(draw(st.one_of(RUBBISH, st.just("3"))), safe="") for _ in range(3))
    key = quote(key, safe="+")
    path = draw(
        st.sampled_from(
            [
                f"/api/tiles/{key}/{one}/{two}/{three}",
                f"/api/tiles/{key}/17/{two}/{three}",
                f"/api/values/{key}",
                f"/api/layers/{key}/features",
                f"/api/layers/{key}/features/{one}",
                f"/download/{key}.csv",
                f"/download/{key}.{one}",
                "/api/tickets/find",
                "/api/tickets",
                "/api/units",
                "/api/changes",
            ]
        )
    )
    names = ["bbox", "limit", "zoom", "lang", "level", "scheme", "state", "since", "until", "unit"]
    names += ["matter", "exception", "q", "status", "kind"]
    pairs = st.tuples(st.one_of(st.sampled_from(names), RUBBISH), RUBBISH)
    return f"{path}?{urlencode(draw(st.lists(pairs, max_size=3)), errors='replace')}"


def holds(app: Flask, address: str) -> None:
    """An answer in time, and a sentence where it is refused."""
    began_s = time.perf_counter()
    with app.test_client().get(address) as answer:
        assert time.perf_counter() - began_s < PATIENCE_S, address
        assert answer.status_code < 500, (address, answer.text)
        if answer.status_code >= 400:
            assert answer.mimetype == PROBLEM, address
            told = answer.json
            assert told["status"] == answer.status_code
            assert told["title"]
            assert told["detail"] == told["error"]
            assert told["detail"].endswith((".", ")")), told["detail"]
            assert 10 < len(told["detail"]) < MAX_SENTENCE
            assert told["detail"].isprintable(), "neither a terminal nor a log is harmed"


@settings(max_examples=800, suppress_health_check=list(HealthCheck))
@given(address=addresses())
def test_rubbish_on_the_embedded_store(app: Flask, address: str) -> None:
    holds(app, address)


@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(address=addresses())
def test_rubbish_on_postgis(postgis_app: Flask, address: str) -> None:
    holds(postgis_app, address)


def test_limits_are_those_that_are_told(app: Flask) -> None:
    """Nothing is read for a question that cannot be answered whole."""
    client = app.test_client()
    for query in (f"limit={asked.MAX_FEATURES + 1}", "limit=99999999999999999999", "zoom=1000000"):
        began_s = time.perf_counter()
        assert client.get(f"/api/layers/units/features?{query}").status_code == 400
        assert time.perf_counter() - began_s < PATIENCE_S
    long = client.get("/api/tiles/" + "+".join(["units"] * 2_000) + "/1/0/0")
    assert long.status_code == 400


def test_slow_clients_keep_nobody_waiting(app: Flask) -> None:
    """Some send a request letter by letter, some take no answer: others are answered."""
    with serve(app, threads=2) as address:
        host, port = address.removeprefix("http://").split(":")
        slow = [socket.create_connection((host, int(port))) for _ in range(12)]
        try:
            for number, one in enumerate(slow):
                path = "/download/units.geojson" if number % 2 else "/api/layers"
                head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                one.sendall((head + ("\r\n" if number % 2 else "X-Slow: ")).encode())
            began_s = time.perf_counter()
            with socket.create_connection((host, int(port)), timeout=PATIENCE_S) as quick:
                quick.sendall(
                    b"GET /api/tiles/units/10/845/388 HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n"
                )
                assert quick.recv(15).endswith(b" 200 OK")
            assert time.perf_counter() - began_s < PATIENCE_S
        finally:
            for one in slow:
                one.close()
