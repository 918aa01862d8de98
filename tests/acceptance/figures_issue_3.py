"""The figures of acceptance 1 as Markdown, for README.

    python tests/acceptance/figures_issue_3.py [--tuning] [--wrong 40]

Haidian is among them where GRIDMAP_REAL_DATA names the real data. `--tuning` asks for the two
thirds that may be looked at instead of the third that is kept aside, and `--wrong` then shows some
of what is found wrongly, drawn by seed.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS.parent), str(TESTS)]

from support.asked_places import (  # noqa: E402
    cases,
    demonstration_places,
    demonstration_store,
    haidian_ground,
    haidian_places,
    haidian_store,
)
from support.judged import Answer, answers, figures, reliability, table  # noqa: E402
from support.known import Ground, Known  # noqa: E402
from support.known_places import ground_of  # noqa: E402

from gridmap.locating import Gazetteer, Matcher  # noqa: E402


def grounds(folder: Path) -> Iterator[tuple[str, Ground, list[Known], Matcher]]:
    """Make each ground, choose its places, and build its matcher."""
    url = f"geopackage:///{folder}/demonstration.gpkg"
    with closing(demonstration_store(url, folder)) as store:
        ground, matcher = ground_of(store), Matcher(Gazetteer.from_store(store))
    yield "demonstration district", ground, demonstration_places(ground), matcher
    real_data = os.environ.get("GRIDMAP_REAL_DATA")
    if real_data:
        url = f"geopackage:///{folder}/haidian.gpkg"
        with closing(haidian_store(url, Path(real_data))) as store:
            ground, matcher = haidian_ground(store), Matcher(Gazetteer.from_store(store))
        yield "Haidian", ground, haidian_places(ground), matcher


def show(name: str, told: list[Answer]) -> None:
    """Print the figures of one ground, or of both."""
    found = figures(told)
    places = len({one.case.place for one in told})
    print(
        f"\n{name}: {places} places, {found.n:,} texts, right first {found.right:.1%}, wrong with "
        f"a confidence of 0.9 or more {found.confidently_wrong:.2%}, calibration error "
        f"{found.calibration_error:.3f}.\n"
    )


def show_wrong(ground: Ground, told: list[Answer], count: int) -> None:
    """Print some of what was found wrongly."""
    wrong = [one for one in told if not one.right]
    for one in random.Random(0).sample(wrong, min(count, len(wrong))):
        print(
            f"{one.case.variation} | {one.case.text!r} | {ground.name_of(one.case.truth)} | "
            f"found {ground.name_of(one.key)}, {one.confidence:.3f}"
        )


def main() -> None:
    """Ask for all cases, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tuning", action="store_true", help="the two thirds to tune with")
    parser.add_argument("--wrong", type=int, default=0, help="how many wrong answers to show")
    options = parser.parse_args()
    everything: list[Answer] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, ground, places, matcher in grounds(Path(folder)):
            told = answers(matcher, ground, cases(ground, places, aside=not options.tuning))
            show(name, told)
            if options.tuning:
                show_wrong(ground, told, options.wrong)
            everything += told
    show("Both", everything)
    print(table(everything))
    print("\n| confidence | n | mean | right |\n|---|---:|---:|---:|")
    for limits, n, confidence, share in reliability(everything):
        print(f"| {limits} | {n:,} | {confidence:.3f} | {share:.3f} |")


if __name__ == "__main__":
    main()
