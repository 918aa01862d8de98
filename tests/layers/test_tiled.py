"""Layers of the catalogue as the client of tiles gets them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from support.tile_stub import STREETS, TICKETS, UNITS

from gridmap.settings import Settings
from layers.base import base_map
from layers.catalogue import catalogue
from layers.layer import Entry, Field
from layers.links import asset_files
from layers.page import MapParts, take_apart
from layers.tiled import SCRIPTS, Addresses, Tiled

ADDRESSES = Addresses("/t/KEYS/{z}/{x}/{y}", "/v/KEY", lambda page: f"/{page.endpoint}/VALUE")


def drawn(layers: Any, language: str = "zh", **options: Any) -> MapParts:
    made = base_map((119, 38, 120, 39), language, Settings.from_environ({}))
    made.add_child(Tiled(layers, addresses=ADDRESSES, language=language, **options))
    return take_apart(made, str)


def told(layers: Any, language: str = "zh", **options: Any) -> dict[str, Any]:
    html = drawn(layers, language, **options).html
    block = html.split('<script type="application/json"')[1].split(">", 1)[1]
    data: dict[str, Any] = json.loads(block.split("</script>")[0])
    return data


def test_every_script_of_the_client_is_kept_and_linked_once():
    parts = drawn(UNITS)
    own = [path for _, path in SCRIPTS]
    assert set(own) <= asset_files()
    assert [path for path in parts.scripts if path in own] == own


def test_layer_says_where_it_asks_and_in_which_language():
    data = told(UNITS, "en", parameters={"level": "grid"})
    assert data["url"] == "/t/{keys}/{z}/{x}/{y}"
    assert data["values"]["url"] == "/v/units"
    assert data["parameters"] == {"level": "grid"}
    assert data["page"] == {"url": "/units.show/VALUE", "field": "code", "query": []}
    assert data["title"] == "Units 单元 · Open tickets"
    assert [one["name"] for one in data["fields"]] == ["Code", "Name"]
    assert data["legend"][1]["name"] == "Many"


def test_tickets_follow_units_too():
    """Their decisions are told as changes of themselves; what a unit is called is the unit's."""
    assert told(catalogue()["tickets"])["live"] == ["tickets", "units"]


def test_words_of_values_are_said_and_fields_for_tables_left_out():
    quiet = replace(TICKETS, fields=(*TICKETS.fields, Field("x", ("甲", "X"), popup=False)))
    fields = told(quiet)["fields"]
    assert [one["key"] for one in fields] == ["number", "status"]
    assert fields[1]["values"] == {"open": "未结", "closed": "已结"}


def test_palette_holds_the_colours_that_are_used_in_both_themes():
    palette = told(TICKETS)["palette"]
    assert palette["light"].keys() == palette["dark"].keys()
    assert {"cluster", "no_owner", "ticket_closed", "gap", "halo"} <= palette["light"].keys()
    assert "water" not in palette["light"]
    odd = replace(TICKETS, legend=(Entry("dot", "#123456", ("甲", "X")),))
    assert "#123456" not in told(odd)["palette"]["light"]


def test_changes_of_what_is_drawn_are_apart_from_those_of_the_state():
    data = told(UNITS)
    assert data["live"] == ["units"]
    assert data["values"]["live"] == ["tickets"]


def test_several_layers_are_one_request_and_only_looked_at():
    data = told([STREETS, replace(UNITS, min_zoom=5)], name="底图")
    assert data["key"] == "streets+units"
    assert (data["minZoom"], data["maxZoom"]) == (0, 17)
    assert data["live"] == ["streets", "units"]
    assert data["interactive"] is False
    assert "values" not in data
    assert {paint["part"] for paint in data["paints"]} == {"streets", "units"}


def test_base_map_is_shown_and_others_as_they_say():
    assert Tiled(STREETS, addresses=ADDRESSES, language="zh").show
    assert Tiled(UNITS, addresses=ADDRESSES, language="zh").show
    hidden = replace(UNITS, shown=False)
    assert not Tiled(hidden, addresses=ADDRESSES, language="zh").show
    assert Tiled(hidden, addresses=ADDRESSES, language="zh", show=True).show


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_every_layer_of_the_catalogue_can_be_told(key):
    layer = catalogue()[key]
    data = told(layer)
    assert data["key"] == key
    assert all(set(paint) >= {"kind", "part", "colour"} for paint in data["paints"])
    assert set(data["live"]) <= {*layer.tables, "units"}
