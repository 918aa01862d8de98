"""Colours that survive colour blindness, on a light and on a dark map."""

from itertools import combinations

import pytest
from support.eyes import VISIONS, contrast, difference, over

from layers.catalogue import catalogue
from layers.catalogue.units import RANKS
from layers.paint import By, ByState, Entry
from layers.palette import GROUND, PALETTE

#: In CIELAB, where 2.3 is just noticeable: neighbouring classes of areas, and marks.
LEAST = {"fill": 9.5, "dot": 15.0, "line": 15.0}
THEMES = ("light", "dark")


def entries(layer):
    """The lines of a legend; those of the units' classes come with their counts."""
    if layer.key == "units":
        return [Entry("fill", rank, (rank, rank)) for rank in RANKS]
    return [entry for entry in layer.legend if entry.kind in LEAST]


def colours_of(paint):
    """Every colour that a paint may use, by name."""
    if isinstance(paint.colour, By):
        return [*paint.colour.colours.values(), paint.colour.default]
    return list(paint.colour.colours) if isinstance(paint.colour, ByState) else [paint.colour]


def shown(layer, entry, theme):
    """The colour of a line of a legend as the map shows it."""
    side = THEMES.index(theme)
    opacity = 1.0
    for paint in layer.paints:
        if entry.kind == paint.kind == "fill" and entry.colour in colours_of(paint):
            opacity = min(opacity, paint.opacity)
    return over(PALETTE[entry.colour][side], opacity, GROUND[side])


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("key", sorted(catalogue()))
def test_classes_of_one_legend_are_told_apart(key, vision, theme):
    layer = catalogue()[key]
    for first, second in combinations(entries(layer), 2):
        if first.kind == second.kind:
            apart = difference(*(shown(layer, one, theme) for one in (first, second)), vision)
            assert apart >= LEAST[first.kind], (first.colour, second.colour)


def test_marks_without_an_order_differ_in_form_too():
    for key in ("exceptions", "sheds"):
        corners = [one.corners for one in catalogue()[key].legend if one.kind == "dot"]
        assert len(set(corners)) == len(corners)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ink", ["ink", "ink_soft", "water_ink", "green_ink", "exclusive"])
def test_names_are_readable_on_their_halo(ink, theme):
    side = THEMES.index(theme)
    assert contrast(PALETTE[ink][side], PALETTE["halo"][side]) >= 4.5  # WCAG 2.2, 1.4.3


def test_every_colour_of_the_catalogue_has_a_name():
    for layer in catalogue().values():
        used = [colour for paint in layer.paints for colour in colours_of(paint)]
        used += [paint.outline for paint in layer.paints if paint.outline]
        used += [entry.colour for entry in layer.legend]
        assert set(used) <= PALETTE.keys(), layer.key


def test_the_measure_itself():
    """White and black are 100 apart; a colour-blind eye takes some red for some green."""
    assert difference("#ffffff", "#000000") == pytest.approx(100, abs=0.1)
    assert difference("#c0392b", "#6b7a12", "deuteranopia") < 30 < difference("#c0392b", "#6b7a12")
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
