"""Data beside the code: whatever a name holds, it stays text."""

import json

import folium
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.settings import Settings
from layers.base import base_map
from layers.element import DrawnLayer, json_block
from layers.page import take_apart

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


class Sample(DrawnLayer):
    kind = "sample"


@given(JSON)
def test_block_says_what_was_given(data):
    assert json.loads(json_block(data)) == data


@given(st.text(alphabet="{}<>&/'\"\\ ab", max_size=30))
def test_block_holds_no_markup(text):
    block = json_block({"name": text, text: [text, {text: {}}]})
    for sign in ("<", ">", "&"):
        assert sign not in block


@pytest.mark.parametrize(
    "name", ["{{ 7 * 7 }}", "{% raise %}", "{# gone", "</script><script>", "]]>"]
)
def test_name_comes_through_folium_unchanged(name):
    drawn = base_map((0, 0, 1, 1), "zh", Settings.from_environ({}))
    drawn.add_child(Sample([name], name="sample"))
    parts = take_apart(drawn, str)
    block = parts.html.split('id="sample_layer_data">')[1].split("</script>")[0]
    assert json.loads(block) == [name]


def test_not_a_number_is_refused():
    with pytest.raises(ValueError, match="Out of range"):
        json_block([float("nan")])


def test_map_asks_for_no_tiles_and_names_its_source():
    settings = Settings.from_environ(
        {"GRIDMAP_MAP_SOURCE": "示例测绘院", "GRIDMAP_MAP_APPROVAL_NO": "示例S(2026)001号"}
    )
    drawn = base_map((117, 40, 118, 41), "en", settings)
    assert not any(isinstance(child, folium.TileLayer) for child in drawn._children.values())
    parts = take_apart(drawn, str)
    assert '"notes":["示例测绘院","示例S(2026)001号"]' in parts.script
    assert "Zoom in" in parts.script
    assert "https:" not in parts.script + parts.html


@pytest.mark.parametrize("language", ["zh", "en"])
def test_map_without_a_number_is_for_internal_use(language):
    drawn = base_map(
        (117, 40, 118, 41), language, Settings.from_environ({}), shows_openstreetmap=True
    )
    script = take_apart(drawn, str).script
    assert "供内部使用" in script
    assert "For internal use" in script
    assert "© OpenStreetMap contributors" in script
