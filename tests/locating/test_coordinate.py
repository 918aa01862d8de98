"""Coordinates that can be believed, and why others cannot."""

from __future__ import annotations

import numpy as np
import pytest

from gridmap.locating import REASONS
from gridmap.locating.coordinate import judge

BOUNDS = np.array([116.3, 39.8, 116.5, 40.0])


@pytest.mark.parametrize(
    ("lon", "lat", "problem"),
    [
        (116.4, 39.9, ""),
        (116.505, 39.9, ""),
        (0.0, 0.0, "zero"),
        (np.nan, np.nan, "no_place"),
        (np.nan, 39.9, "no_number"),
        (39.9, 116.4, "swapped"),
        (200.0, 39.9, "out_of_range"),
        (116.4, -95.0, "out_of_range"),
        (np.inf, 39.9, "no_number"),
        (121.0, 31.0, "outside"),
    ],
)
def test_judge(lon: float, lat: float, problem: str) -> None:
    assert judge(np.array([lon]), np.array([lat]), BOUNDS).tolist() == [problem]
    assert not problem or problem in REASONS


def test_without_units_nothing_can_be_believed() -> None:
    nowhere = np.full(4, np.nan)
    assert judge(np.array([116.4]), np.array([39.9]), nowhere).tolist() == ["outside"]
