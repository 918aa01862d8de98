"""A table of features as it goes into a file: headings, kinds of columns, rows in batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any

from sqlalchemy.orm import Session

from layers.extract import Batch, Extract
from layers.layer import Field, MapLayer, Names
from layers.words import Language

#: OGR's names of the types of columns; those of a column of any are unknown.
GEOMETRY_TYPES = {
    "POINT": "Point",
    "LINESTRING": "LineString",
    "POLYGON": "Polygon",
    "MULTIPOLYGON": "MultiPolygon",
}
NOTICE = Field("notice", ("说明", "Notice"))


@dataclass(frozen=True)
class Table:
    """
    Features of one layer.

    Attributes
    ----------
    layer
        The layer they are of.
    fields
        What is told of each, in the order of the rows.
    kinds
        The Python type of each field's values.
    geometry_type
        That of all features as OGR names it; `Unknown` when they differ.
    batches
        The features; they can be gone through once.
    language
        Of headings and of words of the program.
    time_zone
        Of the site, in which a person reads times.
    notice
        What has to be said of the data, such as that they are invented; else empty.
    """

    layer: MapLayer
    fields: tuple[Field, ...]
    kinds: tuple[type, ...]
    geometry_type: str
    batches: Iterator[Batch]
    language: Language
    time_zone: tzinfo
    notice: str = ""

    @property
    def keys(self) -> list[str]:
        """Names of the fields for programs."""
        return [field.key for field in self.fields]

    @property
    def headings(self) -> list[str]:
        """Names of the fields for people."""
        return [self.word(field.name) for field in self.fields]

    @property
    def title(self) -> str:
        """The layer's name for people."""
        return self.word(self.layer.name)

    def word(self, names: Names) -> str:
        """Return the name in the table's language."""
        return names[0] if self.language == "zh" else names[1]

    def said(self, field: Field, value: Any) -> Any:
        """Return a value as people call it, where it is a word of the program."""
        key = str(value).lower() if isinstance(value, bool) else value
        return self.word(field.values[key]) if key in field.values else value

    def with_notice(self) -> Table:
        """Say in every row what has to be said of the data, where no field tells their origin."""
        if not self.notice or "origin" in self.keys:
            return self
        return self.joined((NOTICE,), (str,), {}, "", (self.notice,))

    def joined(
        self,
        fields: tuple[Field, ...],
        kinds: tuple[type, ...],
        told: Mapping[Any, tuple[Any, ...]],
        key: str,
        otherwise: tuple[Any, ...],
    ) -> Table:
        """Add columns that are told apart from the rows.

        Parameters
        ----------
        fields, kinds
            The columns.
        told
            Their values by that of the field `key`.
        key
            The field by which they are told; empty: all rows have `otherwise`.
        otherwise
            The values of a row of which nothing is told.
        """
        place = self.keys.index(key) if key else None

        def more(batch: Batch) -> Batch:
            rows = [
                (*row, *(otherwise if place is None else told.get(row[place], otherwise)))
                for row in batch.rows
            ]
            return replace(batch, rows=rows)

        return replace(
            self,
            fields=(*self.fields, *fields),
            kinds=(*self.kinds, *kinds),
            batches=map(more, self.batches),
        )


def with_state(table: Table, extract: Extract, session: Session) -> Table:
    """Add what is told of the features apart from their shapes, such as a unit's open tickets."""
    values = extract.layer.values
    if values is None or not values.fields:
        return table
    state = values.read(session, extract.held, extract.asked)
    places = [state.fields.index(field.key) for field in values.fields]
    told = {key: tuple(row[place] for place in places) for key, row in state.rows.items()}
    plain = int if values.needs_tickets else str  # what is counted is a number, even of nothing
    columns = [[row[place] for row in told.values()] for place in range(len(places))]
    kinds = tuple(_kind(column, plain) for column in columns)
    otherwise = tuple(0 if kind is int else None for kind in kinds)
    return table.joined(values.fields, kinds, told, values.key, otherwise)


def _kind(values: Iterable[Any], otherwise: type) -> type:
    """Tell the type that all values have; texts when they differ."""
    found = {type(value) for value in values if value is not None} or {otherwise}
    return found.pop() if len(found) == 1 else str
