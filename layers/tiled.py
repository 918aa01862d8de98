"""Layers of the catalogue on a Folium map: tiles fetched as one looks, drawn by `tiles.js`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from gridmap.model import ROLES
from layers import signs
from layers.element import ASKING_SCRIPT, SCRIPT, STYLE, DrawnLayer
from layers.layer import By, ByState, Colour, Entry, Field, MapLayer, Names, Page, Paint, Points
from layers.words import Language, glossary

#: The scripts of the client, in the order of loading.
SCRIPTS = [
    SCRIPT,
    ASKING_SCRIPT,
    ("pbf", "pbf/pbf.js"),
    *(
        (f"gridmap_{name}", f"gridmap/{name}.js")
        for name in (
            "mvt",
            "fetching",
            "gathering",
            "tracking",
            "paints",
            "picturing",
            "naming",
            "deciding",
            "touching",
            "tiles",
        )
    ),
]
_WORDS = ("tiles_failed", "clusters", "worker", "alternatives")
#: Colours that the client uses whatever the paints say.
_ALWAYS = ("halo", "selected", "cluster_ink", "mark_edge")


@dataclass(frozen=True)
class Addresses:
    """
    Where the client asks.

    Attributes
    ----------
    tiles
        Of a tile, with `KEYS` where the keys of layers belong, and `{z}`, `{x}`, `{y}`.
    values
        Of a layer's state, with `KEY` in it.
    page
        Gives the address of a page with `VALUE` where the value of its field belongs.
    decision
        Of what is decided on a ticket, with `ID` where its id belongs; empty: not asked for.
    """

    tiles: str
    values: str
    page: Callable[[Page], str]
    decision: str = ""


@dataclass(frozen=True)
class _Look:
    """Colours that are used, and lines of legends, while the data of a layer are put together."""

    language: Language
    used: set[str] = field(default_factory=set)

    def word(self, names: Names) -> str:
        return names[0] if self.language == "zh" else names[1]

    def colour(self, colour: Colour) -> Any:
        if isinstance(colour, By):
            self.used.update([*colour.colours.values(), colour.default])
        elif isinstance(colour, ByState):
            self.used.update(colour.colours)
        else:
            self.used.add(colour)
            return colour
        return asdict(colour)

    def paint(self, paint: Paint) -> dict[str, Any]:
        self.used.update((paint.outline, *_ALWAYS, *signs.tints(paint)))
        plain = Paint(paint.kind, paint.part, "")
        told = {key: value for key, value in vars(paint).items() if value != getattr(plain, key)}
        return {**told, "kind": paint.kind, "part": paint.part, "colour": self.colour(paint.colour)}

    def entry(self, entry: Entry) -> dict[str, Any]:
        self.used.add(entry.colour)
        return {**asdict(entry), "name": self.word(entry.name)}

    def field(self, field: Field) -> dict[str, Any]:
        values = {value: self.word(names) for value, names in field.values.items()}
        return {"key": field.key, "name": self.word(field.name), "values": values}

    def palette(self) -> dict[str, dict[str, str]]:
        named = sorted(name for name in self.used if signs.is_told(name))
        return {
            theme: {name: signs.tones(name)[side] for name in named}
            for side, theme in enumerate(("light", "dark"))
        }


class Tiled(DrawnLayer):
    """
    One layer of the catalogue, or several that are fetched and switched as one.

    Parameters
    ----------
    layers
        From below to above; several are only looked at: no state, no legend, nothing to touch.
    addresses
        Where the client asks.
    language
        Language of the words; names stay as they are.
    name
        How the layer control calls it; the layer's own name if none is given.
    parameters
        What the layer is asked for, as it stands in an address.
    show
        Whether it is drawn at once; if nothing is said, as the layer says, the base map always.
    control
        Whether the layer control offers to switch it.
    interactive
        Whether a pointer or Enter finds features, which the map tells as `gm-feature`.
    notice
        Whether a click is answered by a notice of the feature's fields; else it is left to
        whatever else the map does with a click.
    """

    kind = "tiled"

    def __init__(
        self,
        layers: MapLayer | Sequence[MapLayer],
        *,
        addresses: Addresses,
        language: Language,
        name: str | None = None,
        parameters: Mapping[str, str] | None = None,
        show: bool | None = None,
        control: bool = True,
        interactive: bool = True,
        notice: bool = True,
    ) -> None:
        several = [layers] if isinstance(layers, MapLayer) else list(layers)
        data = _data(several, addresses, language)
        data["parameters"] = dict(parameters or {})
        data["interactive"] = interactive and len(several) == 1
        data["notice"] = notice
        first = several[0]
        super().__init__(
            data,
            name=name or _Look(language).word(first.name),
            show=first.shown or first.group == "base" if show is None else show,
            control=control,
        )
        self._id = data["key"].replace("+", "_")
        self.default_js, self.default_css = list(SCRIPTS), [STYLE]


def _data(layers: list[MapLayer], addresses: Addresses, language: Language) -> dict[str, Any]:
    look = _Look(language)
    keys = "+".join(layer.key for layer in layers)
    data = {
        "key": keys,
        "url": addresses.tiles.replace("KEYS", "{keys}"),
        "reads": sorted({one.key for layer in layers for one in layer.parameters}),
        "minZoom": min(layer.min_zoom for layer in layers),
        "maxZoom": max(layer.max_zoom for layer in layers),
        "rank": min(layer.rank for layer in layers),
        "live": sorted({table for layer in layers for table in _drawn_tables(layer)}),
        "paints": [look.paint(paint) for layer in layers for paint in layer.paints],
        "language": language,
        "words": glossary(_WORDS, language),
        **(_alone(layers[0], addresses, look) if len(layers) == 1 else {}),
    }
    data["palette"] = look.palette()
    return data


def _drawn_tables(layer: MapLayer) -> set[str]:
    source = layer.source
    if isinstance(source, Points):
        return {source.table, "units"}  # a ticket tells its unit, and may be asked for by one
    return {source.table_of(part) for part in source.parts}


def _alone(layer: MapLayer, addresses: Addresses, look: _Look) -> dict[str, Any]:
    """Return what is told of a layer that stands for itself."""
    values, page = layer.values, layer.page
    coloured_by = [look.word(one.name) for one in values.fields[:1]] if values else []
    return {
        "title": " · ".join([both_names(layer.name, look.language), *coloured_by]),
        "legend": [look.entry(entry) for entry in signs.shown(layer.paints, layer.legend)],
        "fields": [look.field(one) for one in layer.fields if one.popup],
        **(_decided(addresses, look) if isinstance(layer.source, Points) else {}),
        "label": layer.label,
        "page": page
        and {"url": addresses.page(page), "field": page.field, "query": list(page.query)},
        "values": values
        and {
            "url": addresses.values.replace("KEY", layer.key),
            "key": values.key,
            "fields": [look.field(one) for one in values.fields if one.popup],
            "live": list(values.tables),
        },
    }


def _decided(addresses: Addresses, look: _Look) -> dict[str, Any]:
    """Return what a notice about a ticket needs to tell to whom it goes."""
    return {"decision": addresses.decision, "roles": glossary(tuple(ROLES), look.language)}


def both_names(names: Names, language: Language) -> str:
    """Return a name in both languages, the page's own first."""
    return " ".join(names if language == "zh" else reversed(names))
