"""Fit the weights of data/locating/confidence.toml anew, to answers that are known to be right.

    GRIDMAP_REAL_DATA=... python tests/acceptance/calibrate_issue_3.py [--write]

Fitted to: the two thirds of the rewritten places that may be looked at, of the demonstration
district and of Haidian; numbers and names that are not there, of both; and half of the New York
requests that are located by their words. The third that is kept aside and the other half stay for
the tests. Answers with rivals are left out, for these share the chance alike. Without `--write` the
weights and what they would bring are shown only.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import os
import random
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

# These set the path, so that the rooms and the support of tests are found.
from figures_issue_3 import grounds  # isort: skip
import test_issue_3_new_york as new_york
from support.asked_places import cases
from support.command import gridmap

from gridmap.locating import Gazetteer, Matcher
from gridmap.locating.confidence import NAMES, Signs, fit
from gridmap.settings import data_folder
from gridmap.storage import open_store

Judged = list[tuple[Signs, bool]]

SEED = 5
#: Of each kind of text that names nothing there is.
ESTATES, NAMES_ALONE, NAMES_IN_UNITS, COMPLAINTS = 60, 80, 60, 30
HEADER = """\
# How sure an answer is: the weights of a logistic function over what speaks for and against it (see
# gridmap/locating/confidence.py for what each is). Made by tests/acceptance/calibrate_issue_3.py.
source = "fitted by gridmap.locating.confidence.fit, {month}, to: the tuning two thirds of the \
rewritten places of the demonstration district and of Haidian (tests/support/variations.py), \
numbers and names that do not exist, and half of the New York requests that are located by text"
certainty = "computed"

[weights]
"""
#: Before a registered name they make another of it.
_BEFORE, NAMES_BEFORE = ("锦绣", "阳光", "东方", "绿城", "新城", "锦江"), 75
_FIRST = "锦绣翠湖阳光金桂东湖碧水龙泉紫薇银杏和平建设"
_ENDINGS = ("家园", "小区", "苑", "花园", "里", "新村", "大厦", "公寓")
_COMPLAINTS = (
    "楼道堆物没人管", "昨天晚上半夜施工扰民", "电动车飞线充电很危险", "路灯不亮好几天了",
    "下水道堵塞污水外溢", "小区2号楼5单元下水道堵塞", "老地方", "物业不作为态度恶劣",
    "暖气不热打电话没人接",
)  # fmt: skip


def known_places(folder: Path) -> tuple[Judged, Judged]:
    """Ask for the tuning cases of both grounds, and for what is not there."""
    there: Judged = []
    missing: Judged = []
    for _, ground, places, matcher in grounds(folder):
        asked = cases(ground, places, aside=False)
        for case, found in zip(asked, matcher.find_many([one.text for one in asked]), strict=True):
            if found.signs is not None and found.entry is not None:
                there.append((found.signs, ground.is_right(found.entry.key, case.truth)))
        not_there = matcher.find_many(list(nowhere(matcher.gazetteer)))
        missing += [(found.signs, False) for found in not_there if found.signs is not None]
    return there, missing


def nowhere(gazetteer: Gazetteer) -> Iterator[str]:
    """Write numbers that no estate has, estates and streets that are not there, and complaints."""
    drawn = random.Random(SEED)
    rows = gazetteer.rows
    entries = range(len(gazetteer))
    estates = [rows.name[at] for at in entries if rows.kind[at] in ("estate", "group")]
    units = [rows.name[at] for at in entries if rows.kind[at] in ("street", "community")]
    known = [name for name in estates if name]
    for name in drawn.sample(known, min(ESTATES, len(known))):
        for behind in ("", "2单元楼道堆物"):
            yield f"{name}{drawn.randint(70, 99)}号楼{behind}"
    for _ in range(NAMES_ALONE):
        name = _invented(drawn) + drawn.choice(_ENDINGS)
        number = drawn.randint(1, 9)
        forms = (f"{name}{number}号楼", f"{name}南门", f"反映{name}垃圾没人清运")
        yield drawn.choice((*forms, f"{name}{number}号楼3单元"))
    for _ in range(NAMES_IN_UNITS):
        unit = drawn.choice(units or ["清华大学"])
        behind = drawn.choice(("", "2单元301室", "楼道堆物"))
        yield f"{unit}{_invented(drawn)}{drawn.choice(_ENDINGS)}{drawn.randint(1, 9)}号楼{behind}"
        yield f"{unit}{_invented(drawn)}路{drawn.randint(1, 90)}号"
    named = (at for at in entries if rows.kind[at] == "building")
    buildings = [at for at in named if len(rows.name[at] or "") > 4]
    for at in drawn.sample(buildings, min(NAMES_BEFORE, len(buildings))):
        yield drawn.choice(_BEFORE) + gazetteer.label(at).replace(" ", "")
    yield from (drawn.choice(_COMPLAINTS) for _ in range(COMPLAINTS))


def _invented(drawn: random.Random) -> str:
    return "".join(drawn.sample(_FIRST, 2))


def new_york_requests(folder: Path, real_data: Path) -> Judged:
    """Locate the requests of the half that may be looked at by their words."""
    source = real_data / "nyc311"
    with (source / "requests.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if new_york.is_placed(row)]
    random.Random(new_york.SEED).shuffle(rows)
    listed, others = rows[: new_york.LISTED], rows[new_york.LISTED :]
    asked = [row for row in others if new_york.board(row["Community Board"]) and _is_half(row)]
    districts = source / "community_districts.geojson"
    database = str(folder / "new-york.gpkg")
    path = new_york.write_list(folder / "addresses.csv", listed)
    gridmap(database, "init")
    gridmap(database, "import", "units", districts, "--level", "district", "--code", "BoroCD")
    gridmap(database, "import", "places", path, "--kind", "address", "--datum", "wgs84")
    with closing(open_store(f"geopackage:///{database}")) as store:
        matcher = Matcher(Gazetteer.from_store(store))
    found = matcher.find_many(
        [f"{new_york.place_name(row)}, {new_york.locality(row)}" for row in asked]
    )
    lon, lat = np.array([(one.lon, one.lat) for one in found]).T
    told = zip(asked, found, new_york._districts(lon, lat, districts), strict=True)
    return [
        (one.signs, one.method in new_york.PRECISE and lies_in == board(row))
        for row, one, lies_in in told
        if one.signs is not None
    ]


def board(row: dict[str, str]) -> str | None:
    """Tell the district that the city names for a request."""
    return new_york.board(row["Community Board"])


def _is_half(row: dict[str, str]) -> bool:
    return hashlib.md5(new_york.place_name(row).encode()).digest()[0] % 2 == 0


def chances(weights: dict[str, float], judged: Judged) -> np.ndarray:
    """Tell how sure each answer would be with these weights."""
    x = np.array([[1.0, *(getattr(signs, name) for name in NAMES)] for signs, _ in judged])
    rivals = np.array([signs.rivals for signs, _ in judged])
    sums = np.clip(x @ np.array(list(weights.values())), -30, 30)
    return 1 / (1 + np.exp(-sums)) / (1 + rivals)


def show(name: str, weights: dict[str, float], judged: Judged) -> None:
    """Print what the weights bring on some of the answers."""
    if not judged:
        print(f"{name}: none")
        return
    chance, right = chances(weights, judged), np.array([one for _, one in judged])
    bins = np.minimum((chance * 10).astype(int), 9)
    error = np.abs(np.bincount(bins, chance - right, minlength=10)).sum() / len(judged)
    automatic = chance >= 0.8
    print(
        f"{name}: {len(judged):,} answers, {right.mean():.1%} right; calibration error "
        f"{error:.3f}; wrong with 0.9 or more {((chance >= 0.9) & ~right).mean():.2%}; at 0.8 "
        f"automatic {automatic.mean():.1%}, of these wrong "
        f"{(automatic & ~right).sum() / max(automatic.sum(), 1):.2%}"
    )


def write(weights: dict[str, float], path: Path) -> None:
    """Replace the file of weights."""
    lines = "".join(f"{name} = {value}\n" for name, value in weights.items())
    path.write_text(HEADER.format(month=f"{datetime.now(UTC):%B %Y}") + lines, "utf-8")


def fitted(parts: Sequence[Judged]) -> dict[str, float]:
    """Fit to all answers without rivals."""
    alone = [one for part in parts for one in part if not one[0].rivals]
    return fit([signs for signs, _ in alone], np.array([right for _, right in alone]))


def main() -> None:
    """Ask, fit, show, and write if that is wished."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="replace confidence.toml")
    options = parser.parse_args()
    if "GRIDMAP_REAL_DATA" not in os.environ:
        parser.error("GRIDMAP_REAL_DATA names no folder: Haidian and New York are needed too")
    with tempfile.TemporaryDirectory() as folder:
        there, missing = known_places(Path(folder))
        requests = new_york_requests(Path(folder), Path(os.environ["GRIDMAP_REAL_DATA"]))
    weights = fitted([there, missing, requests])
    for name, value in weights.items():
        print(f"{name} = {value}")
    show("places", weights, there)
    show("not there", weights, missing)
    show("New York", weights, requests)
    if options.write:
        write(weights, data_folder() / "locating" / "confidence.toml")


if __name__ == "__main__":
    main()
