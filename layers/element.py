"""The ground all our Folium elements stand on: data beside the code, never inside it."""

from __future__ import annotations

import json
from typing import Any

from branca.element import CssLink, Element, Figure, JavascriptLink, MacroElement
from folium.elements import JSCSSMixin
from folium.map import Layer

SCRIPT = ("gridmap", "gridmap/gridmap.js")
ASKING_SCRIPT = ("gridmap_asking", "gridmap/asking.js")
WHOSE_SCRIPT = ("gridmap_whose", "gridmap/whose.js")
STYLE = ("gridmap_css", "gridmap/gridmap.css")
FRAME_STYLE = ("gridmap_frame_css", "gridmap/frame.css")

_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


class Verbatim(Element):
    """Text that goes into a page as it is.

    branca reads the markup of an element as a template once more: braces in the name of a unit
    would be code, and the reading takes most of the time of a large page.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def render(self, **kwargs: Any) -> str:
        """Return the text."""
        return self.text


def json_block(data: Any) -> str:
    """Write data as JSON that is safe inside a script element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for found, escaped in _ESCAPES.items():
        text = text.replace(found, escaped)
    return text


def add_links(element: JSCSSMixin, figure: Figure) -> None:
    """Put the links of an element into the head of its figure."""
    for name, url in element.default_js:
        figure.header.add_child(JavascriptLink(url), name=name)
    for name, url in element.default_css:
        figure.header.add_child(CssLink(url), name=name)


class Behaviour(JSCSSMixin, MacroElement):
    """What the map does besides showing layers, in a function of `gridmap.js`.

    A subclass sets `kind`, the name of the function, which gets the map and the options.
    """

    kind = ""

    def __init__(self, options: dict[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = self.kind
        self._id = "map"
        self.default_js, self.default_css = [SCRIPT], [STYLE]
        self.options = json_block(options)

    def render(self, **kwargs: Any) -> str:
        """Put links and script into the figure; nothing stands in their place."""
        figure = self.get_root()
        assert isinstance(figure, Figure)
        assert self._parent is not None
        add_links(self, figure)
        call = f"gridmap.{self.kind}({self._parent.get_name()}, {self.options});"
        figure.script.add_child(Verbatim(call), name=self.get_name())
        return ""


class DrawnLayer(JSCSSMixin, Layer):
    """A layer of the map that `gridmap.js` draws from the data given here.

    A subclass sets `kind`, the name of its function in `gridmap.js`, and hands its data over.

    Parameters
    ----------
    data
        What the function gets: anything that JSON can say.
    name
        How the layer control calls it.
    show
        Whether it is drawn at once.
    control
        Whether the layer control offers to switch it.
    """

    kind = ""

    def __init__(self, data: Any, *, name: str, show: bool = True, control: bool = True) -> None:
        super().__init__(name=name, overlay=True, show=show, control=control)
        self._name = self.kind
        self._id = "layer"  # one of a kind on a map: the same data make the same page
        self.default_js, self.default_css = [SCRIPT], [STYLE]  # not the lists of folium's classes
        self.block = json_block(data)

    def render(self, **kwargs: Any) -> str:
        """Put links, data and script into the figure; nothing stands in their place."""
        figure = self.get_root()
        assert isinstance(figure, Figure)
        assert self._parent is not None
        add_links(self, figure)
        name = self.get_name()
        block = f'<script type="application/json" id="{name}_data">{self.block}</script>'
        figure.html.add_child(Verbatim(block), name=name)
        call = f'var {name} = gridmap.{self.kind}("{name}");'
        if self.show:
            call += f" {name}.addTo({self._parent.get_name()});"
        figure.script.add_child(Verbatim(call), name=name)
        return ""
