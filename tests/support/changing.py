"""Rows of tables that are logged, and somebody who reads the log of changes on from a cursor."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
import shapely
from geoalchemy2.shape import from_shape
from sqlalchemy import text

from gridmap.model import (
    SRID,
    Decision,
    Shed,
    Ticket,
    Unit,
)

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
#: The R*Tree rounds outwards to 24 bits.
ROUNDING_DEGREES = 2e-5


class Reader:
    """Somebody who reads on from the last cursor."""

    def __init__(self, store):
        self.store = store
        with store.read() as session:
            self.cursor = store.news(session, None).cursor

    def news(self):
        """What is new, complete or not."""
        with self.store.read() as session:
            found = self.store.news(session, self.cursor)
        self.cursor = found.cursor
        return found

    def changes(self):
        """What is new, all of it."""
        found = self.news()
        assert found.complete
        return found.changes


def shape(geometry):
    """A geometry as a column takes it."""
    return from_shape(geometry, srid=SRID)


def area(x, kind=shapely.MultiPolygon):
    """A square of one degree, from a longitude on."""
    box = shapely.box(x, 0, x + 1, 1)
    return shape(box if kind is shapely.Polygon else kind([box]))


def unit(**given):
    """A unit, with what is given."""
    words = {
        "scheme": "s", "level": "grid", "code": "1", "name": "n", "valid_from": SINCE,
        "geometry": area(0),
    }  # fmt: skip
    return Unit(**words | given)


def ticket(**given):
    """A ticket, with what is given."""
    words = {
        "source": "s", "number": "1", "reported_at": SINCE, "status": "open", "digest": 0,
        "locating_method": "none", "confidence": 0.0,
        "geometry": shape(shapely.Point(114.31, 30.57)),
    }  # fmt: skip
    return Ticket(**words | given)


def decision(**given):
    """A decision of the first ticket for the first unit, with what is given."""
    words = {
        "ticket_id": 1, "decided_at": SINCE, "as_of": SINCE, "rule": "territory", "unit_id": 1,
        "emergency": False, "flagged": False, "alternatives": "", "reason_zh": "", "reason_en": "",
    }  # fmt: skip
    return Decision(**words | given)


def write(store, *rows):
    """Commit some rows."""
    with store.write() as session:
        for row in rows:
            session.add(row)
            session.flush()


def execute(store, *statements):
    """Commit some statements."""
    with store.write() as session:
        for statement in statements:
            session.execute(text(statement))


def alike(found, expected):
    """Whether changes are as expected, as far as the boxes of the R*Tree can tell."""
    key = [(one.table, one.first_id, one.last_id, one.unit_id) for one in found]
    assert key == [(one.table, one.first_id, one.last_id, one.unit_id) for one in expected]
    for one, other in zip(found, expected, strict=True):
        assert (one.bounds is None) == (other.bounds is None)
        if one.bounds is not None:
            assert one.bounds == pytest.approx(other.bounds, rel=0, abs=ROUNDING_DEGREES)
            assert shapely.box(*one.bounds).covers(shapely.box(*other.bounds))
    return True


POINT = (114.31, 30.57, 114.31, 30.57)


def lines(count):
    """Columns of many streets, the last without a place."""
    return {
        "street_class": ["c"] * count, "source": ["s"] * count, "origin": ["o"] * count,
        "geometry": np.array(
            [shapely.LineString([(x / 1000, 0), (x / 1000, 1)]) for x in range(count - 1)] + [None]
        ),
    }  # fmt: skip


def tickets(count):
    """Columns of many tickets, the first without a place."""
    return {
        "source": ["s"] * count, "number": [str(number) for number in range(count)],
        "reported_at": np.full(count, np.datetime64("2026-01-01", "us")),
        "status": ["open"] * count,
        "locating_method": ["none"] * count, "confidence": np.ones(count),
        "digest": np.zeros(count, dtype=np.int64),
        "geometry": (np.r_[np.nan, np.linspace(1, 2, count - 1)], np.linspace(3, 4, count)),
    }  # fmt: skip


def decisions(ids):
    """Columns of decisions of some tickets."""
    count = len(ids)
    moments = np.full(count, np.datetime64("2026-01-01", "us"))
    return {
        "ticket_id": ids, "decided_at": moments, "as_of": moments, "rule": ["r"] * count,
        "queue": ["q"] * count, "emergency": np.zeros(count, dtype=bool),
        "flagged": np.zeros(count, dtype=bool), "alternatives": [""] * count,
        "reason_zh": [""] * count, "reason_en": [""] * count,
        "is_current": np.ones(count, dtype=bool),
    }  # fmt: skip


def shed(row):
    """A row of a table whose writers do not wait for each other."""
    return Shed(id=row, status="proposed")
