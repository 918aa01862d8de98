"""A list of places as its file holds it: a table or a layer, in columns of text and shapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

from gridmap.errors import InputError
from gridmap.intake.areas.layers import read_layer, texts
from gridmap.intake.areas.placing import Shapes, describe_misplaced
from gridmap.intake.areas.tabular import Faults, coordinate_columns, read_areas, read_points
from gridmap.intake.findings import Finding
from gridmap.intake.lists import read_list
from gridmap.intake.places.columns import COLUMNS, named
from gridmap.intake.units.rows import TABLE_KINDS


@dataclass(frozen=True)
class PlaceList:
    """
    The rows of a list, n each.

    Attributes
    ----------
    labels
        Where each row is in the file, e.g. `line 3` or `feature 3`.
    columns
        Those of `COLUMNS` that the file has.
    others
        Its other columns, by its own names.
    shapes
        In degrees of the store's datum, shape (n,); None where there is none.
    faults
        What is wrong with the places of rows.
    findings
        What is to say of the whole file, and rows that could not be read.
    """

    labels: list[str]
    columns: Mapping[str, list[str]]
    others: Mapping[str, list[str]]
    shapes: Shapes
    faults: Faults
    findings: list[Finding]

    def __len__(self) -> int:
        return len(self.labels)

    def cell(self, name: str, index: int) -> str:
        """Give a cell; it is empty where the file has no such column."""
        column = self.columns.get(name)
        return "" if column is None else column[index]


def read_place_list(path: Path, *, datum: str | None, layer: str | None) -> PlaceList:
    """
    Read a list of places.

    Parameters
    ----------
    path
        CSV, TSV or XLSX with or without coordinates, or a file as `read_layer` reads it.
    datum, layer
        As in `read_layer`; a table with coordinates must name its datum.

    Raises
    ------
    InputError
        If the file cannot be read, or has no column that is known.
    """
    if path.suffix.lower() in TABLE_KINDS:
        return _read_table(path, datum)
    found = read_layer(path, layer=layer, datum=datum)
    labels = [f"feature {number}" for number in range(1, len(found) + 1)]
    columns = {name: texts(values, name, path) for name, values in found.fields.items()}
    known, others = _sorted_out(path, columns)
    shapes, faults = _mended(found.geometry, labels)
    remarks = [Finding("reader", f"{remark}.", "note") for remark in found.remarks]
    return PlaceList(labels, known, others, shapes, faults, remarks)


def _read_table(path: Path, datum: str | None) -> PlaceList:
    table = read_list(path)
    labels = [f"line {line}" for line in table.lines]
    names = coordinate_columns(table.columns)
    shapes, faults = np.full(len(table), None, dtype=object), Faults()
    if len(names) == 1:
        written, unread = read_areas(table.columns[names[0]], labels, datum, path)
        shapes, misplaced = _mended(written, labels)
        faults = [*unread, *misplaced]
    elif names:
        lon, lat, faults = read_points(table.columns, names, labels, datum, path)
        there = np.isfinite(lon) & np.isfinite(lat)
        shapes[there] = shapely.points(lon[there], lat[there])
    columns = {name: cells for name, cells in table.columns.items() if name not in names}
    known, others = _sorted_out(path, columns)
    return PlaceList(labels, known, others, shapes, faults, list(table.bad))


def _sorted_out(
    path: Path, columns: Mapping[str, list[str]]
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    names = named(path, columns)
    if not names:
        message = (
            f"{path} has no column that is known: name them as {', '.join(COLUMNS)} or in Chinese; "
            f"its columns are {', '.join(columns) or 'none'}."
        )
        raise InputError(message)
    taken = set(names.values())
    others = {name: cells for name, cells in columns.items() if name not in taken}
    return {name: columns[own] for name, own in names.items()}, others


def _mended(shapes: Shapes, labels: list[str]) -> tuple[Shapes, Faults]:
    """Refuse shapes that cannot be where they are; make rings valid that cross themselves."""
    mended, bounds, faults = np.array(shapes, dtype=object), shapely.bounds(shapes), Faults()
    mended[shapely.is_empty(mended)] = None
    for index in np.flatnonzero(~shapely.is_missing(mended)).tolist():
        problem = describe_misplaced(bounds[index])
        if problem is not None:
            message = f"The place on {labels[index]} is refused: {problem}."
            faults.append((index, Finding("point", message, "error")))
            mended[index] = None
    broken = ~shapely.is_missing(mended) & ~shapely.is_valid(mended)
    mended[broken] = shapely.make_valid(mended[broken])
    return mended, faults
