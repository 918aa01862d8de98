"""The catalogue as a whole: what every layer must say, and that it draws what is in the store."""

import re

import pytest
from support.tiles_asked import NOW, asked, decoded

from gridmap.errors import InputError
from gridmap.model import Base
from gridmap.sight import EVERYTHING
from layers.catalogue import catalogue
from layers.layer import MIN_ZOOM, Points

WANTED = {
    "units",
    "duties",
    "exclusive",
    "tickets",
    "exceptions",
    "buildings",
    "streets",
    "water",
    "green",
    "services",
    "parking",
    "sheds",
    "circles",
    "names",
}
BASE = ["green", "water", "buildings", "streets", "names"]
CHINESE = re.compile("[一-鿿]")


@pytest.fixture(params=sorted(WANTED))
def layer(request):
    return catalogue()[request.param]


def names_of(layer):
    """Everything that a layer says to people."""
    yield layer.name
    yield layer.about
    for field in layer.fields + (layer.values.fields if layer.values else ()):
        yield field.name
        yield from field.values.values()
    for parameter in layer.parameters:
        yield parameter.name
        yield from parameter.values.values()
    for entry in layer.legend:
        yield entry.name


def test_all_layers_are_there_the_base_map_below():
    found = catalogue()
    assert found.keys() >= WANTED
    assert [key for key, layer in found.items() if layer.group == "base"] == BASE
    assert list(found)[: len(BASE)] == BASE
    assert all(key == layer.key for key, layer in found.items())


def test_it_speaks_both_languages(layer):
    for chinese, english in names_of(layer):
        assert CHINESE.search(chinese) or chinese.isdecimal(), chinese
        assert english.isascii(), english


def test_paints_draw_parts_and_fields_that_exist(layer):
    known = {field.key for field in layer.fields}
    source = layer.source
    if isinstance(source, Points):
        parts = {source.part, source.cluster_part}
        known |= {"count", "open"}
    else:
        parts = {part.name for part in source.parts}
        tables = Base.metadata.tables.keys()
        assert {source.table_of(part) for part in source.parts} <= tables
    for paint in layer.paints:
        assert paint.part in parts
        assert paint.where.keys() <= known
        assert not paint.text or paint.text in known
    assert not layer.label or layer.label in known


def test_zooms_are_in_order(layer):
    assert MIN_ZOOM <= layer.min_zoom <= layer.max_zoom
    assert all(paint.from_zoom <= paint.to_zoom for paint in layer.paints)


def test_queries_select_id_geometry_and_fields(layer, store):
    if isinstance(layer.source, Points):
        return
    known = {field.key for field in layer.fields}
    with store.read() as session:
        settled = layer.settle(session, asked(layer))
        for part in layer.source.parts:
            for zoom in range(layer.min_zoom, layer.max_zoom + 1):
                query = part.query(settled, zoom)
                if query is not None:
                    keys = [column["name"] for column in query.column_descriptions]
                    assert keys[:2] == ["id", "geometry"]
                    assert set(keys[2:]) <= known | set(part.also)
                    assert session.execute(query).all() == []


def test_an_empty_store_has_empty_tiles_and_values(layer, store):
    assert decoded(store, layer, 14, 0, 0) == {}
    with store.read() as session:
        settled = layer.settle(session, asked(layer))
        if layer.values and not layer.values.needs_tickets:
            assert layer.values.read(session, None, settled).rows == {}


def test_unknown_parameters_and_values_are_refused_in_a_sentence(layer):
    with pytest.raises(InputError, match=f"The layer {layer.key} has no parameter 'wrong'"):
        layer.ask({"wrong": "1"}, now=NOW, sight=EVERYTHING)
    for parameter in layer.parameters:
        if parameter.values:
            with pytest.raises(InputError, match=r"'wrong' is no .*: use .*\."):
                layer.ask({parameter.key: "wrong"}, now=NOW, sight=EVERYTHING)
            for value in parameter.values:
                assert layer.ask({parameter.key: value}, now=NOW, sight=EVERYTHING)
        default = layer.ask({}, now=NOW, sight=EVERYTHING)
        assert layer.ask({parameter.key: ""}, now=NOW, sight=EVERYTHING) == default
