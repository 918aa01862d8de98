"""All measured comparisons, one after the other, as the table that README shows.

Run it as `make bench`, on a machine that does nothing else; it takes about a quarter of an hour.
Every ratio is measured side by side in this run, so that it means something on a shared machine
too.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS.parent), str(TESTS), str(Path(__file__).parent)]

import bench_decision  # noqa: E402
import bench_import  # noqa: E402
import bench_live  # noqa: E402
import bench_locating  # noqa: E402
import bench_map  # noqa: E402
import bench_partition  # noqa: E402
import bench_tiles  # noqa: E402

Line = tuple[str, str, str, str]

SERVERS = {"gunicorn": "gunicorn, a worker a core", "uvicorn": "uvicorn, one process"}


def partition(*, quick: bool) -> list[Line]:
    """(a) Points to units, beside geopandas.sjoin."""
    found = bench_partition.run(200_000, 500) if quick else bench_partition.run()
    covering, sjoin = found["covering_per_s"] / 1e6, found["sjoin_per_s"] / 1e6
    return [
        (
            "(a) points to 5,000 units, one core",
            f"{covering:.1f} M/s",
            f"geopandas.sjoin {sjoin:.2f} M/s",
            f"{found['ratio']:.0f} times",
        ),
        ("(a) building the index", f"{found['build_s']:.2f} s", "", ""),
    ]


def decision(*, quick: bool) -> list[Line]:
    """(b) One decision, in process and over HTTP."""
    found = bench_decision.run(300, rounds=1, warm_s=1) if quick else bench_decision.run()
    return [
        ("(b) one decision in process, median", f"{found['decision_ms']:.2f} ms", "", ""),
        *(
            (
                f"(b) decisions over HTTP, {server}",
                f"{found[f'{name}_requests_a_second']:.0f}/s",
                f"bare ST_Covers view {found[f'{name}_peer_requests_a_second']:.0f}/s",
                f"{found[f'{name}_ratio']:.2f} times",
            )
            for name, server in SERVERS.items()
        ),
    ]


def tickets(*, quick: bool) -> list[Line]:
    """(c) Tickets imported, located, routed and stored, beside the bare rows."""
    rows = 3_000 if quick else 1_000_000
    found = bench_import.run(rows)
    peers = {"postgis": "bare COPY", "geopackage": "bare executemany"}
    return [
        (
            f"(c) {rows:,} tickets into {backend}, peak {found[f'{backend}_peak_mb']:.0f} MB",
            f"{found[f'{backend}_import_s']:.0f} s",
            f"{peer} {found[f'{backend}_bare_s']:.0f} s",
            f"{found[f'{backend}_ratio']:.2f} times as long",
        )
        for backend, peer in peers.items()
    ]


def district_map(*, quick: bool) -> list[Line]:
    """(d) The map of a large district in Chromium, beside plain Folium."""
    size = (200, 2_000, 2_000) if quick else (5_000, 100_000, 100_000)
    roaming_s = 0 if quick else 60
    found = bench_map.run(*size, rounds=1 if quick else 5, roaming_s=roaming_s, with_npm=not quick)
    told = f"{size[0]:,} grids, {size[1]:,} buildings, {size[2]:,} tickets"
    return [
        (
            f"(d) map of {told}: first view, transferred",
            f"{found['ours_kilobytes']:,.0f} kB",
            f"plain folium {found['plain_kilobytes']:,.0f} kB",
            f"1/{found['plain_kilobytes'] / found['ours_kilobytes']:.0f}",
        ),
        (
            f"(d) the same: painted after (first of the process {found['ours_cold_ms']:,.0f} ms)",
            f"{found['ours_painted_ms']:,.0f} ms",
            f"{found['plain_painted_ms']:,.0f} ms (on canvas "
            f"{found['plain_canvas_painted_ms']:,.0f} ms) once its page is written,"
            f" which takes {found['plain_written_s']:.0f} s",
            f"1/{found['ratio']:.0f}",
        ),
        (
            f"(d) drawn after the last tile, {found['moves']:.0f} pans and zooms",
            f"{found['late_ms']:.0f} ms, at most {found['latest_ms']:.0f} ms",
            "",
            "",
        ),
        (
            f"(d) heap before and after {roaming_s} s of panning",
            f"{found['heap_began_mb']:.1f} MB, {found['heap_ended_mb']:.1f} MB",
            "",
            "",
        ),
    ]


def locating(*, quick: bool) -> list[Line]:
    """(e) Texts and typing against a city, beside rapidfuzz over the list of its labels."""
    found = bench_locating.run(5_000, 300, 20) if quick else bench_locating.run()
    entries = f"{found['entries']:,} entries"
    return [
        (
            f"(e) addresses of text to places, {entries}, one core",
            f"{found['ours_per_s']:,.0f}/s",
            f"rapidfuzz.process.extract, {found['scorer']} {found['peer_per_s']:.1f}/s",
            f"{found['ratio']:.0f} times",
        ),
        (
            f"(e) right of the same {found['peer_texts']} texts",
            f"{found['ours_right_of_the_same']:.1%} (of all {found['ours_right']:.1%})",
            f"rapidfuzz {found['peer_right']:.1%}",
            "",
        ),
        ("(e) a suggestion while typing, median", f"{found['suggestion_ms']:.1f} ms", "", ""),
        (
            f"(e) building the gazetteer, peak {found['peak_mb']:.0f} MB",
            f"{found['build_s']:.0f} s",
            "",
            "",
        ),
    ]


def live(*, quick: bool) -> list[Line]:
    """(f) Open maps beside questions, and a restart."""
    streams, seconds = (20, 3) if quick else (200, 60)
    found = bench_live.run(streams, seconds, before_s=seconds / 6)
    return [
        (
            f"(f) a decision over HTTP, 50 a second, beside {streams} open maps, median",
            f"{found['route_together_ms']:.1f} ms, {found['errors']:.0f} errors",
            f"without them {found['route_alone_ms']:.1f} ms",
            f"{found['route_together_ms'] / found['route_alone_ms']:.2f} times as long",
        ),
        (
            f"(f) the last of {streams} open maps knows of a change after, median, worst",
            f"{found['last_map_knows_median_s']:.2f} s, {found['last_map_knows_s']:.2f} s",
            "",
            "",
        ),
        (
            f"(f) and shows it ({found['maps_asked_a_second']:.0f} questions of maps a second,"
            f" {found['answered_304']:.0%} answered by 304), median, worst",
            f"{found['last_map_shows_median_s']:.2f} s, {found['last_map_shows_s']:.2f} s",
            "",
            "",
        ),
        (
            "(f) all of them current after the service listens again",
            f"{found['current_after_listening_s']:.1f} s",
            "",
            "",
        ),
    ]


def tiles(*, quick: bool) -> list[Line]:
    """(g) Tiles at zoom 13 over HTTP, beside tipg on the same PostGIS."""
    found = bench_tiles.run(500, rounds=1) if quick else bench_tiles.run()
    return [
        (
            f"(g) a tile at z13 from {backend}, {state}, median",
            f"{found[f'{backend}_{state}_ms']:.1f} ms",
            f"tipg, the same units {found['tipg_ms']:.1f} ms, "
            f"the grids alone {found['tipg_grid_ms']:.1f} ms",
            f"{found[f'{backend}_{state}_ratio']:.2f} times as long",
        )
        for backend in ("postgis", "geopackage")
        for state in ("cold", "warm")
    ]


PARTS = {
    "a": partition,
    "b": decision,
    "c": tickets,
    "d": district_map,
    "e": locating,
    "f": live,
    "g": tiles,
}


def main() -> None:
    """Measure what was asked for, and print it as a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="a to g; all of them")
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that it runs")
    options = parser.parse_args()
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    print(f"{datetime.now(UTC):%Y-%m-%d}, {machine}, Python {platform.python_version()}\n")
    print("| what | gridmap | peer in the same run | ratio |\n|---|---|---|---|")
    for part in options.parts or PARTS:
        for line in PARTS[part](quick=options.quick):
            print(f"| {' | '.join(line)} |", flush=True)


if __name__ == "__main__":
    main()
