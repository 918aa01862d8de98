"""Routing for people who work with GeoDataFrames."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from gridmap.datum import to_store
from gridmap.errors import DatumError, InputError
from gridmap.moments import now
from gridmap.routing.router import Router


def route_frame(
    router: Router,
    tickets: gpd.GeoDataFrame,
    *,
    datum: str | None = None,
    reported_at: str | None = None,
    matter: str | None = None,
    address: str | None = None,
    content: str | None = None,
) -> gpd.GeoDataFrame:
    """Add to every ticket whose it is.

    Parameters
    ----------
    router
        The snapshot that decides.
    tickets
        Points; an empty or missing geometry is a ticket without a coordinate.
    datum
        Needed when the frame has no CRS, or when its coordinates are GCJ-02 or BD-09, which no
        CRS tells.
    reported_at, matter, address, content
        Names of the columns that hold them; without `reported_at` all are routed as of now. A
        time without a zone is UTC.

    Returns
    -------
    routed
        The same rows and columns, and `unit`, `unit_name`, `worker`, `rule`, `flagged`,
        `boundary_m`, `alternatives`, `queue`, `department`, `reason_zh`, `reason_en`.

    Raises
    ------
    DatumError
        If neither a CRS nor a datum tells what the coordinates are.
    InputError
        If a geometry is no point, or a column is missing.
    """
    lon, lat = _degrees(tickets, datum)
    matters = _texts(tickets, matter)
    answer = router.answer(
        {
            "lon": lon,
            "lat": lat,
            "address": _texts(tickets, address),
            "content": _texts(tickets, content),
            "matter": matters,
            "matter_code": matters,
            "as_of": _times(tickets, reported_at),
        }
    )
    decisions = answer.decisions
    return tickets.assign(
        unit=[unit.code if unit else None for unit in decisions.unit],
        unit_name=[unit.name if unit else None for unit in decisions.unit],
        worker=[worker.code if worker else None for worker in decisions.worker],
        rule=decisions.rule,
        flagged=decisions.flagged,
        boundary_m=decisions.boundary_m,
        alternatives=decisions.alternatives,
        queue=decisions.queue,
        department=decisions.department,
        reason_zh=decisions.reason_zh,
        reason_en=decisions.reason_en,
    )


def _degrees(tickets: gpd.GeoDataFrame, datum: str | None) -> tuple[Any, Any]:
    points = tickets.geometry
    there = ~(points.isna() | points.is_empty)
    if not (points[there].geom_type == "Point").all():
        message = "Tickets must be points: take the centroid or a point on the surface first."
        raise InputError(message)
    if datum is None and tickets.crs is None:
        message = "The tickets have no CRS: set it, or name the datum (wgs84, gcj02, bd09 …)."
        raise DatumError(message)
    if tickets.crs is not None and not tickets.crs.is_geographic:
        points = points.to_crs(4326)
    lon = points.x.where(there, np.nan).to_numpy(dtype=np.float64)
    lat = points.y.where(there, np.nan).to_numpy(dtype=np.float64)
    return to_store(lon, lat, datum or "wgs84")


def _texts(tickets: gpd.GeoDataFrame, column: str | None) -> list[str | None]:
    if column is None:
        return [None] * len(tickets)
    _require(tickets, column)
    return [None if pd.isna(value) else str(value) for value in tickets[column]]


def _times(tickets: gpd.GeoDataFrame, column: str | None) -> Any:
    if column is None:
        return np.full(len(tickets), now()).astype("datetime64[us]")
    _require(tickets, column)
    times = pd.to_datetime(tickets[column], utc=True)
    return times.dt.tz_localize(None).to_numpy(dtype="datetime64[us]")


def _require(tickets: gpd.GeoDataFrame, column: str) -> None:
    if column not in tickets.columns:
        found = ", ".join(map(str, tickets.columns))
        message = f"The tickets have no column {column!r}; their columns are {found}."
        raise InputError(message)
