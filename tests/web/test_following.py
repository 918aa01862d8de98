"""The part of a page that follows changes: asked for with a header, made once for many."""

import re

import pytest
from sqlalchemy import update

from gridmap.model import Decision, Ticket
from gridmap.sight import Sight
from web.following import HEADER

PART = {HEADER: "live", "Accept-Encoding": "identity"}
PAGES = ["/", "/exceptions?kind=gap", "/units/1111", "/tickets/1"]
REGION = re.compile(r'data-live="([^"]+)"')


@pytest.mark.parametrize("path", PAGES)
def test_part_has_the_regions_of_the_page_and_neither_frame_nor_map(client, path):
    page, part = client.get(path).text, client.get(path, headers=PART)
    assert part.status_code == 200
    assert part.mimetype == "text/html"
    assert HEADER in part.headers["Vary"]
    assert set(REGION.findall(part.text)) == set(REGION.findall(page)) != set()
    assert "<html" not in part.text
    assert "folium" not in part.text
    for name in re.findall(r'data-block="([^"]+)"', part.text):
        assert f'id="{name}_data"' in page


@pytest.mark.parametrize("path", PAGES)
def test_part_that_is_the_same_is_not_sent_again(client, path):
    first = client.get(path, headers=PART)
    again = client.get(path, headers={**PART, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_part_is_of_the_newest_state(app, store):
    client = app.test_client()
    before = {path: client.get(path, headers=PART).text for path in PAGES}
    assert before == {path: client.get(path, headers=PART).text for path in PAGES}
    with store.write() as session:
        session.execute(update(Ticket).where(Ticket.number == "T-1").values(status="closed"))
    after = {path: client.get(path, headers=PART).text for path in PAGES}
    assert {path for path in PAGES if before[path] != after[path]} == {"/", *PAGES[2:]}
    with store.write() as session:
        session.execute(update(Decision).values(rule="nearest"))
    assert client.get(PAGES[1], headers=PART).text != after[PAGES[1]]


def test_part_is_made_once_for_all_who_see_the_same(app, monkeypatch):
    made = []
    real = app.jinja_env.get_or_select_template

    def counted(name, *args, **kwargs):
        made.append(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(app.jinja_env, "get_or_select_template", counted)
    for _ in range(5):
        assert app.test_client().get("/exceptions", headers=PART).status_code == 200
    assert made.count("exceptions.html") == 1
    assert app.test_client().get("/exceptions?lang=en", headers=PART).status_code == 200
    assert made.count("exceptions.html") == 2


def test_part_keeps_to_the_sight(app, monkeypatch):
    client = app.test_client()
    everything = client.get("/units/1111", headers=PART).text
    assert "T-1" in everything
    none = Sight(frozenset({("general", "113")}))
    monkeypatch.setitem(app.config, "SIGHT", lambda: none)
    limited = client.get("/units/1111", headers=PART).text
    assert "T-1" not in limited
    assert client.get("/tickets/1", headers=PART).status_code == 404


@pytest.mark.parametrize("path", [*PAGES, "/locate?q=示例路"])
def test_every_page_with_a_map_hears_of_changes(client, path):
    text = client.get(path).text
    assert "gridmap.live(map_main" in text
    assert ("gridmap.following(map_main" in text) == (path in PAGES)
