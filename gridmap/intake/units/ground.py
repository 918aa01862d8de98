"""Checks of the ground: shapes of units, their neighbours and their parents."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely

from gridmap.datum import Metric
from gridmap.errors import InputError
from gridmap.intake.areas.coverage import check_coverage
from gridmap.intake.areas.rings import repair
from gridmap.intake.findings import Finding, counted, listed
from gridmap.intake.units.history import Version
from gridmap.intake.units.rows import POINT_LEVELS, UnitRows

#: The share of a unit that may lie outside of its parent before that is told.
OUTSIDE_SHARE = 0.01

#: How many units outside of their parents are told one by one; more are one line.
OUTSIDE_SHOWN = 5

#: West, east, south and north of what China becomes when longitude and latitude are swapped.
CHINA_SWAPPED = (3.0, 54.0, 73.0, 90.0)


def check_shapes(path: Path, rows: UnitRows) -> list[Finding]:
    """Check and repair the shapes; a file without a row is refused."""
    if not len(rows):
        message = f"{path} holds no unit."
        raise InputError(message)
    found: list[Finding] = []
    if rows.drawn:
        due = np.flatnonzero(np.isnan(rows.lon))
        called = [rows.codes[i] or rows.labels[i] for i in due.tolist()]
        closed = np.flatnonzero(np.isin(due, rows.closed))
        rows.shapes[due], found = repair(rows.shapes[due], called, closed)
    return found + _doubtful_places(rows)


def check_areas(rows: UnitRows) -> list[Finding]:
    """Warn of units that have only a point where an area is what makes them a unit."""
    bare = [
        code
        for code, level, shape, lon in zip(
            rows.codes, rows.levels, rows.shapes, rows.lon, strict=True
        )
        if shape is None and not np.isnan(lon) and level not in POINT_LEVELS
    ]
    if not bare:
        return []
    count = counted(len(bare), "unit")
    message = (
        f"No area, only a point, for {count}: no place can lie there, and tickets go to the unit "
        f"above ({listed(bare)})."
    )
    return [Finding("no area", message, "warning", tuple(bare))]


def check_level(rows: UnitRows, level: str, others: dict[str, Version]) -> list[Finding]:
    """Look for gaps and overlaps among the units of a level, stored ones included."""
    mine = [i for i, of in enumerate(rows.levels) if of == level and rows.shapes[i] is not None]
    near = [(c, v.shape) for c, v in others.items() if v.level == level and v.shape is not None]
    shapes = np.array([*rows.shapes[mine], *(shape for _, shape in near)], dtype=object)
    codes = [*(rows.codes[i] for i in mine), *(code for code, _ in near)]
    in_file = {rows.codes[i] for i in mine}
    found = check_coverage(shapes, codes, tiled=level not in POINT_LEVELS)
    return [f for f in found if not f.units or in_file & set(f.units)]


def check_parents(rows: UnitRows, stored: dict[str, Version]) -> list[Finding]:
    """Tell units of which more than `OUTSIDE_SHARE` lies outside of their parent."""
    shapes = {code: version.shape for code, version in stored.items()}
    shapes |= dict(zip(rows.codes, rows.shapes, strict=True))
    above = np.array([shapes.get(p) if p else None for p in rows.parents], dtype=object)
    known = np.flatnonzero(~shapely.is_missing(above) & ~shapely.is_missing(rows.shapes))
    if not len(known):
        return []
    west, south, east, north = shapely.total_bounds(rows.shapes[known])
    metric = Metric.around([west, east], [south, north])
    child, parent = (metric.project_geometry(s[known]) for s in (rows.shapes, above))
    share = shapely.area(shapely.difference(child, parent)) / shapely.area(child)
    outside = {int(known[i]): float(share[i]) for i in np.flatnonzero(share > OUTSIDE_SHARE)}
    return _outside(rows, outside)


def _outside(rows: UnitRows, shares: dict[int, float]) -> list[Finding]:
    """Tell of the rows that lie outside of their parents, by the share that does."""
    if len(shares) <= OUTSIDE_SHOWN:
        return [
            Finding(
                "outside parent",
                f"{share:.1%} of unit {code} lies outside of its parent {parent}.",
                units=(code, str(parent)),
            )
            for share, code, parent in (
                (share, rows.codes[i], rows.parents[i]) for i, share in shares.items()
            )
        ]
    worst = sorted(shares, key=lambda i: -round(shares[i], 3))
    which = listed(f"{rows.codes[i]} ({shares[i]:.1%})" for i in worst)
    message = (
        f"{len(worst):,} units lie in part or wholly outside of their parents: {which}. When all "
        "are shifted alike, one of the two files is in another datum (--datum)."
    )
    return [Finding("outside parent", message, units=tuple(rows.codes[i] for i in worst))]


def _doubtful_places(rows: UnitRows) -> list[Finding]:
    """Tell of western China with its axes swapped: those are degrees too, in the Arctic."""
    lon, lat = shapely.bounds(rows.shapes)[:, :2].T
    lon, lat = np.where(np.isnan(lon), rows.lon, lon), np.where(np.isnan(lat), rows.lat, lat)
    west, east, south, north = CHINA_SWAPPED
    there = np.flatnonzero((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
    if not len(there):
        return []
    count = counted(len(there), "unit")
    message = f"{count} in the Arctic: if that is China, longitude and latitude are swapped."
    place = float(lon[there[0]]), float(lat[there[0]])
    codes = tuple(rows.codes[i] for i in there.tolist())
    return [Finding("place", message, "warning", codes, *place)]
