"""People to fill a store with, and to count."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gridmap.model import Person
from gridmap.storage import Store, bulk


def insert_people(session: Session, count: int) -> npt.NDArray[np.int64]:
    """Put people with the codes P0, P1 … into a store."""
    codes = [f"P{number}" for number in range(count)]
    return bulk.insert(session, Person, {"code": codes, "name": ["示例员工"] * count})


def count_people(store: Store) -> int:
    """How many people a store holds."""
    with store.read() as session:
        return session.scalars(select(func.count()).select_from(Person)).one()
