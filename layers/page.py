"""A Folium map taken apart for a page of ours: links, markup and script, each where it belongs.

Folium writes a whole document with its own head, style and viewport. A page of ours has its own
head, its own content security policy and its own style, so the parts are taken one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import folium
from branca.element import Figure
from markupsafe import Markup

from layers.links import local_links, refuse_missing_libraries


@dataclass(frozen=True)
class MapParts:
    """What a template needs to show a map.

    Attributes
    ----------
    scripts, styles
        Local addresses, in the order of loading.
    html
        The map's element and the data of its layers as JSON blocks.
    script
        The code that draws it, without the script tag: the template gives the tag its nonce.
    """

    scripts: list[str]
    styles: list[str]
    html: Markup
    script: Markup


def take_apart(drawn: folium.Map, asset_url: Callable[[str], str]) -> MapParts:
    """Render a map and return its parts with local links only.

    Parameters
    ----------
    drawn
        A map with all its layers; it can be rendered once.
    asset_url
        Gives the address under which a path below `layers/assets/` is served.

    Raises
    ------
    ForeignLinkError
        The map needs a file or a library of which no local copy is kept.
    """
    figure = drawn.get_root()
    assert isinstance(figure, Figure)
    for child in figure._children.values():
        child.render()
    links = local_links(figure, asset_url)
    script = figure.script.render()
    refuse_missing_libraries(script)
    return MapParts(links.scripts, links.styles, Markup(figure.html.render()), Markup(script))
