"""Streets: a layer of lines into the store."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from gridmap.errors import InputError
from gridmap.intake.areas.layers import Layer, read_layer
from gridmap.intake.areas.placing import describe_misplaced
from gridmap.intake.findings import Finding, counted
from gridmap.intake.journal import import_session, journal
from gridmap.intake.list_report import ListReport
from gridmap.intake.lists import clean
from gridmap.intake.sources import digest, require_apart, require_file
from gridmap.model import ORIGINS, Import, Street
from gridmap.storage import Store, bulk

#: How the columns are called: ours, OpenStreetMap's, and those of Chinese layers.
NAME_COLUMNS = ("name", "名称", "道路名称")
CLASS_COLUMNS = ("class", "street_class", "highway", "fclass", "类型", "道路等级")

UNCLASSIFIED = "unclassified"

_LINE, _MULTILINE = 1, 5


def import_streets(
    store: Store,
    path: Path | str,
    *,
    datum: str | None = None,
    layer: str | None = None,
    origin: str = "imported",
) -> ListReport:
    """
    Bring a layer of street lines into the store, in one transaction.

    The streets of a file replace those that a file of the same name brought before; the same file
    again changes nothing. A line of several parts becomes several streets.

    Parameters
    ----------
    store
        Where they go.
    path
        A file as `gridmap.intake.areas.layers.read_layer` reads it, with a column of
        `CLASS_COLUMNS` and, if there are names, one of `NAME_COLUMNS`.
    datum, layer
        As in `read_layer`.
    origin
        `imported`, `derived` or `demonstration`.

    Raises
    ------
    InputError
        If the file cannot be read, has no line, or no class of streets.
    """
    path, now = Path(path), datetime.now(UTC)
    if origin not in ORIGINS:
        message = f"{origin!r} is no origin: name one of {', '.join(ORIGINS)}."
        raise InputError(message)
    require_file(path)
    require_apart(path, store.file)
    rows = read_layer(path, layer=layer, datum=datum)
    columns, findings = _streets(rows, path)
    number = len(columns["geometry"])
    result = ListReport(path, "street", number, findings=findings)
    if result.refused:
        return result
    key = digest(path)
    with import_session(store) as session:
        if _is_stored(session, path.name, key):
            result.unchanged = number
        else:
            session.execute(delete(Street).where(Street.source == path.name))
            source = {"source": [path.name] * number, "origin": [origin] * number}
            bulk.insert(session, Street, {**columns, **source})
            result.new = number
        counts = {"accepted": result.new, "unchanged": result.unchanged}
        journal(session, "streets", path, key, now, rows=number, **counts)
    return result


def _streets(rows: Layer, path: Path) -> tuple[dict[str, Any], list[Finding]]:
    """Take the lines of a layer apart into columns of the table."""
    kinds = shapely.get_type_id(rows.geometry)
    lines = np.isin(kinds, (_LINE, _MULTILINE)) & ~shapely.is_empty(rows.geometry)
    if not lines.any():
        message = f"{path} holds no line: streets are lines."
        raise InputError(message)
    findings = _misplaced(rows.geometry, lines)
    if not lines.all():
        count = counted(int((~lines).sum()), "row")
        findings.append(Finding("shape", f"{count} without a line left out."))
    parts, owner = shapely.get_parts(rows.geometry[lines], return_index=True)
    row = np.flatnonzero(lines)[owner]
    names = _column(rows, NAME_COLUMNS)
    classes = _column(rows, CLASS_COLUMNS)
    if classes is None:
        message = f"{path} tells no class of streets: it needs one of {', '.join(CLASS_COLUMNS)}."
        raise InputError(message)
    columns = {
        "name": [None if names is None else names[i] or None for i in row.tolist()],
        "street_class": [classes[i] or UNCLASSIFIED for i in row.tolist()],
        "source_id": [str(i + 1) for i in row.tolist()],
        "geometry": parts,
    }
    return columns, findings


def _misplaced(shapes: NDArray[np.object_], lines: NDArray[np.bool_]) -> list[Finding]:
    bounds = shapely.bounds(shapes)
    findings = []
    for index in np.flatnonzero(lines).tolist():
        problem = describe_misplaced(bounds[index])
        if problem is not None:
            message = f"The street of feature {index + 1} is refused: {problem}."
            findings.append(Finding("shape", message, "error"))
    return findings


def _column(rows: Layer, names: tuple[str, ...]) -> list[str] | None:
    found = next((n for n in names for field in rows.fields if field.casefold() == n), None)
    if found is None:
        return None
    values = next(rows.fields[field] for field in rows.fields if field.casefold() == found)
    return ["" if value is None else clean(str(value)) for value in values.tolist()]


def _is_stored(session: Session, file_name: str, key: str) -> bool:
    """Tell whether the last import of a file of this name had the same content."""
    query = select(Import.digest).where(Import.kind == "streets", Import.file_name == file_name)
    last = session.scalars(query.order_by(Import.id.desc())).first()
    count = select(func.count()).select_from(Street).where(Street.source == file_name)
    return last == key and bool(session.scalar(count))
