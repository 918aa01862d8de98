"""What two tickets of one number say, held against each other field by field."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import numpy as np
from geoalchemy2.shape import to_shape

from gridmap.intake.tables.record import Reason
from gridmap.intake.tickets.answered import AnsweredBatch
from gridmap.model import Ticket

Content = dict[str, Any]

#: The fields that are compared, in Chinese and English.
FIELDS = {
    "reported_at": ("时间", "time"),
    "matter": ("事项", "matter"),
    "matter_code": ("事项编码", "matter code"),
    "address": ("地址", "address"),
    "content": ("内容", "content"),
    "channel": ("渠道", "channel"),
    "urgency": ("紧急程度", "urgency"),
    "status": ("状态", "status"),
    "closed_at": ("办结时间", "closing time"),
    "reporter_name": ("来电人", "reporter"),
    "reporter_phone": ("来电电话", "phone"),
    "coordinate": ("坐标", "coordinate"),
}

#: A tenth of a millimetre: turning a coordinate back from GCJ-02 may differ by less.
_SAME_DEG = 1e-9


def content_of(batch: AnsweredBatch, index: int) -> Content:
    """Take one ticket of a file; a coordinate that cannot be used is none (NaN)."""
    lon, lat = batch.tickets["geometry"]
    texts = {name: batch.tickets[name][index].as_py() for name in FIELDS if name != "coordinate"}
    return texts | {"coordinate": (lon[index], lat[index])}


def content_stored(ticket: Ticket) -> Content:
    """Take one ticket of the store in the same form."""
    said = {name: getattr(ticket, name) for name in FIELDS if name != "coordinate"}
    for name in ("reported_at", "closed_at"):
        said[name] = said[name] and said[name].astimezone(UTC).replace(tzinfo=None)
    point = None if ticket.geometry is None else to_shape(ticket.geometry)
    return said | {"coordinate": (np.nan, np.nan) if point is None else (point.x, point.y)}


def differing(one: Content, other: Content) -> Reason | None:
    """Name the fields that differ; None when there is none."""
    names = [FIELDS[name] for name in FIELDS if not _same(name, one[name], other[name])]
    if not names:
        return None
    return Reason("、".join(zh for zh, _ in names), ", ".join(en for _, en in names))


def _same(name: str, one: Any, other: Any) -> bool:
    if name != "coordinate":
        return bool(one == other)
    return np.allclose(one, other, rtol=0, atol=_SAME_DEG, equal_nan=True)
