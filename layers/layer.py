"""What a map layer is: what it draws from the store, for whom, how it looks, what it says.

A layer is data. A module of `layers/catalogue` makes one, `layers/tiles` makes tiles of it,
`layers/tiled.py` puts it on a Folium map, and the web offers it, without any of them knowing it by
name.

Every zoom here is that of a tile, the z of its address. Tiles are drawn 512 px wide, so that a
Leaflet map at zoom 14 shows tiles of zoom 13.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
from sqlalchemy import Select
from sqlalchemy.orm import Session

from gridmap.errors import InputError
from gridmap.sight import Sight
from gridmap.storage.changes import Change
from layers.paint import LAST_ZOOM, By, ByState, Colour, Entry, Names, Paint, Pixels

if TYPE_CHECKING:
    from layers.tickets_held import HeldTickets

__all__ = [
    "LAST_ZOOM",
    "MAX_ZOOM",
    "MIN_ZOOM",
    "Asked",
    "By",
    "ByState",
    "Colour",
    "Entry",
    "Field",
    "MapLayer",
    "Names",
    "Page",
    "Paint",
    "Parameter",
    "Part",
    "Pixels",
    "Points",
    "Shapes",
    "State",
    "Values",
]

#: Zooms of the tiles of a layer that says nothing else.
MIN_ZOOM, MAX_ZOOM = 0, 17


@dataclass(frozen=True)
class Field:
    """
    What is told of a feature.

    Attributes
    ----------
    key
        Name of the column of the query, and of the attribute in a tile or GeoJSON.
    name
        What people call it.
    values
        What people call its values, where these are words of the program.
    popup
        Whether the map's notice shows it; tables and downloads do in any case.
    """

    key: str
    name: Names
    values: Mapping[str, Names] = field(default_factory=dict)
    popup: bool = True


@dataclass(frozen=True)
class Parameter:
    """
    Something that a layer can be asked for, such as a level or a state.

    Attributes
    ----------
    key
        Name in an address.
    name
        What people call it.
    read
        Turns the text of an address into a value; an InputError when it cannot be used.
    default
        The text that is meant when nothing is said, or an empty text.
    values
        The texts that may be chosen, if they are few, with what people call them.
    """

    key: str
    name: Names
    read: Callable[[str], Any]
    default: str = ""
    values: Mapping[str, Names] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """
    A question to a layer.

    Attributes
    ----------
    values
        By key of the parameter, as its `read` returned them.
    now
        The moment for which it is answered.
    sight
        Of whoever asks.
    texts
        By key, the texts that were read, for keys of caches; a default is the default's text.
    rules_file
        The routing rules of the site; None: those that come with gridmap.
    """

    values: Mapping[str, Any]
    now: datetime
    sight: Sight
    texts: Mapping[str, str] = field(default_factory=dict)
    rules_file: Path | None = None


@dataclass(frozen=True)
class Part:
    """
    One layer within a tile.

    Attributes
    ----------
    name
        Its name in the tile.
    query
        Selects `id` and `geometry` of the table's model, then the fields, at a zoom; None where
        there is nothing to draw at that zoom. Whoever runs it adds which ground is meant.
    simplify
        `coverage` for areas that share their edges, `each` for others.
    table
        Where the rows are, if not in the table of the shapes.
    label
        Column of the text for which the tile also has a label point, in a layer `<name>_label`.
    shapes
        Whether the shapes themselves are in the tile; else only their label points.
    marks
        Whether a shape is in the tile as a point on it, as a mark needs it.
    also
        Columns of the query with ids of further rows of the table: a change of these changes the
        feature too, such as the name of the unit above. They are not told.
    """

    name: str
    query: Callable[[Asked, int], Select[Any] | None]
    simplify: Literal["coverage", "each"] = "each"
    table: str = ""
    label: str = ""
    shapes: bool = True
    marks: bool = False
    also: tuple[str, ...] = ()


def settled(session: Session, asked: Asked) -> Asked:
    """Leave a question as it is."""
    return asked


def unchanging(session: Session, asked: Asked) -> datetime | None:
    """Say that an answer changes only with the rows it is made of."""
    return None


@dataclass(frozen=True)
class Shapes:
    """
    A source: rows of a table that have a geometry.

    Attributes
    ----------
    table
        The table of the parts that name no other.
    parts
        What a tile is made of.
    moment
        When the answer changes next although no row does, because something begins or ends.
    depending
        Rows that depend on changed ones, where a tile may not know it yet by `also` of its parts.
    """

    table: str
    parts: tuple[Part, ...]
    moment: Callable[[Session, Asked], datetime | None] = unchanging
    depending: Callable[[Session, Sequence[Change]], list[Change]] | None = None

    def table_of(self, part: Part) -> str:
        """Name the table of a part."""
        return part.table or self.table


@dataclass(frozen=True)
class Points:
    """
    A source: tickets held in memory, single ones where one sees them, else clusters.

    Attributes
    ----------
    rows
        Tells which of the tickets held are meant, within the sight; shape (n,).
    part, cluster_part
        Names of the layers in a tile: single tickets, and clusters with `count` and `open`.
    single_from
        The zoom from which tickets are drawn one by one.
    aside
        Which share of the way from the middle of its tickets to the upper right corner of its cell
        a cluster stands: clusters of two layers would hide each other.
    """

    rows: Callable[[HeldTickets, Asked], npt.NDArray[np.bool_]]
    part: str = "tickets"
    cluster_part: str = "clusters"
    single_from: int = 15
    aside: float = 0.0
    table: str = "tickets"


@dataclass(frozen=True)
class State:
    """
    What is told of features apart from their tiles.

    Attributes
    ----------
    fields
        Names of the values.
    rows
        By the key of the feature (the attribute `key` of `Values`) its values in that order.
    legend
        Lines of the legend that depend on the values.
    """

    fields: tuple[str, ...]
    rows: Mapping[str, list[Any]]
    legend: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Values:
    """
    Where the state of features is from, such as a unit's open tickets.

    They are apart from the tiles, so that a ticket never spoils the tile of a unit.

    Attributes
    ----------
    tables
        Whose changes change them.
    read
        Reads them.
    key
        The attribute of a feature by which they are told.
    fields
        What people call them; the keys are the names in `State.fields`.
    follows_sight
        Whether what is told depends on who asks.
    needs_tickets
        Whether they are counted from the tickets held; else `read` gets None.
    moment
        When they change next although no row does.
    """

    tables: tuple[str, ...]
    read: Callable[[Session, HeldTickets | None, Asked], State]
    key: str = "code"
    fields: tuple[Field, ...] = ()
    follows_sight: bool = True
    needs_tickets: bool = False
    moment: Callable[[Session, Asked], datetime | None] = unchanging


@dataclass(frozen=True)
class Page:
    """
    Where a feature has a page: the endpoint, its argument, and the field that fills it.

    Attributes
    ----------
    query
        What the query of the address tells, where the feature has a field or the question a
        parameter of that name.
    """

    endpoint: str
    argument: str
    field: str
    query: tuple[str, ...] = ()


@dataclass(frozen=True)
class MapLayer:
    """
    A layer of the catalogue.

    Attributes
    ----------
    key
        Its name in addresses; that of its module.
    name, about
        What people call it, and one sentence about what it shows.
    audience
        `everybody`, or `sight`: what is shown depends on who asks.
    group
        `base` is part of the base map, `overlay` lies over it.
    source
        What it draws.
    fields
        What is told of a feature, in the order in which it is told.
    paints
        How it looks, the lowest first.
    legend
        What its colours and marks mean.
    min_zoom, max_zoom
        Zooms of its tiles; nearer than the last the client enlarges.
    label
        The field that names a feature.
    page
        Where it has a page.
    parameters
        What it can be asked for.
    settle
        Makes a question plain where it depends on the store at large, such as on which levels
        there are: what it puts into `texts` is part of the key of an answer. It is called, in
        the session of the answer, before anything else.
    values
        What is told of its features apart from the tiles.
    shown
        Whether a map shows it when nothing is said.
    rank
        Place in the list, the lowest first; layers of a lower rank lie below others.
    """

    key: str
    name: Names
    about: Names
    source: Shapes | Points
    fields: tuple[Field, ...]
    paints: tuple[Paint, ...]
    audience: Literal["everybody", "sight"] = "everybody"
    group: Literal["base", "overlay"] = "overlay"
    legend: tuple[Entry, ...] = ()
    min_zoom: int = MIN_ZOOM
    max_zoom: int = MAX_ZOOM
    label: str = ""
    page: Page | None = None
    parameters: tuple[Parameter, ...] = ()
    settle: Callable[[Session, Asked], Asked] = settled
    values: Values | None = None
    shown: bool = False
    rank: int = 50

    @property
    def tables(self) -> tuple[str, ...]:
        """Tables whose changes change what is drawn, those of the values included."""
        if isinstance(self.source, Points):
            drawn = [self.source.table]
        else:
            drawn = [self.source.table_of(part) for part in self.source.parts]
        told = self.values.tables if self.values else ()
        return tuple(dict.fromkeys((*drawn, *told)))

    def ask(self, texts: Mapping[str, str], *, now: datetime, sight: Sight) -> Asked:
        """
        Read the parameters of an address.

        Raises
        ------
        InputError
            One is unknown, or has a value that it cannot have.
        """
        known = {parameter.key: parameter for parameter in self.parameters}
        for key in texts:
            if key not in known:
                has = f"it has {', '.join(known)}" if known else "it has none"
                message = f"The layer {self.key} has no parameter {key!r}: {has}."
                raise InputError(message)
        read = {key: texts.get(key) or one.default for key, one in known.items()}
        values = {key: known[key].read(text) for key, text in read.items()}
        return Asked(values, now, sight, read)
