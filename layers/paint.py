"""How features look: areas, lines, marks, clusters and texts, by zoom and by what they tell.

Every zoom is that of a tile, as in `layers/layer.py`; lengths are pixels of the screen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

#: Chinese and English.
Names: TypeAlias = tuple[str, str]
#: A length in pixels, or lengths by zoom: between two stops it is interpolated.
Pixels: TypeAlias = float | tuple[tuple[int, float], ...]

#: The client enlarges tiles until here.
LAST_ZOOM = 24


@dataclass(frozen=True)
class By:
    """A colour by an attribute of the feature; each is a name of the palette or `#rrggbb`."""

    attribute: str
    colours: Mapping[str, str]
    default: str


@dataclass(frozen=True)
class ByState:
    """A colour by a number of the feature's state, 0 the first one; see `Values`."""

    state: str
    colours: tuple[str, ...]


Colour: TypeAlias = str | By | ByState
Kind: TypeAlias = Literal["fill", "line", "dot", "cluster", "label"]


@dataclass(frozen=True)
class Paint:
    """
    One way in which features of a part are drawn; paints lie over each other in their order.

    Attributes
    ----------
    kind
        An area, a line or outline, a mark, a circle with its `count`, a text.
    part
        The layer in the tile.
    colour
        A name of the palette, `#rrggbb`, or a choice.
    where
        Attributes with the values for which it is drawn; everything when empty.
    from_zoom, to_zoom
        The first and the last zoom of tiles at which it is drawn.
    width
        Of a line in pixels.
    radius
        Of a mark in pixels.
    corners
        Of a mark: 0 is a circle, 3 a triangle, 4 a diamond, so that colour is not all that tells.
    outline
        Colour of the rim of a mark.
    dash
        Lengths of line and gap in pixels.
    text
        The attribute that is written.
    size
        Of the text in pixels.
    along
        Whether the text follows the line.
    rank
        Labels with a higher one are placed first.
    """

    kind: Kind
    part: str
    colour: Colour
    where: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    from_zoom: int = 0
    to_zoom: int = LAST_ZOOM
    opacity: float = 1.0
    width: Pixels = 1.0
    radius: Pixels = 4.0
    corners: int = 0
    outline: str = ""
    dash: tuple[float, ...] = ()
    text: str = ""
    size: Pixels = 12.0
    bold: bool = False
    along: bool = False
    rank: int = 0


@dataclass(frozen=True)
class Entry:
    """
    One line of a legend: a sign, drawn as the paint of that kind draws it, and its words.

    It is shown while the map shows tiles of the zooms from `from_zoom` to `to_zoom`.
    """

    kind: Kind
    colour: str
    name: Names
    corners: int = 0
    dash: tuple[float, ...] = ()
    from_zoom: int = 0
    to_zoom: int = LAST_ZOOM
