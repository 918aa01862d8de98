"""A partition of invented square grids in a store, for tests and benchmarks."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import shapely

from gridmap.model import Duty, Person, Unit
from gridmap.storage import Store, bulk

WEST, SOUTH, SIDE_DEG = 116.2, 39.8, 0.005
DISTRICT = "110106"
START = datetime(2020, 1, 1, tzinfo=UTC)


def add_partition(store: Store, columns: int, rows: int) -> None:
    """Add a district of `columns` x `rows` grids of about 430 x 550 m, each with a worker."""
    x, y = np.meshgrid(np.arange(columns), np.arange(rows))
    west, south = WEST + x.ravel() * SIDE_DEG, SOUTH + y.ravel() * SIDE_DEG
    grids = shapely.box(west, south, west + SIDE_DEG, south + SIDE_DEG)
    # One community holds at most 999 grids, as the codes count.
    codes = [
        f"{DISTRICT}001{1 + index // 999:03}{1 + index % 999:03}" for index in range(len(grids))
    ]
    outline = shapely.box(WEST, SOUTH, WEST + columns * SIDE_DEG, SOUTH + rows * SIDE_DEG)
    shapes = shapely.multipolygons([[outline], *([grid] for grid in grids)])
    start = np.datetime64(START.replace(tzinfo=None), "us")
    with store.write() as session:
        bulk.insert(
            session,
            Unit,
            {
                "scheme": ["general"] * (len(grids) + 1),
                "level": ["district"] + ["grid"] * len(grids),
                "code": [DISTRICT, *codes],
                "name": ["示范区", *(f"示范{code[-6:]}网格" for code in codes)],
                "parent_code": [None] + [DISTRICT] * len(grids),
                "valid_from": np.full(len(grids) + 1, start),
                "origin": ["demonstration"] * (len(grids) + 1),
                "geometry": np.asarray(shapes),
            },
        )
        people = bulk.insert(
            session,
            Person,
            {
                "code": [f"W{code}" for code in codes],
                "name": [f"网格员{code[-6:]}" for code in codes],
            },
        )
        bulk.insert(
            session,
            Duty,
            {
                "person_id": people,
                "role": ["grid_worker"] * len(codes),
                "scheme": ["general"] * len(codes),
                "unit_code": codes,
                "valid_from": np.full(len(codes), start),
            },
        )


def points_within(
    columns: int, rows: int, count: int, seed: int = 1
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Draw places within such a district, in degrees."""
    random = np.random.default_rng(seed)
    return (
        WEST + random.random(count) * columns * SIDE_DEG,
        SOUTH + random.random(count) * rows * SIDE_DEG,
    )
