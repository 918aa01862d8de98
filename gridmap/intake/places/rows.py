"""Rows of a list of places: what each one is, and by what it is told again."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from gridmap.errors import InputError
from gridmap.intake.findings import Finding, counted, listed
from gridmap.intake.moments import parse_moment
from gridmap.intake.places.addressing import Inside, behind_number, street_and_number
from gridmap.intake.places.columns import ADDRESS, ALIAS_COLUMNS, UNIT_COLUMNS, parse_kind
from gridmap.intake.places.reading import PlaceList

_SEPARATORS = re.compile(r"[、;,|]")
_BUILDING_ENDINGS = re.compile(r"(?:号楼|號樓|号|號|栋|棟|幢|楼|#)$")
_BARE = re.compile(r"[甲乙丙丁戊己庚辛]?[0-9A-Za-z]{1,6}")


@dataclass(frozen=True)
class PlaceRow:
    """
    One place as a list has it.

    Attributes
    ----------
    index
        Its row in the list, and `label` where that is in the file.
    key
        What tells it again when the list comes once more.
    units
        What its unit columns say, from the widest to the narrowest.
    estate, building, entrance
        Cells of the list, its own included.
    aliases
        Its other names, each with the kind of alias.
    """

    index: int
    label: str
    key: str
    kind: str
    category: str | None
    name: str | None
    street: str | None
    number: str | None
    code: str | None
    parent: str
    units: tuple[str, ...]
    estate: str
    building: str
    entrance: str
    tags: str | None
    aliases: tuple[tuple[str, str], ...]
    valid_from: datetime | None
    valid_to: datetime | None


def place_rows(
    table: PlaceList, default_kind: str | None
) -> tuple[list[PlaceRow], set[str], list[Finding]]:
    """
    Judge the rows of a list.

    Parameters
    ----------
    table
        The list.
    default_kind
        The kind of rows that do not name theirs; None tells it by what is filled in.

    Returns
    -------
    rows
        Those that can be taken.
    refused
        Keys of the others, so far as they have one: what is stored under them stays.
    findings
        What is wrong with them.
    """
    keys = _keys(table)
    findings = [finding for _, finding in table.faults]
    faulty = {index for index, _ in table.faults}
    rows: list[PlaceRow] = []
    lines: dict[str, str] = {}
    for index, label in enumerate(table.labels):
        if index in faulty:
            continue
        try:
            row = _row(table, index, keys[index], default_kind)
            first = lines.setdefault(row.key, label)
            _require(first == label, f"it repeats {first}: give both a code, or leave one out.")
        except InputError as error:
            findings.append(Finding("row", f"{label.capitalize()}: {error}", "error"))
        else:
            rows.append(row)
    refused = set(keys) - {row.key for row in rows}
    return rows, refused, [*table.findings, *findings, *_column_findings(table)]


def plain_building(text: str) -> str:
    """Give the number of a building without its ending: `2` of 2号楼, 2栋, 2#."""
    return _BUILDING_ENDINGS.sub("", text) or text


def _keys(table: PlaceList) -> list[str]:
    """Tell rows by code, else by what they say; by where they are too, where that is not enough."""
    said = ("kind", "name", "street", "number", "address", *Inside._fields)
    where = (*UNIT_COLUMNS, "locality", "cross_street", "cross_street_2")
    keys = [
        table.cell("code", index) or "|".join(table.cell(name, index) for name in said)
        for index in range(len(table))
    ]
    often = Counter(keys)
    return [
        "|".join([key, *(table.cell(name, index) for name in where)])
        if often[key] > 1 and not table.cell("code", index)
        else key
        for index, key in enumerate(keys)
    ]


def _row(table: PlaceList, index: int, key: str, default_kind: str | None) -> PlaceRow:
    def cell(name: str) -> str:
        return table.cell(name, index)

    inside = Inside(*(cell(name) for name in Inside._fields))
    if not any(inside) and not cell("name"):
        inside = behind_number(cell("address"))
    kind, category = _kind(table, index, inside, default_kind)
    street, number = street_and_number(cell("street"), cell("number"), cell("address"))
    start, end = (
        parse_moment(cell(name)) if cell(name) else None for name in ("valid_from", "valid_to")
    )
    _require(start is None or end is None or end > start, "it ends before it begins.")
    row = PlaceRow(
        index=index,
        label=table.labels[index],
        key=key,
        kind=kind,
        category=category,
        name=cell("name") or None,
        street=street,
        number=number,
        code=cell("code") or None,
        parent=cell("parent"),
        units=tuple(cell(name) for name in UNIT_COLUMNS),
        estate=inside.estate,
        building=inside.building,
        entrance=inside.entrance,
        tags=_tags(table, index),
        aliases=tuple(_aliases(table, index)),
        valid_from=start,
        valid_to=end,
    )
    row = _named(row, cell("address"))
    _require(row.name or row.number or cell("cross_street"), "it has neither name nor address.")
    return row


def _kind(
    table: PlaceList, index: int, inside: Inside, default: str | None
) -> tuple[str, str | None]:
    """Tell the kind: as the row says, else as the user says, else by what is filled in."""
    if table.cell("kind", index):
        return parse_kind(table.cell("kind", index))
    if default is not None:
        return parse_kind(default)
    for name, cell in zip(reversed(Inside._fields), reversed(inside), strict=True):
        if cell and (name != "estate" or not table.cell("name", index)):
            return name, None
    _require(
        not table.cell("name", index),
        "what is it? Give a column kind (类型), or --kind for the whole file.",
    )
    return ADDRESS, None


def _named(row: PlaceRow, address: str) -> PlaceRow:
    """Name an estate, a building or an entrance by its own cell, an address by the whole."""
    if row.kind == "estate":
        return replace(row, name=row.name or row.estate or None)
    if row.kind == "building" and row.building:
        number = row.number or (None if row.street else plain_building(row.building))
        bare = _BARE.fullmatch(row.building)
        name = row.name or (f"{row.building}号楼" if bare else row.building)
        return replace(row, name=name, number=number)
    if row.kind == "entrance" and row.entrance:
        bare = _BARE.fullmatch(row.entrance)
        return replace(row, name=row.name or (f"{row.entrance}单元" if bare else row.entrance))
    if row.kind == ADDRESS and row.number is None:
        return replace(row, name=row.name or address or None)
    return row


def _tags(table: PlaceList, index: int) -> str | None:
    tags: dict[str, object] = {
        name: cells[index] for name, cells in table.others.items() if cells[index]
    }
    for name in ("address", "locality"):
        if table.cell(name, index):
            tags[name] = table.cell(name, index)
    crossing = [table.cell(name, index) for name in ("cross_street", "cross_street_2")]
    if any(crossing):
        tags["cross_streets"] = [name for name in crossing if name]
    return json.dumps(tags, ensure_ascii=False, sort_keys=True) if tags else None


def _aliases(table: PlaceList, index: int) -> Iterator[tuple[str, str]]:
    for column, kind in ALIAS_COLUMNS.items():
        for name in _SEPARATORS.split(table.cell(column, index)):
            if name.strip():
                yield name.strip(), kind


def _column_findings(table: PlaceList) -> Iterator[Finding]:
    if table.others:
        count = counted(len(table.others), "column")
        message = f"{count} kept as tags, not searched: {listed(table.others)}."
        yield Finding("columns", message, "note")


def _require(condition: object, message: str) -> None:
    if not condition:
        raise InputError(message)
