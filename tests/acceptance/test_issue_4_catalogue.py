"""Acceptance of issue 4, 1: adding a layer is one file and no edit elsewhere.

One module is written into a folder that is put on the path of the catalogue. It appears there, as
tiles, with its legend, its values, among the addresses, as a download and on the page.
"""

from __future__ import annotations

import sys

import mapbox_vector_tile
import pytest
from support.stock import fill
from support.town import at

import layers.catalogue
from layers.catalogue import catalogue
from layers.tiles.mercator import tile_at
from web import create_app

MODULE = '''
"""Estates by name: a layer that a site has written for itself."""

from sqlalchemy import select

from gridmap.errors import InputError
from gridmap.model import Place
from layers.layer import Entry, Field, MapLayer, Paint, Parameter, Part, Shapes, State, Values


def read_kind(text):
    if text not in ("water", "estate"):
        raise InputError(f"{text!r} is no kind of ground: use water, estate.")
    return text


def grounds(asked, zoom):
    query = select(Place.id, Place.geometry, Place.name)
    return query.where(Place.kind == asked.values["ground"])


def lengths(session, held, asked):
    names = session.scalars(select(Place.name).where(Place.kind == asked.values["ground"]))
    return State(("letters",), {name: [len(name)] for name in names if name})


LAYER = MapLayer(
    key="own_grounds",
    name=("自建图层", "Own grounds"),
    about=("演示：一个文件就是一个图层", "A demonstration: one file is one layer"),
    source=Shapes("places", (Part("grounds", grounds, label="name"),)),
    fields=(Field("name", ("名称", "Name")),),
    paints=(Paint("fill", "grounds", "#3f7fd0"), Paint("label", "grounds", "ink", text="name")),
    legend=(Entry("fill", "#3f7fd0", ("自建地块", "Own ground")),),
    label="name",
    parameters=(Parameter("ground", ("地类", "Ground"), read_kind, "water"),),
    values=Values(("places",), lengths, key="name"),
)
'''


@pytest.fixture
def added(tmp_path, monkeypatch):
    """The one file."""
    before = set(catalogue())
    (tmp_path / "own_grounds.py").write_text(MODULE, encoding="utf-8")
    folders = [*layers.catalogue.__path__, str(tmp_path)]
    monkeypatch.setattr(layers.catalogue, "__path__", folders)
    yield catalogue()["own_grounds"]
    monkeypatch.undo()
    sys.modules.pop("layers.catalogue.own_grounds", None)
    assert set(catalogue()) == before


@pytest.fixture
def client(store, added):
    fill(store)
    return create_app({"STORE": store, "TESTING": True}).test_client()


def test_one_file_is_a_layer(client):
    told = {layer["key"]: layer for layer in client.get("/api/layers").json}["own_grounds"]
    assert told["name"] == {"zh": "自建图层", "en": "Own grounds"}
    assert told["legend"] == [{"colour": "#3f7fd0", "name": {"zh": "自建地块", "en": "Own ground"}}]
    assert [field["key"] for field in told["fields"]] == ["name"]
    assert [one["key"] for one in told["parameters"]] == ["ground"]
    assert told["tables"] == ["places"]

    everything = client.get(told["features"]).json
    names = [one["properties"]["name"] for one in everything["features"]]
    assert len(names) == 1

    tile = tile_at(*at(5, 1), 8)
    answer = client.get(told["tiles"].format(z=tile.z, x=tile.x, y=tile.y))
    parts = mapbox_vector_tile.decode(answer.data)
    drawn = [one["properties"]["name"] for one in parts["grounds"]["features"]]
    assert drawn == names

    values = client.get(told["values"]).json
    assert values["fields"] == ["letters"]
    assert values["rows"] == {name: [len(name)] for name in names if name}

    refused = client.get(told["features"], query_string={"ground": "sea"})
    assert refused.status_code == 400
    assert "'sea' is no kind of ground" in refused.json["detail"]
    for form, address in told["downloads"].items():
        with client.get(address) as file:
            assert file.status_code == 200, form


@pytest.mark.parametrize(("language", "name"), [("zh", "自建图层"), ("en", "Own grounds")])
def test_it_is_on_the_page_with_its_legend(client, language, name):
    page = client.get("/", query_string={"lang": language}).text
    assert "own_grounds" in page
    assert name in page
    assert {"zh": "自建地块", "en": "Own ground"}[language] in page
