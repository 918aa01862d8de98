"""A year of invented tickets over the grids of the scaled district, with their decisions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from sqlalchemy import select
from sqlalchemy.orm import Session
from support.lattice import WIDE_M
from support.scaled_units import Grids

from gridmap.model import Decision, Matter, Ticket
from gridmap.storage import bulk

OPEN = 0.3
YEAR = np.timedelta64(365 * 86_400_000, "ms")
#: What became of a ticket, and how many of a thousand.
FATES = {
    "territory": 940,
    "boundary": 25,
    "nearest": 5,
    "no_owner": 10,
    "unlocated": 20,
}
CHANNELS = ("12345热线", "微信公众号", "巡查上报", "视频识别")
CONTENTS = (
    "楼道里堆满杂物，请尽快处理。",
    "路面有坑，夜里看不清。",
    "有车辆停在便道上，轮椅过不去。",
    "垃圾桶满溢，气味很大。",
    "路灯不亮已有三天。",
    "凌晨施工扰民。",
)
_REASONS: dict[str, tuple[str, str]] = {
    "territory": ("位于{0}内，距边界{1}米。", "Lies in {0}, {1} m from its boundary."),
    "boundary": ("位于{0}内，但距边界仅{1}米。", "Lies in {0}, but only {1} m from the boundary."),
    "nearest": (
        "位于网格空隙中，归入{1}米外最近的{0}。",
        "Lies in a gap between units; goes to the nearest, {0}, {1} m away.",
    ),
    "no_owner": (
        "位于{0}内；没有可用的负责人，转值守队列。",
        "Lies in {0}; nobody is there to answer: waits in the owner queue.",
    ),
    "unlocated": (
        "没有坐标，转人工定位。",
        "Not located (no coordinate): waits for manual locating.",
    ),
}


def add_tickets(
    session: Session, grids: Grids, count: int, until: datetime, rng: np.random.Generator
) -> None:
    """Add tickets in the order of their times; some offices and grids have many, most have few.

    Parameters
    ----------
    count
        How many; `OPEN` of them are open, more of the latest than of the first.
    until
        When the year ends over which they are spread.
    """
    offices, office = np.unique([code[:9] for code in grids.codes], return_inverse=True)
    weight = rng.lognormal(0, 0.5, len(offices))[office] * rng.lognormal(0, 0.7, len(grids.ids))
    cell = rng.choice(len(grids.ids), count, p=weight / weight.sum())
    fate = rng.choice(list(FATES), count, p=np.array(list(FATES.values())) / 1000)
    u, v = rng.uniform(0.1, 0.9, (2, count))
    u[fate == "boundary"] = 0.03  # beyond the bends of the edge, and so still within
    points = grids.lattice.within(cell, u, v)
    located = fate != "unlocated"
    points[~located] = np.nan
    end = np.datetime64(until.astimezone(UTC).replace(tzinfo=None), "ms")
    reported = np.sort(end - (rng.random(count) * YEAR.astype(float)).astype("m8[ms]"))
    ids = _insert_tickets(session, grids, cell, points, reported, end, rng)
    margin_m = np.round(np.minimum(u, 1 - u) * WIDE_M)
    _insert_decisions(session, grids, cell, fate, margin_m, reported, ids)


def _insert_tickets(
    session: Session,
    grids: Grids,
    cell: npt.NDArray[np.int64],
    points: npt.NDArray[np.float64],
    reported: npt.NDArray[np.datetime64],
    end: np.datetime64,
    rng: np.random.Generator,
) -> npt.NDArray[np.int64]:
    count = len(cell)
    age = np.arange(count)[::-1] / max(count, 1) + rng.random(count)
    is_open = np.zeros(count, dtype=bool)
    is_open[np.argsort(age, kind="stable")[: round(count * OPEN)]] = True
    took = (rng.exponential(3 * 86_400_000, count)).astype("m8[ms]")
    closed = np.minimum(reported + took, end)
    closed[is_open] = np.datetime64("NaT")
    names, codes = _matters(session)
    matter = rng.choice(len(names), count, p=_falling(len(names)))
    located = ~np.isnan(points[:, 0])
    return bulk.insert(
        session,
        Ticket,
        {
            "source": ["demonstration"] * count,
            "number": [f"YS{index + 1:08}" for index in range(count)],
            "reported_at": reported,
            "matter": names[matter],
            "matter_code": codes[matter],
            "address": [f"演示区{grids.estates[at]}" for at in cell],
            "content": np.array(CONTENTS, dtype=object)[matter % len(CONTENTS)],
            "channel": np.array(CHANNELS, dtype=object)[rng.integers(0, len(CHANNELS), count)],
            "urgency": np.where(rng.random(count) < 0.05, "紧急", "一般").astype(object),
            "status": np.where(is_open, "open", "closed").astype(object),
            "closed_at": closed,
            "reporter_name": [f"演示来电人{index % 10_000:04}" for index in range(count)],
            "reporter_phone": [f"000-0000-{index % 10_000:04}" for index in range(count)],
            "locating_method": np.where(located, "coordinate", "none").astype(object),
            "confidence": np.where(located, 0.95, 0.0),
            "digest": np.arange(count),
            "geometry": (points[:, 0], points[:, 1]),
        },
    )


def _matters(session: Session) -> tuple[Any, Any]:
    """Read the names and codes of the finest matters of the store."""
    found = session.execute(
        select(Matter.name, Matter.code)
        .where(Matter.kind == "matter", Matter.parent_code.is_not(None))
        .order_by(Matter.catalogue, Matter.code)
    ).all()
    names, codes = zip(*found, strict=True)
    return np.array(names, dtype=object), np.array(codes, dtype=object)


def _falling(count: int) -> npt.NDArray[np.float64]:
    """Make the first frequent and the last rare, as matters are."""
    share = 1 / np.arange(1, count + 1)
    falling: npt.NDArray[np.float64] = share / share.sum()
    return falling


def _insert_decisions(
    session: Session,
    grids: Grids,
    cell: npt.NDArray[np.int64],
    fate: npt.NDArray[np.str_],
    margin_m: npt.NDArray[np.float64],
    at: npt.NDArray[np.datetime64],
    tickets: npt.NDArray[np.int64],
) -> None:
    located, owned = fate != "unlocated", fate != "no_owner"
    facts = list(zip(fate.tolist(), cell.tolist(), margin_m.astype(int).tolist(), strict=True))
    zh, en = (
        [_REASONS[key][spoken].format(grids.names[grid], metres) for key, grid, metres in facts]
        for spoken in (0, 1)
    )
    beside = [grids.codes[max(grid - 1, 0)] if key == "boundary" else "" for key, grid, _ in facts]
    queue = np.full(len(cell), None, dtype=object)
    queue[~located], queue[~owned] = "locating", "owner"
    bulk.insert(
        session,
        Decision,
        {
            "ticket_id": tickets,
            "decided_at": at,
            "as_of": at,
            "rule": np.where(owned, fate, "territory").astype(object),
            "unit_id": pa.array(grids.ids[cell], mask=~located),
            "person_id": pa.array(grids.workers[cell], mask=~(located & owned)),
            "queue": queue,
            "emergency": np.zeros(len(cell), dtype=bool),
            "flagged": fate != "territory",
            "boundary_m": np.where(located, margin_m, np.nan),
            "alternatives": beside,
            "reason_zh": zh,
            "reason_en": en,
            "is_current": np.ones(len(cell), dtype=bool),
        },
    )
