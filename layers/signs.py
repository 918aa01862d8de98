"""Lines of a legend in the colours that the map shows: a translucent fill lies over the paper.

A tint is a colour of the palette at an opacity over the ground of the map; it is named
`<colour>@<per cent>`, so that it stands in a legend and in a palette like any other colour.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from layers.paint import By, ByState, Entry, Paint
from layers.palette import GROUND, PALETTE, Tones

_AT = "@"


def is_told(name: str) -> bool:
    """Say whether a name is one that tones are known for; `#rrggbb` by itself needs none."""
    return name in PALETTE or _AT in name


def tones(name: str) -> Tones:
    """Return a colour or a tint of the palette as it looks on a light and on a dark map."""
    colour, _, percent = name.partition(_AT)
    plain = PALETTE.get(colour, Tones(colour, colour))
    if not percent:
        return plain
    light, dark = (
        _over(tone, ground, int(percent)) for tone, ground in zip(plain, GROUND, strict=True)
    )
    return Tones(light, dark)


def _over(tone: str, ground: str, percent: int) -> str:
    """Lay a colour over a ground as a canvas does: by its coded values."""
    pairs = ((int(tone[i : i + 2], 16), int(ground[i : i + 2], 16)) for i in (1, 3, 5))
    mixed = (round((percent * top + (100 - percent) * below) / 100) for top, below in pairs)
    return "#" + "".join(f"{value:02x}" for value in mixed)


def tints(paint: Paint) -> list[str]:
    """Name the tints in which a fill is seen; none of what is no fill, or is opaque."""
    if paint.kind != "fill" or paint.opacity == 1:
        return []
    return [_tint(colour, paint) for colour in _colours(paint)]


def _tint(colour: str, paint: Paint) -> str:
    return f"{colour}{_AT}{round(100 * paint.opacity)}"


def _colours(paint: Paint) -> list[str]:
    if isinstance(paint.colour, By):
        return [*paint.colour.colours.values(), paint.colour.default]
    return list(paint.colour.colours) if isinstance(paint.colour, ByState) else [paint.colour]


def shown(paints: Iterable[Paint], legend: Iterable[Entry]) -> list[Entry]:
    """Return the lines of a legend in the tints of their fills, for the zooms of each fill."""
    translucent = [paint for paint in paints if tints(paint)]
    return [line for entry in legend for line in _tinted(entry, translucent)]


def _tinted(entry: Entry, translucent: list[Paint]) -> list[Entry]:
    if entry.kind != "fill":
        return [entry]
    lines = [
        replace(
            entry,
            colour=_tint(entry.colour, paint),
            from_zoom=max(entry.from_zoom, paint.from_zoom),
            to_zoom=min(entry.to_zoom, paint.to_zoom),
        )
        for paint in translucent
        if entry.colour in _colours(paint)
    ]
    return [line for line in lines if line.from_zoom <= line.to_zoom] or [entry]
