"""Matters: catalogues of what tickets are about, from a list into the store."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from gridmap.intake.findings import Finding
from gridmap.intake.journal import import_session, journal
from gridmap.intake.list_report import ListReport
from gridmap.intake.lists import OfficeList, read_list
from gridmap.intake.sources import digest, require_file
from gridmap.model import Matter
from gridmap.storage import Store, bulk

COLUMNS = (
    "catalogue",
    "kind",
    "code",
    "name",
    "parent_code",
    "is_local_extension",
    "source",
    "certainty",
)
_FILLED = ("catalogue", "kind", "code", "name", "source", "certainty")
_TRUTH = {"true": True, "1": True, "是": True, "false": False, "0": False, "否": False, "": False}

Key = tuple[str, str, str]
Words = dict[str, str | bool | None]


def import_matters(store: Store, path: Path | str) -> ListReport:
    """
    Bring a catalogue of matters into the store: all of it or, when a row has an error, nothing.

    A matter is told by catalogue, kind and code together, since numbers moved between editions and
    components and matters share theirs. What the list does not name stays.

    Parameters
    ----------
    store
        Where they go.
    path
        CSV, TSV or XLSX with the columns of `COLUMNS`.

    Raises
    ------
    InputError
        If the file cannot be read or misses a column.
    """
    path, now = Path(path), datetime.now(UTC)
    require_file(path)
    table = read_list(path, COLUMNS)
    matters, found = _matters(table)
    result = ListReport(path, "matter", len(table), findings=[*table.bad, *found])
    with import_session(store) as session:
        result.findings += _missing_parents(matters, session)
        if not result.refused:
            _write(session, matters, result)
            journal(
                session,
                "matters",
                path,
                digest(path),
                now,
                rows=result.rows,
                accepted=result.new + result.changed,
                unchanged=result.unchanged,
            )
    return result


def _matters(table: OfficeList) -> tuple[dict[Key, Words], list[Finding]]:
    matters: dict[Key, Words] = {}
    lines: dict[Key, int] = {}
    findings = []
    for index, line in enumerate(table.lines):
        cells = {name: table.columns[name][index] for name in COLUMNS}
        key = (cells["catalogue"], cells["kind"], cells["code"])
        empty = [name for name in _FILLED if not cells[name]]
        problem = None
        if empty:
            problem = f"there is no {', '.join(empty)}."
        elif cells["is_local_extension"].casefold() not in _TRUTH:
            problem = f"is_local_extension is {cells['is_local_extension']!r}: write true or false."
        elif key in matters:
            problem = f"matter {' '.join(key)} stands on line {lines[key]} already."
        if problem:
            findings.append(Finding("row", f"Line {line}: {problem}", "error"))
            continue
        lines[key] = line
        matters[key] = {
            "name": cells["name"],
            "parent_code": cells["parent_code"] or None,
            "is_local_extension": _TRUTH[cells["is_local_extension"].casefold()],
            "source": cells["source"],
            "certainty": cells["certainty"],
        }
    return matters, findings


def _missing_parents(matters: dict[Key, Words], session: Session) -> list[Finding]:
    stored = session.execute(select(Matter.catalogue, Matter.kind, Matter.code))
    known = {*matters, *((row.catalogue, row.kind, row.code) for row in stored)}
    return [
        Finding("missing parent", f"Matter {' '.join(key)} has the unknown parent {parent}.")
        for key, words in matters.items()
        if (parent := words["parent_code"]) and (*key[:2], parent) not in known
    ]


def _write(session: Session, matters: dict[Key, Words], result: ListReport) -> None:
    stored = {(m.catalogue, m.kind, m.code): m for m in session.scalars(select(Matter))}
    new = [key for key in matters if key not in stored]
    changes = [
        {"id": stored[key].id, **words}
        for key, words in matters.items()
        if key in stored and any(getattr(stored[key], name) != words[name] for name in words)
    ]
    if changes:
        session.execute(update(Matter), changes)
    if new:
        columns = {name: [matters[key][name] for key in new] for name in matters[new[0]]}
        for position, name in enumerate(("catalogue", "kind", "code")):
            columns[name] = [key[position] for key in new]
        bulk.insert(session, Matter, columns)
    result.new, result.changed = len(new), len(changes)
    result.unchanged = len(matters) - len(new) - len(changes)
