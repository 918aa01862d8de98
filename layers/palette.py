"""Colours by name, on a light and on a dark map; a test holds them apart for the colour-blind.

Sequences follow ColorBrewer's manner: one hue, told apart by lightness alone. Classes without an
order differ in lightness too, and marks in their corners.
"""

from __future__ import annotations

from typing import NamedTuple


class Tones(NamedTuple):
    """One colour as `#rrggbb`, on a light and on a dark map."""

    light: str
    dark: str


#: What lies under everything.
GROUND = Tones("#f4f2ec", "#16191d")

PALETTE: dict[str, Tones] = {
    "ground": GROUND,
    "ink": Tones("#23282e", "#e8eaed"),
    "ink_soft": Tones("#5c646d", "#a9b1ba"),
    "halo": Tones("#ffffff", "#101316"),
    # base map
    "water": Tones("#b9d6e8", "#21405a"),
    "water_ink": Tones("#2f6388", "#8fbfe0"),
    "green": Tones("#d5e6c3", "#233524"),
    "green_ink": Tones("#45672f", "#9fc48a"),
    "building": Tones("#e2dcd1", "#2b3037"),
    "building_edge": Tones("#c4bbab", "#414850"),
    "street": Tones("#ffffff", "#3b424b"),
    "street_edge": Tones("#cfc8bb", "#22272d"),
    "street_major": Tones("#fbe3a4", "#5b5236"),
    "street_major_edge": Tones("#d9b765", "#2c2819"),
    "path": Tones("#b9a88c", "#59616b"),
    "railway": Tones("#8d8a85", "#6b737c"),
    # units
    "unit_edge": Tones("#7a6f60", "#8b95a1"),
    "unit_above": Tones("#4a3f33", "#c3ccd6"),
    "rank_0": Tones("#ffffff", "#22272e"),
    "rank_1": Tones("#fde0b5", "#4d3b27"),
    "rank_2": Tones("#f9bc77", "#805628"),
    "rank_3": Tones("#e88638", "#c07a33"),
    "rank_4": Tones("#b0420e", "#fbc07e"),
    "exclusive": Tones("#3f6b2a", "#a5d08a"),
    # tickets
    "ticket_open": Tones("#1f5f8b", "#6cb8ea"),
    "ticket_closed": Tones("#9a9fa5", "#5f666e"),
    "cluster": Tones("#1f5f8b", "#2f7fb5"),
    "exception_cluster": Tones("#6a3d9a", "#7d55b0"),
    "cluster_ink": Tones("#ffffff", "#ffffff"),
    "mark_edge": Tones("#ffffff", "#101316"),
    "boundary": Tones("#6a3d9a", "#b79be0"),
    "gap": Tones("#d9a21b", "#f2d06b"),
    "no_owner": Tones("#b3162d", "#f0626f"),
    "unlocated": Tones("#4d5a66", "#c9d3dc"),
    # duties
    "duty_present": Tones("#9ecae1", "#3a7fa8"),
    "duty_substitute": Tones("#fdae6b", "#f0c04a"),
    "duty_nobody": Tones("#a50f15", "#e8494f"),
    # services, parking, plans
    "service_daily": Tones("#00795c", "#3fd0a0"),
    "service_care": Tones("#b5458a", "#f2a0d0"),
    "service_public": Tones("#3f7fd0", "#5a9bef"),
    "service_other": Tones("#a9a399", "#7d848c"),
    "parking": Tones("#2b5c9e", "#7fb2f0"),
    "parking_bicycle": Tones("#e08214", "#ffc266"),
    "shed_existing": Tones("#1b5e87", "#74bdf0"),
    "shed_proposed": Tones("#e08214", "#ffc266"),
    "shed_removed": Tones("#9a9fa5", "#5f666e"),
    "circle": Tones("#5e3c99", "#b7a1e6"),
    "selected": Tones("#d01c8b", "#ff7ac4"),
}
