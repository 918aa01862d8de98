"""Classes and legend of the units."""

import json

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers.units import COLOURS, UnitArea, Units, class_bounds, legend

COUNTS = st.lists(st.integers(0, 5_000), max_size=60)


@given(COUNTS)
def test_every_count_has_a_class_with_a_colour(counts):
    bounds = class_bounds(counts)
    assert bounds == sorted(set(bounds))
    assert len(bounds) < len(COLOURS)
    assert bool(bounds) == any(counts)
    assert not bounds or (bounds[0] == 1 and bounds[-1] <= max(counts))


@pytest.mark.parametrize(
    ("counts", "bounds"),
    [
        ([], []),
        ([0, 0], []),
        ([7], [1, 2, 4, 6]),
        ([1, 2, 3, 4], [1, 2, 3, 4]),
        ([116, 158, 159, 160], [1, 50, 100, 150]),
        ([*range(100), 5_000], [1, 30, 60, 90]),
    ],
)
def test_bounds_are_easily_read(counts, bounds):
    assert class_bounds(counts) == bounds


@given(COUNTS)
def test_legend_has_a_line_for_every_class(counts):
    bounds = class_bounds(counts)
    assert len(legend(bounds)) == len(bounds) + 1


def test_legend_is_read_as_a_person_would():
    assert [text for _, text in legend([1, 2, 4, 9])] == ["0", "1", "2–3", "4–8", "≥ 9"]
    assert [text for _, text in legend([])] == ["0"]


def drawn(**options):
    areas = [
        UnitArea("1", "甲社区第1网格", "第1网格", 0, shapely.box(0, 0, 1, 1)),
        UnitArea("2", "甲社区第2网格", "第2网格", 7, shapely.box(1, 0, 2, 1)),
    ]
    layer = Units(areas, language="zh", page_url="/units/CODE", **options)
    return json.loads(layer.block)


def test_units_carry_label_and_address():
    data = drawn(highlight="1")
    assert [unit[:3] for unit in data["units"]] == [
        ["1", "甲社区第1网格", "第1网格"],
        ["2", "甲社区第2网格", "第2网格"],
    ]
    assert data["page"] == "/units/CODE"
    assert data["highlight"] == "1"


def test_the_same_units_make_the_same_page():
    assert drawn(highlight="2") == drawn(highlight="2")
    layer = Units([], language="en", page_url="", highlight="1")
    assert layer.get_name() == "units_layer"
