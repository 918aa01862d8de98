"""Locating against a whole city: texts and typing, beside `rapidfuzz.process.extract`, on one core.

    python tests/benchmarks/bench_locating.py [--entries 500000] [--texts 2000] [--peer-texts 100]

An invented city of so many entries (`support.city`) lies in an embedded store, and a gazetteer is
built from it. Places of it are written in the ways of `support.variations`, one drawn for each.
`Matcher.find_many` answers all the texts; `process.extract` with `limit=1` answers the first of
them from the list of all labels, with whichever scorer of SCORERS gets most of a sample right
(of equals, the quickest). Both are timed by the processor time of this process, which is pinned to
one core; the rates of right answers are of the same texts. A suggestion is timed for every prefix
of what somebody types: Chinese, pinyin, initials. The peak of memory is that of another process
that builds the gazetteer from the store and answers.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS.parent), str(TESTS)]

from pypinyin import Style, lazy_pinyin  # noqa: E402
from rapidfuzz import fuzz, process  # noqa: E402
from support.city import City  # noqa: E402
from support.known import Ground, Known  # noqa: E402
from support.variations import CHANGES, Variation, write  # noqa: E402

from gridmap.locating import Gazetteer, Matcher  # noqa: E402
from gridmap.storage import create_store, open_store  # noqa: E402

SCORERS: dict[str, Callable[..., float]] = {
    "ratio": fuzz.ratio,
    "token_ratio": fuzz.token_ratio,
    "partial_ratio": fuzz.partial_ratio,
    "WRatio": fuzz.WRatio,
}
#: Of the peer's texts, how many choose its scorer.
SAMPLE = 10
#: What is typed of these kinds of places: nobody types a whole address of a door.
TYPED = ("estate", "building", "service", "address")


def drawn(ground: Ground, count: int, seed: int = 1) -> list[tuple[Known, Variation]]:
    """Draw places of which a name means one, each written in a way that is drawn too."""
    rng = random.Random(seed)
    found: list[tuple[Known, Variation]] = []
    while len(found) < count:
        place = rng.choice(ground.places)
        written = write(place, ground, rng.choice(list(CHANGES)), seed=seed)
        if written is not None:
            found.append((place, written))
    return found


def prefixes(ground: Ground, count: int, seed: int = 2) -> list[str]:
    """Every prefix of what somebody types who looks for one of some places."""
    rng = random.Random(seed)
    homes = [place for place in ground.places if place.kind in TYPED]
    typed = []
    for place in rng.sample(homes, count):
        syllables = lazy_pinyin(place.name)
        initials = "".join(lazy_pinyin(place.name, style=Style.FIRST_LETTER))
        for whole in (place.name, "".join(syllables), initials):
            typed += [whole[:end] for end in range(1, len(whole) + 1)]
    return typed


def run(entries: int = 500_000, texts: int = 2_000, peer_texts: int = 100) -> dict[str, Any]:
    """Measure, and answer the figures by name."""
    with tempfile.TemporaryDirectory() as folder, _one_core():
        url = f"geopackage:///{folder}/city.gpkg"
        with closing(create_store(url)) as store:
            city = City(store, entries)
            ground = Ground(city.places, [*city.streets, *city.unit_names])
            build_s, matcher = _clock(lambda: Matcher(Gazetteer.from_store(store)))
        memory = _memory(url)
    asked = drawn(ground, texts)
    figures = {"entries": len(matcher.gazetteer), "build_s": build_s, **memory}
    return figures | _finding(matcher, ground, asked, peer_texts) | _typing(matcher, ground)


def _finding(
    matcher: Matcher, ground: Ground, asked: Sequence[tuple[Known, Variation]], peer_texts: int
) -> dict[str, Any]:
    texts = [variation.text for _, variation in asked]
    matcher.find_many(texts[:100])
    ours_s, found = _clock(lambda: matcher.find_many(texts))
    right = []
    for one, (_, variation) in zip(found, asked, strict=True):
        first = one.entry or next((other.entry for other in one.candidates), None)
        right.append(ground.is_right(first.key if first else None, variation.truth))
    few = asked[:peer_texts]
    scorer, peer_s, peer_right = _peer(ground, few)
    ours_per_s, peer_per_s = len(texts) / ours_s, len(few) / peer_s
    return {
        "texts": len(texts),
        "ours_per_s": ours_per_s,
        "ours_right": sum(right) / len(right),
        "peer_texts": len(few),
        "scorer": scorer,
        "peer_per_s": peer_per_s,
        "peer_right": peer_right,
        "ours_right_of_the_same": sum(right[:peer_texts]) / len(few),
        "ratio": ours_per_s / peer_per_s,
    }


def _peer(ground: Ground, asked: Sequence[tuple[Known, Variation]]) -> tuple[str, float, float]:
    """Give rapidfuzz its best scorer; answer its name, its seconds and its share right."""
    labels = [place.name for place in ground.places]

    def answer(
        scorer: Callable[..., float], some: Sequence[tuple[Known, Variation]]
    ) -> tuple[float, float]:
        def extract() -> list[int]:
            texts = [variation.text for _, variation in some]
            told = [process.extract(text, labels, scorer=scorer, limit=1) for text in texts]
            return [one[0][2] if one else -1 for one in told]

        seconds, places = _clock(extract)
        right = sum(
            place >= 0 and ground.is_right(ground.places[place].key, variation.truth)
            for place, (_, variation) in zip(places, some, strict=True)
        )
        return right / len(some), -seconds

    sample = asked[:SAMPLE]
    name = max(SCORERS, key=lambda one: answer(SCORERS[one], sample))
    share, seconds = answer(SCORERS[name], asked)
    return name, -seconds, share


def _typing(matcher: Matcher, ground: Ground, count: int = 60) -> dict[str, float]:
    typed = prefixes(ground, count)
    for text in typed[:20]:
        matcher.suggest(text)
    taken_ms = []
    for text in typed:
        began = time.process_time()
        matcher.suggest(text)
        taken_ms.append(1000 * (time.process_time() - began))
    return {
        "typed": len(typed),
        "suggestion_ms": median(taken_ms),
        "suggestion_p95_ms": quantiles(taken_ms, n=20)[-1],
        "suggestion_worst_ms": max(taken_ms),
    }


def hold_here(url: str) -> None:
    """Build the gazetteer in this process, answer with it, and print what memory that needed."""
    with closing(open_store(url)) as store:
        matcher = Matcher(Gazetteer.from_store(store))
    matcher.find("安双小区1号楼2单元301室")
    matcher.suggest("an")
    status = Path("/proc/self/status").read_text("utf-8")
    told = {
        line.split(":")[0]: int(line.split()[1]) for line in status.splitlines() if "kB" in line
    }
    print(json.dumps({"peak_mb": told["VmHWM"] / 1024, "held_mb": told["VmRSS"] / 1024}))


def _memory(url: str) -> dict[str, float]:
    command = [sys.executable, __file__, "--hold", url]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def _clock(call: Callable[[], Any]) -> tuple[float, Any]:
    began = time.process_time()
    answer = call()
    return time.process_time() - began, answer


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
    parser.add_argument("--entries", type=int, default=500_000)
    parser.add_argument("--texts", type=int, default=2_000)
    parser.add_argument("--peer-texts", type=int, default=100)
    parser.add_argument("--hold", help=argparse.SUPPRESS)
    options = vars(parser.parse_args())
    url = options.pop("hold")
    if url:
        hold_here(url)
        return
    for name, value in run(**options).items():
        print(f"{name:24} {value if isinstance(value, str) else format(value, ',.3f'):>14}")


if __name__ == "__main__":
    main()
