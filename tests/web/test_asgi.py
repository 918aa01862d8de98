"""The service under uvicorn: slow and odd clients hold no thread, and the end comes soon."""

import http.client
import json
import signal
import socket
import time
from contextlib import ExitStack, closing, contextmanager
from threading import Event

import pytest
from flask import Flask, Response, request, stream_with_context
from support.processes import python
from support.server import serve
from support.stock import fill
from support.streams import connected, listening

from gridmap.storage import create_store
from web.bridge import MOST_BODY_BYTES, PIECE_BYTES

THREADS = 2
#: From Ctrl+C on, with streams open.
END_S = 2


class Plain(Flask):
    """An application that says what it was asked, and counts the pieces of a long answer."""

    def __init__(self):
        super().__init__("plain")
        self.config["MAX_CONTENT_LENGTH"] = MOST_BODY_BYTES
        self.made = self.closed = 0
        self.worked, self.may_end = [], Event()
        self.add_url_rule("/slow/<name>", view_func=self.slow)
        self.add_url_rule("/echo", view_func=self.echo, methods=["GET", "POST"])
        self.add_url_rule("/long/<int:count>", view_func=self.long)
        self.add_url_rule("/<path:path>", view_func=lambda path: {"path": path})

    def echo(self):
        return {
            "bytes": len(request.get_data()),
            "query": request.args.to_dict(),
            "cookies": request.cookies,
            "a": request.headers.get("X-A"),
        }

    def slow(self, name):
        self.worked.append(name)
        self.may_end.wait(10)
        return {"name": name}

    def long(self, count):
        def pieces():
            try:
                for self.made in range(1, count + 1):
                    assert request.path == f"/long/{count}"
                    yield bytes([self.made % 256]) * PIECE_BYTES
            finally:
                self.closed += 1

        return Response(stream_with_context(pieces()))


@pytest.fixture(scope="module")
def plain():
    app = Plain()
    with serve(app, threads=THREADS) as app.address:
        yield app


def ask(plain, path="/echo", *, method="GET", body=None, headers=None, chunked=False):
    """Ask as a program does; returns status, headers and body."""
    with closing(http.client.HTTPConnection(plain.address.removeprefix("http://"))) as connection:
        connection.request(method, path, body, headers or {}, encode_chunked=chunked)
        with connection.getresponse() as answer:
            return answer.status, answer.headers, answer.read()


@contextmanager
def sent(plain, text):
    """Send text as it is; gives the connection."""
    with connected(plain.address) as connection:
        connection.sendall(text.encode("latin-1"))
        yield connection


def refused(connection):
    """Read a problem answer, after which the service closes the connection."""
    with connection.makefile("rb") as answer:
        head, body = answer.read().split(b"\r\n\r\n", 1)
    assert b"application/problem+json" in head
    told = json.loads(body)
    assert told["detail"] == told["error"]
    assert told["detail"].endswith(".")
    return told["status"]


def test_request_comes_to_the_application_as_it_was_sent(plain):
    text = "POST /echo?name=%E6%9F%B3&b=1 HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
    text += "Cookie: a=1\r\nCookie: b=2\r\nX-A: one\r\nX_A: no\r\nX-A: two\r\n"
    with sent(plain, text + "Content-Length: 3\r\n\r\nabc") as connection:
        body = connection.makefile("rb").read().split(b"\r\n\r\n", 1)[1]
    assert json.loads(body) == {
        "bytes": 3,
        "query": {"name": "柳", "b": "1"},
        "cookies": {"a": "1", "b": "2"},
        "a": "one,two",
    }


def test_chunks_are_one_body(plain):
    headers = {"Transfer-Encoding": "chunked"}
    status, _, body = ask(
        plain, method="POST", body=iter([b"abc", b"defg"]), headers=headers, chunked=True
    )
    assert (status, json.loads(body)["bytes"]) == (200, 7)


@pytest.mark.parametrize("path", ["/%E6%9F%B3", "/a%2Fb", "/a%00b", "/%FF", "/a//b"])
def test_path_is_taken_whatever_its_bytes(plain, path):
    assert ask(plain, path)[0] == 200


def test_head_has_no_body(plain):
    status, headers, body = ask(plain, method="HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["Content-Length"]) > 0


@pytest.mark.parametrize("length", [MOST_BODY_BYTES + 1, 10**15])
def test_body_that_is_too_long_is_not_waited_for(plain, length):
    text = f"POST /echo HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {length}\r\n\r\nabc"
    with sent(plain, text) as connection:
        assert connection.makefile("rb").readline().split()[1] == b"413"


def test_chunks_that_are_too_long_are_refused(plain):
    pieces = iter([b"x" * 100_000] * 11)
    headers = {"Transfer-Encoding": "chunked"}
    assert ask(plain, method="POST", body=pieces, headers=headers, chunked=True)[0] == 413


def test_long_answer_is_made_as_it_is_read(plain):
    status, _, body = ask(plain, "/long/5")
    assert status == 200
    assert body == b"".join(bytes([number]) * PIECE_BYTES for number in range(1, 6))


def test_reader_who_stops_holds_no_thread_and_one_who_leaves_ends_the_work(plain):
    closed = plain.closed
    with ExitStack() as opened:
        for _ in range(THREADS + 1):
            connection = opened.enter_context(connected(plain.address))
            connection.sendall(b"GET /long/200 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert connection.recv(100)
        time.sleep(0.3)
        made = plain.made
        assert made < 100, "more was made than the line takes"
        assert ask(plain)[0] == 200
    for _ in range(100):
        if plain.closed == closed + THREADS + 1:
            break
        time.sleep(0.05)
    assert plain.closed == closed + THREADS + 1


def test_nobody_works_for_a_client_that_left_while_it_waited(plain):
    def asking(name):
        connection = connected(plain.address)
        connection.sendall(f"GET /slow/{name} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        return connection

    plain.worked.clear()
    with ExitStack() as opened:
        first = [opened.enter_context(asking(f"first-{n}")) for n in range(THREADS)]
        for _ in range(100):
            if len(plain.worked) == THREADS:
                break
            time.sleep(0.05)
        left = [asking(f"left-{n}") for n in range(5)]
        stays = opened.enter_context(asking("stays"))
        time.sleep(0.2)
        for connection in left:
            connection.close()
        time.sleep(0.2)
        plain.may_end.set()
        for connection in (*first, stays):
            assert connection.recv(20).startswith(b"HTTP/1.1 200")
    assert sorted(plain.worked) == ["first-0", "first-1", "stays"]


@pytest.mark.parametrize("path", ["/long/400", "/long/1"])
def test_client_that_takes_nothing_is_given_up(monkeypatch, path):
    monkeypatch.setattr("web.process.STALLED_S", 1.0)
    app = Plain()
    with serve(app, threads=THREADS) as address, socket.socket() as never_reads:
        never_reads.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        host, port = address.removeprefix("http://").split(":")
        never_reads.connect((host, int(port)))
        never_reads.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        for _ in range(200):
            if app.closed:
                break
            time.sleep(0.05)
        assert app.closed == 1
        time.sleep(3)  # what waits in the buffers is given up too
        never_reads.settimeout(5)
        with pytest.raises(ConnectionError):
            all(iter(lambda: never_reads.recv(65_536), b""))


def test_slow_senders_hold_no_thread(plain):
    with ExitStack() as opened:
        for number in range(4 * THREADS):
            connection = opened.enter_context(connected(plain.address))
            text = b"POST /echo HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nabc"
            connection.sendall(text if number % 2 else text[:20])
        began_s = time.monotonic()
        assert ask(plain)[0] == 200
        assert time.monotonic() - began_s < 1


@pytest.mark.parametrize("text", ["", "GET /echo HT", "GET /echo HTTP/1.1\r\nHost: 127.0.0.1\r\n"])
def test_head_that_does_not_come_is_not_waited_for(plain, monkeypatch, text):
    monkeypatch.setattr("web.protocol.HEAD_S", 0.3)
    with sent(plain, text) as connection:
        connection.settimeout(5)
        assert refused(connection) == 408


def test_head_that_drips_is_not_waited_for_again_and_again(plain, monkeypatch):
    monkeypatch.setattr("web.protocol.HEAD_S", 0.5)
    with sent(plain, "GET /echo HTTP/1.1\r\nX-A: ") as connection:
        began_s = time.monotonic()
        connection.settimeout(0.1)
        while time.monotonic() - began_s < 5:
            connection.sendall(b"a")
            try:
                answer = connection.recv(1000)
            except TimeoutError:
                continue
            break
        assert b" 408 " in answer
        assert time.monotonic() - began_s < 2


def test_second_head_of_a_connection_is_not_waited_for_either(plain, monkeypatch):
    monkeypatch.setattr("web.protocol.HEAD_S", 0.3)
    text = "GET /echo HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    with sent(plain, text) as connection:
        connection.settimeout(5)
        assert b" 200 " in connection.recv(10_000)
        connection.sendall(b"GET /ec")
        assert refused(connection) == 408


def test_body_that_does_not_come_is_not_waited_for(plain, monkeypatch):
    monkeypatch.setattr("web.bridge.BODY_S", 0.3)
    text = "POST /echo HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\nabc"
    with sent(plain, text) as connection:
        connection.settimeout(5)
        assert refused(connection) == 408


@pytest.mark.parametrize(
    "text",
    [
        "GET /echo HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: " + "a" * 100_000,
        "GET /" + "a" * 100_000,
        "GET /echo HTTP/1.1\r\n" + "".join(f"X-{n}: 1\r\n" for n in range(10_000)),
        "nonsense\r\n\r\n",
        "GET /echo HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + "\r\n\r\n",
    ],
    ids=["header", "address", "headers", "nonsense", "length", "tls"],
)
def test_what_is_no_http_is_answered(plain, text):
    with connected(plain.address) as connection:
        connection.sendall(text.encode("latin-1"))
        connection.settimeout(5)
        assert refused(connection) == 400


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


SERVICE = """
import sys
from gridmap.cli import main
main(["--database", sys.argv[1], "serve", "--port", sys.argv[2]])
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_end_comes_soon_with_streams_open(tmp_path, free_port, number):
    url = f"geopackage:///{tmp_path / 'store.gpkg'}"
    store = create_store(url)
    fill(store)
    store.close()
    with python(SERVICE, url, str(free_port)) as service:
        address = service.stdout.readline().split()[-1]
        with ExitStack() as opened:
            opened.enter_context(connected(address))
            streams = [opened.enter_context(listening(address)) for _ in range(3)]
            for stream in streams:
                stream.first()
            began_s = time.monotonic()
            service.send_signal(number)
            for stream in streams:
                with pytest.raises(EOFError):
                    stream.any()
            assert time.monotonic() - began_s < END_S
            status = service.wait(10)
        assert status == (0 if number == signal.SIGINT else -signal.SIGTERM)
        assert "Traceback" not in service.stdout.read()
