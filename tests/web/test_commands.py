"""`gridmap serve` as a person starts it: one address, on this computer only."""

import re
import socket
import subprocess
import sys
import urllib.request

import pytest
from click.testing import CliRunner

from gridmap.cli import main
from gridmap.storage import create_store

PROGRAM = [sys.executable, "-c", "from gridmap.cli import main; main()"]


@pytest.fixture
def database(tmp_path):
    url = f"geopackage:///{tmp_path / 'store.gpkg'}"
    create_store(url).close()
    return url


@pytest.fixture
def served(database):
    """A running service: its process and its address."""
    command = [*PROGRAM, "--database", database, "serve", "--port", str(free_port())]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )
    line = process.stdout.readline()
    yield process, re.search(r"http://\S+", line).group()
    process.terminate()
    process.communicate(timeout=20)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_service_answers_where_it_says_and_logs_it(served):
    process, address = served
    with urllib.request.urlopen(address + "health", timeout=20) as answer:
        assert answer.status == 200
    assert "only on this computer" in process.stdout.readline()
    assert re.search(r"INFO GET /health 200 [\d.]+ ms \d+ B", process.stderr.readline())


def test_service_listens_on_the_loopback_only(served):
    _, address = served
    port = int(address.rstrip("/").rsplit(":", 1)[1])
    assert address.startswith("http://127.0.0.1:")
    with socket.socket() as elsewhere:
        elsewhere.bind(("127.0.0.2", port))  # taken if the service listened on every address


def test_no_other_host_can_be_named(database):
    answer = CliRunner().invoke(main, ["--database", database, "serve", "--host", "0.0.0.0"])
    assert answer.exit_code == 2
    assert "No such option" in answer.output


def test_port_that_is_taken(database):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        answer = CliRunner().invoke(main, ["--database", database, "serve", "--port", str(port)])
    assert answer.exit_code == 1
    assert f"Port {port} of 127.0.0.1 is taken" in answer.output


def test_another_port_than_the_usual_one_is_told(database, monkeypatch):
    monkeypatch.setattr("uvicorn.Server.run", lambda *args, **kwargs: None)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        usual = other.getsockname()[1]
        monkeypatch.setattr("web.commands.PORT", usual)
        answer = CliRunner().invoke(main, ["--database", database, "serve"])
    told = re.match(rf"Port {usual} is taken: listening on (\d+) instead\.\n", answer.output)
    assert told, answer.output
    assert f"http://127.0.0.1:{told[1]}/" in answer.output


def test_the_usual_port_is_no_matter(database, monkeypatch):
    monkeypatch.setattr("uvicorn.Server.run", lambda *args, **kwargs: None)
    monkeypatch.setattr("web.commands.PORT", free_port())
    answer = CliRunner().invoke(main, ["--database", database, "serve"])
    assert answer.exit_code == 0
    assert "is taken" not in answer.output


def test_store_that_is_not_there(tmp_path):
    missing = f"geopackage:///{tmp_path / 'none.gpkg'}"
    answer = CliRunner().invoke(main, ["--database", missing, "serve", "--port", str(free_port())])
    assert answer.exit_code == 1
    assert "There is no store" in answer.output
    assert "Traceback" not in answer.output


def test_a_server_of_many_workers_finds_the_application(database, monkeypatch):
    monkeypatch.setenv("GRIDMAP_DATABASE_URL", database)
    code = """
from web.wsgi import app
answer = app.test_client().get("/health", headers={"Host": "127.0.0.1"})
print(answer.status_code)
app.extensions["gridmap_store"].close()
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "200\n"
    assert re.search(r"INFO GET /health 200 [\d.]+ ms \d+ B", done.stderr)
