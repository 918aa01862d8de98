"""The test bench itself: what the fixtures promise."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import flask
import psycopg
import pytest
import sqlalchemy
from support.postgres import PLAIN

SUPPORT = Path(__file__).parent / "support"


def scalar(url, statement):
    engine = sqlalchemy.create_engine(url)
    with engine.connect() as connection:
        answer = connection.scalar(sqlalchemy.text(statement))
    engine.dispose()
    return answer


@pytest.fixture
def app():
    app = flask.Flask(__name__)
    app.add_url_rule("/", view_func=lambda: "<title>网格</title><h1>网格</h1>")
    return app


def test_fresh_database_has_postgis(postgis_url):
    assert scalar(postgis_url, "SELECT postgis_lib_version()") >= "3"


def test_plain_database_lacks_postgis(postgres):
    with postgres.database(template=PLAIN) as url:
        assert scalar(url, "SELECT count(*) FROM pg_extension WHERE extname = 'postgis'") == 0


def test_database_is_dropped_with_its_connections(postgres):
    with postgres.database() as url:
        left_open = psycopg.connect(url.replace("+psycopg", ""))
    name = sqlalchemy.make_url(url).database
    count = f"SELECT count(*) FROM pg_database WHERE datname = '{name}'"
    assert scalar(postgres.url("postgres"), count) == 0
    left_open.close()


def test_cluster_ends_when_its_owner_is_killed():
    program = (
        "import sys, time\n"
        f"sys.path.insert(0, {str(SUPPORT.parent)!r})\n"
        "from support.postgres import Cluster\n"
        "print(Cluster().folder, flush=True)\n"
        "time.sleep(60)\n"
    )
    owner = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    folder = Path(owner.stdout.readline().strip())
    assert (folder / "data/postmaster.pid").exists()
    os.kill(owner.pid, signal.SIGKILL)
    owner.communicate()
    for _ in range(100):
        if not folder.exists():
            return
        time.sleep(0.1)
    pytest.fail(f"{folder} is still there")


def test_live_server_answers_and_ends(live_server, app):
    with urllib.request.urlopen(live_server(app)) as answer:
        assert "网格" in answer.read().decode()


def test_browser_draws_the_page(live_server, app, page):
    page.goto(live_server(app))
    assert page.title() == "网格"


def test_browser_resolves_no_foreign_host(page):
    import playwright.sync_api

    with pytest.raises(playwright.sync_api.Error, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("http://example.org/")


def test_store_begins_empty_on_either_back_end(store, store_url):
    assert store.url == store_url
    with store.read() as session:
        assert session.scalar(sqlalchemy.text("SELECT count(*) FROM units")) == 0
