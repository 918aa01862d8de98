"""Places of an office: estates, buildings, entrances, addresses, from a list into the store."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from gridmap.errors import InputError
from gridmap.intake import findings as report
from gridmap.intake.areas.placing import Shapes
from gridmap.intake.findings import Finding, counted
from gridmap.intake.journal import import_session, journal
from gridmap.intake.places.columns import parse_kind
from gridmap.intake.places.containment import Containment, Parent, find_containment
from gridmap.intake.places.naming import Naming, merge_aliases
from gridmap.intake.places.reading import read_place_list
from gridmap.intake.places.rows import PlaceRow, place_rows
from gridmap.intake.sourced import Counts, Ids, Source, merge, remove_others
from gridmap.intake.sources import digest, require_apart, require_file
from gridmap.model import ORIGINS, Place
from gridmap.storage import Store


@dataclass
class PlacesReport:
    """
    What an import of places found and did.

    Attributes
    ----------
    left_out
        How many rows cannot be taken; each is among the findings with its line.
    """

    path: Path
    dry_run: bool
    rows: int = 0
    left_out: int = 0
    places: Counts = field(default_factory=Counts)
    aliases: Counts = field(default_factory=Counts)
    findings: list[Finding] = field(default_factory=list)

    @property
    def refused(self) -> bool:
        """Whether no row can be taken, which keeps the file out."""
        return self.left_out == self.rows

    def lines(self) -> list[str]:
        """Write the report as lines, what happened last."""
        answer = report.lines(self.findings)
        if self.refused:
            count = counted(self.rows, "row")
            return [*answer, f"Nothing is imported of {self.path.name}: none of {count} is of use."]
        left_out = f", {self.left_out:,} left out" if self.left_out else ""
        dry = "; a dry run, nothing is stored" if self.dry_run else ""
        if self.aliases.rows or self.aliases.gone:
            names = self.aliases.line("other name").replace("edited by hand", "withdrawn by hand")
            answer.append(f"{self.path.name}: {names}{dry}.")
        return [*answer, f"{self.path.name}: {self.places.line('place')}{left_out}{dry}."]


def import_places(
    store: Store,
    path: Path | str,
    *,
    kind: str | None = None,
    datum: str | None = None,
    layer: str | None = None,
    origin: str = "imported",
    dry_run: bool = False,
) -> PlacesReport:
    """
    Bring a list of places into the store, in one transaction.

    A row is told again by its code, else by kind, name, address, estate, building and entrance.
    When a file of the same name comes again, what it has otherwise is changed, what it has not any
    more is removed, and what a person has edited stays. A row that names an estate or a building
    of the list or of the store lies in it. Rows with an error are left out and told; what is stored
    of them stays.

    Parameters
    ----------
    store
        Where they go.
    path
        CSV, TSV, XLSX, or a file as `gridmap.intake.areas.layers.read_layer` reads it, with columns
        of `gridmap.intake.places.columns.COLUMNS`, in English or Chinese. What else it has is kept
        as tags.
    kind
        What rows are that do not say it, see `gridmap.intake.places.columns.kinds`.
    datum
        Mandatory for a table with coordinates, and where a layer does not tell.
    layer
        Which layer, when the file holds several.
    origin
        `imported`, `derived` or `demonstration`.
    dry_run
        Check and report only.

    Raises
    ------
    InputError
        If the file cannot be read, has no column that is known, or no datum: nothing changes.
    """
    path, now = Path(path), datetime.now(UTC)
    _check_arguments(kind, origin)
    require_file(path)
    require_apart(path, store.file)
    table = read_place_list(path, datum=datum, layer=layer)
    rows, refused, found = place_rows(table, kind)
    unread = sum(finding.severity == "error" for finding in table.findings)
    result = PlacesReport(path, dry_run, len(table) + unread, findings=found)
    result.left_out = result.rows - len(rows)
    if result.refused:
        return result
    shapes = table.shapes[[row.index for row in rows]]
    source = Source(path.name, origin)
    with import_session(store) as session:
        attempt = session.begin_nested()
        inside = find_containment(session, rows, shapes, source.name)
        found += inside.findings
        ids = _merge(session, rows, shapes, inside, source, result)
        _remove_gone(session, source, refused, result.places)
        result.aliases = merge_aliases(session, source.name, _namings(rows, ids))
        found += _nowhere(rows, shapes, inside)
        if dry_run:
            attempt.rollback()
        else:
            _note(session, result, now)
    return result


def _check_arguments(kind: str | None, origin: str) -> None:
    if kind is not None:
        parse_kind(kind)
    if origin not in ORIGINS:
        message = f"{origin!r} is no origin: name one of {', '.join(ORIGINS)}."
        raise InputError(message)


def _merge(
    session: Session,
    rows: list[PlaceRow],
    shapes: Shapes,
    inside: Containment,
    source: Source,
    result: PlacesReport,
) -> Ids:
    """Merge the rows, those that contain others first; tell the ids of all."""
    ids = np.zeros(len(rows), dtype=np.int64)
    for positions in _by_depth(rows, inside):
        columns = _columns(rows, shapes, inside, positions, ids)
        ids[positions] = merge(session, Place, source, columns, result.places)
    return ids


def _by_depth(rows: list[PlaceRow], inside: Containment) -> list[list[int]]:
    """Sort rows by how many others of the list are around them; none is around itself."""
    depths: dict[int, int] = {}
    for position in range(len(rows)):
        way = [position]
        while (above := inside.parents[way[-1]].row) is not None and above not in depths:
            if above in way:
                names = ", ".join(rows[i].label for i in way)
                message = f"Rows lie within each other ({names}): mend the codes of their parents."
                raise InputError(message)
            way.append(above)
        for step in reversed(way):
            up = inside.parents[step].row
            depths[step] = 0 if up is None else depths[up] + 1
    levels: list[list[int]] = [[] for _ in range(max(depths.values()) + 1)]
    for position, depth in sorted(depths.items()):
        levels[depth].append(position)
    return levels


def _columns(
    rows: list[PlaceRow], shapes: Shapes, inside: Containment, positions: list[int], ids: Ids
) -> dict[str, Any]:
    """Write rows as columns of the table."""
    chosen = [replace(rows[i], name=_full_name(rows[i], inside.parents[i])) for i in positions]
    parents = [inside.parents[i] for i in positions]
    names = (
        *("kind", "category", "name", "street", "number", "code"),
        *("tags", "valid_from", "valid_to"),
    )
    columns: dict[str, Any] = {name: [getattr(row, name) for row in chosen] for name in names}
    columns["source_id"] = [row.key for row in chosen]
    columns["unit_code"] = [inside.unit_codes[i] for i in positions]
    columns["parent_id"] = [
        int(ids[parent.row]) if parent.row is not None else parent.place_id for parent in parents
    ]
    columns["geometry"] = shapes[positions]
    said = zip(*columns.values(), strict=True)
    columns["digest"] = [
        blake2b("|".join(map(str, values)).encode(), digest_size=8).hexdigest() for values in said
    ]
    return columns


def _full_name(row: PlaceRow, parent: Parent) -> str | None:
    """Let a building or an entrance that lies in nothing known tell its estate by its name."""
    around = ""
    if row.kind == "building" and parent == Parent():
        around = row.estate
    elif row.kind == "entrance" and parent.kind != "building":
        around = row.building if parent.kind else row.estate + row.building
    return row.name if row.name is None or row.name.startswith(around) else around + row.name


def _namings(rows: list[PlaceRow], ids: Ids) -> list[Naming]:
    return [
        Naming(name, f"place/{number}", kind)
        for row, number in zip(rows, ids.tolist(), strict=True)
        for name, kind in row.aliases
    ]


def _remove_gone(session: Session, source: Source, refused: set[str], counts: Counts) -> None:
    """Remove what the list has not any more; a row that it has but wrongly stays."""
    query = select(Place.id, Place.source_id).where(
        Place.source == source.name, Place.edited_at.is_(None)
    )
    stored = (number for number, key in session.execute(query) if key not in refused)
    remove_others(session, Place, counts, stored, f"import {source.name}")


def _nowhere(rows: list[PlaceRow], shapes: Shapes, inside: Containment) -> list[Finding]:
    lost = [
        row.label
        for row, shape, parent, unit in zip(
            rows, shapes, inside.parents, inside.unit_codes, strict=True
        )
        if shape is None and unit is None and parent == Parent()
    ]
    if not lost:
        return []
    message = (
        f"{counted(len(lost), 'place')} without a coordinate and in nothing known, kept: give a "
        f"coordinate, a community (社区) or an estate (小区) ({report.listed(lost)})."
    )
    return [Finding("nowhere", message)]


def _note(session: Session, result: PlacesReport, started_at: datetime) -> None:
    counts = result.places
    journal(
        session,
        "places",
        result.path,
        digest(result.path),
        started_at,
        rows=result.rows,
        accepted=counts.new + counts.changed,
        unchanged=counts.unchanged + counts.kept,
        rejected=result.left_out,
    )
