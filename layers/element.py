"""The ground all our Folium elements stand on: data beside the code, never inside it."""

from __future__ import annotations

import json
from typing import Any

from branca.element import MacroElement
from folium.elements import JSCSSMixin
from folium.map import Layer
from folium.template import Template

SCRIPT = ("gridmap", "gridmap/gridmap.js")
TICKETS_SCRIPT = ("gridmap_tickets", "gridmap/tickets.js")
WHOSE_SCRIPT = ("gridmap_whose", "gridmap/whose.js")
STYLE = ("gridmap_css", "gridmap/gridmap.css")

#: branca reads rendered markup as a template once more, so braces in a name would be code; the
#: others would end the block that holds the data.
_ESCAPES = {
    "{{": "\\u007b\\u007b",
    "{%": "\\u007b%",
    "{#": "\\u007b#",
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
}


def json_block(data: Any) -> str:
    """Write data as JSON that is safe inside a script element and inside a branca template.

    Two opening braces never meet in JSON but within a string, where an escape means the same.
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for found, escaped in _ESCAPES.items():
        text = text.replace(found, escaped)
    return text


class Behaviour(JSCSSMixin, MacroElement):
    """What the map does besides showing layers, in a function of `gridmap.js`.

    A subclass sets `kind`, the name of the function, which gets the map and the options.
    """

    kind = ""
    _template = Template(
        """
        {% macro script(this, kwargs) %}
        gridmap.{{ this.kind }}({{ this._parent.get_name() }}, {{ this.options }});
        {% endmacro %}
        """
    )

    def __init__(self, options: dict[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = self.kind
        self._id = "map"
        self.default_js, self.default_css = [SCRIPT], [STYLE]
        self.options = json_block(options)


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
    _template = Template(
        """
        {% macro html(this, kwargs) %}
        <script type="application/json" id="{{ this.get_name() }}_data">{{ this.block }}</script>
        {% endmacro %}
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = gridmap.{{ this.kind }}("{{ this.get_name() }}");
        {% endmacro %}
        """
    )

    def __init__(self, data: Any, *, name: str, show: bool = True, control: bool = True) -> None:
        super().__init__(name=name, overlay=True, show=show, control=control)
        self._name = self.kind
        self._id = "layer"  # one of a kind on a map: the same data make the same page
        self.default_js, self.default_css = [SCRIPT], [STYLE]  # not the lists of folium's classes
        self.block = json_block(data)
