"""Lines of a legend in the colours of the map."""

from support.eyes import over

from layers import signs
from layers.catalogue import catalogue
from layers.paint import By, Entry, Paint
from layers.palette import GROUND, PALETTE

WIDE = Paint("fill", "lots", By("kind", {"a": "rank_3"}, "rank_4"), to_zoom=14, opacity=0.66)
NEAR = Paint("fill", "lots", By("kind", {"a": "rank_3"}, "rank_4"), from_zoom=15, opacity=0.5)
LINE = Paint("line", "lots", "rank_3", opacity=0.5)


def test_tint_is_the_colour_over_the_ground():
    for side in (0, 1):
        assert signs.tones("rank_3@66")[side] == over(PALETTE["rank_3"][side], 0.66, GROUND[side])
        assert signs.tones("#102030@50")[side] == over("#102030", 0.5, GROUND[side])
    assert signs.tones("rank_3") == PALETTE["rank_3"]


def test_only_translucent_fills_have_tints():
    assert signs.tints(WIDE) == ["rank_3@66", "rank_4@66"]
    assert signs.tints(LINE) == signs.tints(Paint("fill", "lots", "rank_3")) == []
    assert [signs.is_told(name) for name in ("rank_3", "#102030@5", "#102030")] == [
        True,
        True,
        False,
    ]


def test_line_stands_for_the_zooms_of_each_fill():
    fill, dot = Entry("fill", "rank_3", ("甲", "A"), from_zoom=12), Entry("dot", "rank_3", ("", ""))
    lines = signs.shown([WIDE, NEAR, LINE], [fill, dot])
    told = [(line.colour, line.from_zoom, line.to_zoom) for line in lines]
    assert told == [("rank_3@66", 12, 14), ("rank_3@50", 15, 24), ("rank_3", 0, 24)]
    other = Entry("fill", "water", ("水", "Water"))
    assert signs.shown([WIDE], [other]) == [other]


def test_every_fill_of_the_catalogue_is_told_as_it_is_seen():
    for layer in catalogue().values():
        painted = {tint for paint in layer.paints for tint in signs.tints(paint)}
        plain = {tint.partition("@")[0] for tint in painted}
        for line in signs.shown(layer.paints, layer.legend):
            assert line.kind != "fill" or line.colour not in plain, (layer.key, line.colour)
