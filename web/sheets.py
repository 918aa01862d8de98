"""Tables for people: CSV and XLSX, with headings in their language and nothing run as a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import shapely
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from gridmap.csvsafe import safe_cell
from layers.extract import Batch
from layers.layer import Names
from web.table import Table

#: Decimals of a degree: a centimetre.
_DECIMALS = 7
_PLACE: tuple[Names, Names] = (("经度", "Longitude"), ("纬度", "Latitude"))
_SHAPE: Names = ("几何（WKT）", "Geometry (WKT)")
#: What a cell of a workbook can hold.
_CELL_SIGNS = 32_767


def write_csv(table: Table, file: IO[str]) -> None:
    """Write UTF-8 with a byte order mark, as spreadsheets expect it; shapes as WKT.

    `file` is opened with `newline=""` and the encoding `utf-8-sig`.
    """
    with_shape = table.geometry_type != "Point"
    names = [*_PLACE, _SHAPE] if with_shape else [*_PLACE]
    writer = csv.writer(file)
    writer.writerow([*table.headings, *(table.word(name) for name in names)])
    for batch in table.batches:
        shapes = shapely.to_wkt(batch.shapes, rounding_precision=_DECIMALS) if with_shape else ()
        for place, row in enumerate(_rows(table, batch)):
            cells = [safe_cell(_text(value)) for value in row]
            writer.writerow([*cells, shapes[place]] if with_shape else cells)


def write_xlsx(table: Table, path: Path) -> None:
    """Write a workbook of one sheet; shapes are told by a point on them."""
    book = Workbook(write_only=True)
    book.properties.title = table.title
    book.properties.description = table.notice or None
    sheet = book.create_sheet(table.title)
    sheet.freeze_panes = "A2"
    headings = [*table.headings, *(table.word(name) for name in _PLACE)]
    cells = [WriteOnlyCell(sheet, heading) for heading in headings]
    for cell in cells:
        cell.font = Font(bold=True)
    sheet.append(cells)
    for batch in table.batches:
        for row in _rows(table, batch):
            sheet.append([_cell(sheet, value) for value in row])
    book.save(path)


def _rows(table: Table, batch: Batch) -> Iterator[list[Any]]:
    """Return rows as people read them, with the longitude and latitude of a point on the shape."""
    points = shapely.point_on_surface(batch.shapes)
    places = zip(shapely.get_x(points).tolist(), shapely.get_y(points).tolist(), strict=True)
    for row, (lon, lat) in zip(batch.rows, places, strict=True):
        said = [
            _local(table, table.said(field, value))
            for field, value in zip(table.fields, row, strict=True)
        ]
        yield [*said, *(round(part, _DECIMALS) if part == part else None for part in (lon, lat))]


def _local(table: Table, value: Any) -> Any:
    """Return times as the clock of the site shows them; a workbook knows no time zones."""
    if isinstance(value, datetime):
        return value.astimezone(table.time_zone).replace(tzinfo=None, microsecond=0)
    return value


def _text(value: Any) -> Any:
    return value.isoformat(sep=" ") if isinstance(value, datetime) else value


def _cell(sheet: Any, value: Any) -> Any:
    """Make a cell; a text stays a text even if it begins like a formula."""
    if not isinstance(value, str):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("", value)[:_CELL_SIGNS]
    if not text.startswith("="):
        return text
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    return cell
