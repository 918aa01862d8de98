"""Derived grids: made-up areas for units of which only a point is known.

No open data of real Chinese grids exist. To try the map on a real district, every point inside its
outline gets the ground that is nearer to it than to any other (Voronoi cells). These are no
administrative boundaries, and their origin `derived` says so wherever they are shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gridmap.datum import Metric
from gridmap.errors import InputError
from gridmap.intake.areas.layers import read_layer
from gridmap.intake.areas.rings import repair
from gridmap.intake.findings import Finding, counted, listed
from gridmap.intake.journal import import_session, journal
from gridmap.intake.sources import digest
from gridmap.intake.units.history import BEGINNING, Changes, Version, newest_versions, write
from gridmap.intake.units.rows import UnitRows
from gridmap.storage import Store

DERIVED_SCHEME = "derived"

_BEYOND_M = 1000.0  # so that no cell ends within the outline


@dataclass(frozen=True)
class DerivedReport:
    """
    What was derived.

    Attributes
    ----------
    cells
        Codes of the units that got an area of their own.
    above
        Codes of the units above them, whose area is that of their cells together.
    """

    scheme: str
    cells: tuple[str, ...]
    above: tuple[str, ...]
    findings: tuple[Finding, ...]

    def lines(self) -> list[str]:
        """Write the report as lines, what happened last."""
        answer = [finding.line() for finding in self.findings]
        answer.append(
            f"{counted(len(self.cells), 'unit')} with areas derived from points, and "
            f"{len(self.above):,} above them, in scheme {self.scheme}: demonstration grids, no "
            "administrative boundaries."
        )
        return answer


def derive_grids(
    store: Store,
    outline_path: Path | str,
    *,
    scheme: str,
    level: str = "community",
    into: str = DERIVED_SCHEME,
    datum: str | None = None,
) -> DerivedReport:
    """
    Make areas for the units of a level that have only a point, and store them in another scheme.

    Parameters
    ----------
    store
        Where the units are and go.
    outline_path
        A file whose areas together are the ground to divide, as `read_layer` reads it.
    scheme
        The scheme that has the points.
    level
        The level of the units to make areas for; the units above get the union of theirs.
    into
        The scheme that the derived units go to; it must not exist.
    datum
        Datum of the outline.

    Raises
    ------
    InputError
        If the outline cannot be read, no point lies in it, or the scheme `into` exists.
    """
    path, now = Path(outline_path), datetime.now(UTC)
    outline = _outline(path, datum)
    with import_session(store) as session:
        if newest_versions(session, into):
            message = f"There are units of scheme {into} already: name another one to derive into."
            raise InputError(message)
        stored = newest_versions(session, scheme)
        cells, findings = _cells(stored, level, outline)
        if not cells:
            message = f"No unit of scheme {scheme}, level {level}, has a point within {path}."
            raise InputError(message)
        shapes = cells | _areas_above(stored, cells)
        rows = _rows(stored, shapes)
        changes = Changes(
            new=list(range(len(rows))), starts=dict.fromkeys(range(len(rows)), BEGINNING)
        )
        write(session, rows, changes, scheme=into, origins=["derived"] * len(rows))
        counts = {"rows": len(rows), "accepted": len(rows), "unchanged": 0}
        journal(session, "derived units", path, digest(path), now, **counts)
    above = tuple(code for code in shapes if code not in cells)
    return DerivedReport(into, tuple(cells), above, tuple(findings))


def voronoi_areas(
    lon: NDArray[np.float64], lat: NDArray[np.float64], outline: BaseGeometry
) -> NDArray[np.object_]:
    """
    Divide an outline among points: each gets what is nearer to it than to the others, in metres.

    Parameters
    ----------
    lon, lat
        Different points in degrees of the store's datum, shape (n,), n >= 1.
    outline
        A valid area in degrees.

    Returns
    -------
    areas
        Multipolygons in degrees, shape (n,), in the order of the points.
    """
    west, south, east, north = outline.bounds
    metric = Metric.around([west, east], [south, north])
    if len(lon) == 1:
        cells = np.array([outline], dtype=object)
    else:
        points = shapely.multipoints(shapely.points(*metric.project(lon, lat)))
        beyond = metric.project_geometry(outline).buffer(_BEYOND_M)
        diagram = shapely.voronoi_polygons(points, extend_to=beyond, ordered=True)
        # Cut in degrees: there the outline is straight from corner to corner.
        cells = metric.unproject_geometry(shapely.get_parts(diagram))
        cells = shapely.intersection(cells, outline)
    codes = [str(number) for number in range(len(cells))]
    areas, _ = repair(cells, codes, np.empty(0, np.int64))
    return areas


def _outline(path: Path, datum: str | None) -> BaseGeometry:
    layer = read_layer(path, datum=datum)
    labels = [f"feature {number}" for number in range(1, len(layer) + 1)]
    shapes, findings = repair(layer.geometry, labels, layer.closed)
    outline = shapely.union_all(shapes)
    if outline.is_empty:
        message = f"{path} holds no area to divide: {' '.join(f.message for f in findings)}"
        raise InputError(message)
    return outline


def _cells(
    stored: dict[str, Version], level: str, outline: BaseGeometry
) -> tuple[dict[str, BaseGeometry], list[Finding]]:
    seats = {
        code: version.seat
        for code, version in sorted(stored.items())
        if version.level == level and version.seat is not None
    }
    points = np.array(list(seats.values()), dtype=object)
    codes = np.array(list(seats), dtype=object)
    shapely.prepare(outline)
    inside = shapely.covers(outline, points)
    places = shapely.get_coordinates(points)
    _, first = np.unique(places[inside], axis=0, return_index=True)
    chosen = np.flatnonzero(inside)[np.sort(first)]
    findings = []
    if left := sorted(set(codes.tolist()) - set(codes[chosen].tolist())):
        message = f"{counted(len(left), 'unit')} outside or on another's point: {listed(left)}."
        findings.append(Finding("no cell", message, "note", tuple(left)))
    if not len(chosen):
        return {}, findings
    lon, lat = places[chosen].T
    areas = voronoi_areas(lon, lat, outline)
    return dict(zip(codes[chosen].tolist(), areas, strict=True)), findings


def _areas_above(
    stored: dict[str, Version], cells: dict[str, BaseGeometry]
) -> dict[str, BaseGeometry]:
    """Unite the cells below every unit above them."""
    below: dict[str, list[BaseGeometry]] = {}
    for code, area in cells.items():
        parent = stored[code].parent_code
        while parent in stored:
            below.setdefault(parent, []).append(area)
            parent = stored[parent].parent_code
    return {
        code: shapely.multipolygons(shapely.get_parts(shapely.union_all(areas)))
        for code, areas in below.items()
    }


def _rows(stored: dict[str, Version], shapes: dict[str, BaseGeometry]) -> UnitRows:
    codes = list(shapes)
    versions = [stored[code] for code in codes]
    nowhere = np.full(len(codes), np.nan)
    return UnitRows(
        labels=codes,
        codes=codes,
        names=[version.name for version in versions],
        parents=[version.parent_code for version in versions],
        levels=[version.level for version in versions],
        shapes=np.array(list(shapes.values()), dtype=object),
        lon=nowhere,
        lat=nowhere,
        closed=np.empty(0, np.int64),
        drawn=True,
    )
