"""Unit rows: the units of a file as it holds them, before anything is judged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from gridmap.errors import InputError
from gridmap.intake.areas.layers import read_layer, texts
from gridmap.intake.areas.tabular import Faults, coordinate_columns, read_areas, read_points
from gridmap.intake.findings import Finding
from gridmap.intake.lists import read_list
from gridmap.intake.units import codes
from gridmap.model import LEVELS

#: What to name as the level when the codes tell it.
AUTO = "auto"

#: Levels whose units may be points in a geometry file; the others are areas.
POINT_LEVELS = ("building", "entrance")

TABLE_KINDS = (".csv", ".tsv", ".txt", ".xlsx")

_POINT = 0


@dataclass(frozen=True)
class Fields:
    """Names of the columns that hold code, name and parent; None: there is no such column."""

    code: str
    name: str | None = None
    parent: str | None = None


@dataclass
class UnitRows:
    """
    Units as columns, n each.

    Attributes
    ----------
    labels
        Where each is in the file, e.g. `line 3` or `feature 3`.
    parents
        Code of the parent, or None.
    shapes
        Geometries in degrees of the store's datum, None where there is none, shape (n,).
    lon, lat
        Where the unit has its seat, NaN where it is not known, shape (n,).
    closed
        Indices of rows whose rings were open in the file.
    drawn
        Whether the file is one of geometries, not a table.
    """

    labels: list[str]
    codes: list[str]
    names: list[str]
    parents: list[str | None]
    levels: list[str]
    shapes: NDArray[np.object_]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    closed: NDArray[np.int64]
    drawn: bool

    def __len__(self) -> int:
        return len(self.codes)


def read_units(
    path: Path, fields: Fields, *, level: str, layer: str | None, datum: str | None
) -> tuple[UnitRows, list[Finding]]:
    """
    Read the units of a geometry file, or of a table with or without coordinates.

    Parameters
    ----------
    path
        See `gridmap.intake.areas.layers.KINDS` and `TABLE_KINDS`.
    fields
        Which columns hold what.
    level
        One of `gridmap.model.LEVELS`, its Chinese name, or `auto`: each code tells its own level by
        its length and its zeros, see `data/code-schemes.toml`.
    layer, datum
        As in `read_layer`.

    Raises
    ------
    InputError
        If the file cannot be read, a column is missing, or the level is none.
    """
    level = parse_level(level)
    if path.suffix.lower() in TABLE_KINDS:
        rows, findings = _read_table(path, fields, datum)
    else:
        rows, findings = _read_layer(path, fields, layer, datum)
    rows.levels = [level] * len(rows) if level != AUTO else _levels(rows, findings)
    _move_points(rows)
    return rows, findings


def parse_level(text: str) -> str:
    """Find the level that is meant: `grid`, `网格`, or `auto`; else an InputError."""
    names = {AUTO: AUTO, **{name: name for name in LEVELS}, **{zh: n for n, zh in LEVELS.items()}}
    level = names.get(text.strip().lower())
    if level is None:
        message = f"{text!r} is no level: name one of {', '.join(LEVELS)}, or {AUTO}."
        raise InputError(message)
    return level


def _read_layer(
    path: Path, fields: Fields, layer: str | None, datum: str | None
) -> tuple[UnitRows, list[Finding]]:
    found = read_layer(path, layer=layer, datum=datum)
    if not len(found):
        message = f"{path} holds no unit."
        raise InputError(message)

    def column(field: str) -> list[str]:
        return texts(found.fields[_column(path, field, list(found.fields))], field, path)

    rows = UnitRows(
        [f"feature {number}" for number in range(1, len(found) + 1)],
        *_words(fields, column),
        [],
        found.geometry,
        np.full(len(found), np.nan),
        np.full(len(found), np.nan),
        found.closed,
        drawn=True,
    )
    return rows, [Finding("reader", f"{remark}.", "note") for remark in found.remarks]


def _read_table(path: Path, fields: Fields, datum: str | None) -> tuple[UnitRows, list[Finding]]:
    table = read_list(path)

    def column(field: str) -> list[str]:
        return table.columns[_column(path, field, list(table.columns))]

    findings = list(table.bad)
    labels = [f"line {line}" for line in table.lines]
    words = _words(fields, column)
    shapes = np.full(len(table), None, dtype=object)
    lon, lat = np.full((2, len(table)), np.nan)
    faults: Faults = []
    names = coordinate_columns(table.columns)
    if len(names) == 1:
        shapes, faults = read_areas(table.columns[names[0]], labels, datum, path)
    elif names:
        lon, lat, faults = read_points(table.columns, names, labels, datum, path)
    findings += [finding for _, finding in faults]
    closed, drawn = np.empty(0, np.int64), len(names) == 1
    return UnitRows(labels, *words, [], shapes, lon, lat, closed, drawn=drawn), findings


def _words(
    fields: Fields, column: Callable[[str], list[str]]
) -> tuple[list[str], list[str], list[str | None]]:
    codes = column(fields.code)
    names = column(fields.name) if fields.name else list(codes)
    parents = column(fields.parent) if fields.parent else [""] * len(codes)
    return codes, names, [parent or None for parent in parents]


def _column(path: Path, field: str, columns: Sequence[str]) -> str:
    """Find a column by its name, whatever its case."""
    if field in columns:
        return field
    alike = [name for name in columns if name.casefold() == field.casefold()]
    if len(alike) != 1:
        message = f"{path} has no column {field!r}; its columns are {', '.join(columns)}."
        raise InputError(message)
    return alike[0]


def _levels(rows: UnitRows, findings: list[Finding]) -> list[str]:
    told = [codes.level_of(code) for code in rows.codes]
    for label, code, level in zip(rows.labels, rows.codes, told, strict=True):
        if level is None and code:
            message = f"The code {code} ({label}) does not tell a level: name it with --level."
            findings.append(Finding("level", message, "error", (code,)))
    return [level or "" for level in told]


def _move_points(rows: UnitRows) -> None:
    """Make seats of the points of buildings and entrances."""
    small = np.array([level in POINT_LEVELS for level in rows.levels], dtype=bool)
    points = small & (shapely.get_type_id(rows.shapes) == _POINT) & ~shapely.is_empty(rows.shapes)
    rows.lon[points], rows.lat[points] = shapely.get_coordinates(rows.shapes[points]).T
    rows.shapes[points] = None
