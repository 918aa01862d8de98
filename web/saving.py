"""Files of features: the forms there are, each written into a folder and told by its path."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from web import geojson
from web.geopackages import write_geopackage
from web.sheets import write_csv, write_xlsx
from web.table import Table

_LEVEL = 5


@dataclass(frozen=True)
class Form:
    """
    A kind of file.

    Attributes
    ----------
    mimetype
        As it is sent.
    write
        Writes a table to a path.
    is_text
        Whether it is worth packing on its way.
    max_rows
        Rows that one file has at most.
    """

    mimetype: str
    write: Callable[[Table, Path], None]
    is_text: bool
    max_rows: int = 200_000


def _geojson(table: Table, path: Path) -> None:
    members = {"name": table.layer.key, **({"notice": table.notice} if table.notice else {})}
    with path.open("wb") as file:
        file.writelines(geojson.collection(table.batches, table.keys, members))


def _csv(table: Table, path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        write_csv(table, file)


#: By the end of the file's name.
FORMS = {
    "geojson": Form(geojson.MIMETYPE, _geojson, True),
    "gpkg": Form("application/geopackage+sqlite3", write_geopackage, False),
    "csv": Form("text/csv", _csv, True),
    "xlsx": Form(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        write_xlsx,
        is_text=False,
        max_rows=50_000,  # a workbook takes ten times as long to write: 10 s for these
    ),
}
