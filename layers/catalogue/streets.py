"""Streets and railways of the base map, with the names along them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from gridmap.model import Place, Street
from layers.layer import Asked, Entry, Field, MapLayer, Names, Paint, Part, Pixels, Shapes
from layers.place_rows import NAME, ORIGIN, next_moment
from layers.place_rows import rows as place_rows


@dataclass(frozen=True)
class Group:
    """
    Classes of streets, as OpenStreetMap names them, that look alike.

    Attributes
    ----------
    from_zoom
        From here on they are drawn.
    width
        In pixels by zoom.
    label_from
        From here on their names are written.
    """

    classes: tuple[str, ...]
    from_zoom: int
    width: Pixels
    label_from: int
    colour: str = "street"
    edge: str = "street_edge"


def _with_links(*classes: str) -> tuple[str, ...]:
    """Add the slip roads of each class."""
    return classes + tuple(f"{name}_link" for name in classes)


#: The narrowest first, so that the widest lies on top.
GROUPS = {
    "path": Group(
        ("footway", "path", "cycleway", "steps", "bridleway", "track", "corridor"),
        15,
        ((15, 0.8), (18, 2.0)),
        16,
        "path",
        "",
    ),
    "service": Group(("service", "pedestrian"), 14, ((14, 1.0), (16, 3.0), (18, 8.0)), 15),
    "minor": Group(
        ("residential", "unclassified", "living_street", "road"),
        13,
        ((13, 1.2), (15, 4.0), (18, 14.0)),
        14,
    ),
    "tertiary": Group(
        _with_links("tertiary"), 11, ((11, 1.0), (13, 2.5), (15, 6.0), (18, 18.0)), 13
    ),
    "secondary": Group(
        _with_links("secondary"), 10, ((10, 1.0), (13, 3.5), (15, 7.5), (18, 22.0)), 12
    ),
    "primary": Group(_with_links("primary"), 9, ((9, 1.0), (13, 4.5), (15, 9.0), (18, 26.0)), 12),
    "major": Group(
        _with_links("motorway", "trunk"),
        7,
        ((7, 1.0), (11, 2.5), (15, 10.0), (18, 28.0)),
        11,
        "street_major",
        "street_major_edge",
    ),
}
_KNOWN = tuple(name for group in GROUPS.values() for name in group.classes)

CLASS_NAMES: dict[str, Names] = {
    "motorway": ("高速公路", "Motorway"),
    "trunk": ("快速路", "Trunk road"),
    "primary": ("主干路", "Primary road"),
    "secondary": ("次干路", "Secondary road"),
    "tertiary": ("支路", "Tertiary road"),
    "residential": ("居住区道路", "Residential street"),
    "unclassified": ("一般道路", "Minor road"),
    "living_street": ("生活街道", "Living street"),
    "service": ("内部道路", "Service road"),
    "pedestrian": ("步行街", "Pedestrian street"),
    "footway": ("人行道", "Footway"),
    "path": ("小路", "Path"),
    "cycleway": ("自行车道", "Cycleway"),
    "steps": ("台阶", "Steps"),
    "track": ("田间路", "Track"),
}


def _streets(asked: Asked, zoom: int) -> Select[Any] | None:
    drawn = [name for group in GROUPS.values() if group.from_zoom <= zoom for name in group.classes]
    if not drawn:
        return None
    wanted: ColumnElement[bool] = Street.street_class.in_(drawn)
    if zoom >= GROUPS["minor"].from_zoom:  # of a class that we have no word for
        wanted = or_(wanted, Street.street_class.not_in(_KNOWN))
    return select(
        Street.id, Street.geometry, Street.name, Street.street_class, Street.origin
    ).where(Street.geometry.is_not(None), wanted)


def _railways(asked: Asked, zoom: int) -> Select[Any] | None:
    if zoom < 10:
        return None
    return place_rows(asked, Place.kind == "railway", columns=(Place.name, Place.origin))


def _paints() -> Iterator[Paint]:
    """Draw all edges below all streets, so that crossings are open."""
    yield Paint("line", "railways", "railway", width=((10, 0.8), (16, 2.0)), dash=(6.0, 3.0))
    for name, group in GROUPS.items():
        if group.edge:
            yield _line(name, group, group.edge, wider_px=1.6)
    for name, group in GROUPS.items():
        yield _line(name, group, group.colour)
    for place, (name, group) in enumerate(GROUPS.items()):
        yield Paint(
            "label",
            "streets",
            "ink_soft",
            where=_where(name, group),
            from_zoom=group.label_from,
            text="name",
            size=11,
            along=True,
            rank=3 + place,
        )


def _where(name: str, group: Group) -> dict[str, tuple[str, ...]]:
    return {"street_class": group.classes}


def _line(name: str, group: Group, colour: str, *, wider_px: float = 0.0) -> Paint:
    stops = group.width
    assert isinstance(stops, tuple)
    return Paint(
        "line",
        "streets",
        colour,
        where=_where(name, group),
        from_zoom=group.from_zoom,
        width=tuple((zoom, width + wider_px) for zoom, width in stops),
        dash=(3.0, 2.0) if name == "path" else (),
    )


LAYER = MapLayer(
    key="streets",
    name=("道路", "Streets"),
    about=(
        "道路按等级绘制，近看标注路名；另有铁路",
        "Streets by their class, with their names from near; railways",
    ),
    source=Shapes(
        "streets",
        (Part("railways", _railways, table="places"), Part("streets", _streets)),
        next_moment,
    ),
    fields=(
        NAME,
        Field("street_class", ("道路等级", "Class"), CLASS_NAMES),
        ORIGIN,
    ),
    paints=tuple(_paints()),
    group="base",
    legend=(
        Entry("line", "street_major_edge", ("高速与快速路", "Motorways and trunk roads")),
        Entry("line", "railway", ("铁路", "Railway"), dash=(6.0, 3.0)),
    ),
    min_zoom=7,
    label="name",
    shown=True,
    rank=4,
)
