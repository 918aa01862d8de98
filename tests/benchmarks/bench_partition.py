"""Points to units in bulk: `Partition.covering` beside `geopandas.sjoin`, on one core.

    python tests/benchmarks/bench_partition.py [--points 5000000] [--units 5000]

Both answer for the same seamless, wiggly units and the same random points, in one process that is
pinned to one core. `sjoin` gets at most SJOIN_POINTS of the points (its speed does not depend on
their number), as a GeoDataFrame that is made before the clock starts. Each speed is the best of
five, by the processor time of the process: neither waits for anything but other programs. The
index is built and the compiled code loaded (or compiled, on a new machine) before, and
both are stated apart.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import geopandas
import numpy as np
import shapely
from numpy.typing import NDArray

from gridmap.routing.partition import FEW, Partition

SIDE_M = 20_000.0
SJOIN_POINTS = 500_000
RUNS = 5


def wiggly_units(count: int, *, vertices: int = 60) -> NDArray[Any]:
    """Make a partition of a square whose units share edges of many short pieces, shape (count,)."""
    random = np.random.default_rng(5)
    square = shapely.box(0, 0, SIDE_M, SIDE_M)
    sites = shapely.multipoints(random.uniform(0, SIDE_M, (count, 2)))
    cells = shapely.intersection(
        shapely.get_parts(shapely.voronoi_polygons(sites, extend_to=square)), square
    )
    # A border is one line for both of its units: cut and bent once, it stays shared.
    borders = shapely.get_parts(shapely.line_merge(shapely.union_all(shapely.boundary(cells))))
    piece_m = 2 * shapely.length(borders).sum() / (count * vertices)
    bent = shapely.transform(shapely.segmentize(borders, 1.06 * piece_m), _bend)
    units = shapely.get_parts(shapely.polygonize(bent))
    assert len(units) == count
    assert shapely.coverage_is_valid(units)
    return units


def _bend(vertices: NDArray[np.float64]) -> NDArray[np.float64]:
    """Move vertices by up to 15 m in waves of 200 m, the less the nearer to the square's edge."""
    wave = np.sin(vertices * (2 * np.pi / 200.0))
    inside_m = np.minimum(vertices, SIDE_M - vertices).min(axis=1, keepdims=True)
    return vertices + np.clip(inside_m / 100.0, 0.0, 1.0) * 15.0 * wave[:, ::-1]


def run(points: int = 5_000_000, units: int = 5_000) -> dict[str, float]:
    """Measure; times in seconds, speeds in points a second."""
    with _one_core():
        polygons = wiggly_units(units)
        x, y = np.random.default_rng(6).uniform(0, SIDE_M, (2, points))
        compile_s, _ = _clock(lambda: _warm_up(polygons[:2]))
        build_s, index = _clock(lambda: _build(polygons))
        covering_s, answer = _best(lambda: index.covering(x, y))
        subset = min(points, SJOIN_POINTS)
        frame = geopandas.GeoDataFrame(geometry=geopandas.points_from_xy(x[:subset], y[:subset]))
        areas = geopandas.GeoDataFrame(geometry=polygons)
        sjoin_s, joined = _best(lambda: geopandas.sjoin(frame, areas, predicate="within"))
    expected = np.full(subset, -1, np.int32)
    expected[joined.index] = joined["index_right"]
    assert len(joined) == (expected >= 0).sum()
    np.testing.assert_array_equal(answer[:subset], expected)
    return {
        "points": points,
        "units": units,
        "vertices_per_unit": float(shapely.get_num_coordinates(polygons).mean()),
        "compile_s": compile_s,
        "build_s": build_s,
        "covering_per_s": points / covering_s,
        "sjoin_points": subset,
        "sjoin_per_s": subset / sjoin_s,
        "ratio": (points / covering_s) / (subset / sjoin_s),
    }


def _warm_up(polygons: NDArray[Any]) -> None:
    Partition(polygons).covering(np.zeros(FEW), np.zeros(FEW))


def _build(polygons: NDArray[Any]) -> Partition:
    index = Partition(polygons)
    index.covering(np.zeros(FEW), np.zeros(FEW))  # lays the raster
    return index


def _clock(
    call: Callable[[], Any], timer: Callable[[], float] = time.perf_counter
) -> tuple[float, Any]:
    began = timer()
    answer = call()
    return timer() - began, answer


def _best(call: Callable[[], Any]) -> tuple[float, Any]:
    runs = [_clock(call, time.process_time) for _ in range(RUNS)]
    return min(seconds for seconds, _ in runs), runs[-1][1]


@contextmanager
def _one_core() -> Iterator[None]:
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=5_000_000)
    parser.add_argument("--units", type=int, default=5_000)
    figures = run(**vars(parser.parse_args()))
    print(f"{figures['units']:,} units of {figures['vertices_per_unit']:.0f} vertices, one core")
    print(f"compile or load      {figures['compile_s']:12.2f} s")
    print(f"index build          {figures['build_s']:12.2f} s")
    print(f"Partition.covering   {figures['covering_per_s']:12,.0f} points/s")
    print(f"geopandas.sjoin      {figures['sjoin_per_s']:12,.0f} points/s")
    print(f"ratio                {figures['ratio']:12.1f}, identical answers")


if __name__ == "__main__":
    main()
