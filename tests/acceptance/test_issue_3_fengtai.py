"""Acceptance 3: each of Fengtai's 411 units is found by its name, however it stands there.

Whole, short (without 社区居委会, 街道办事处 and the like), and inside a sentence. A name leads to
its unit; one that several units bear leads to the list of exactly these.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from gridmap.intake.units import import_units
from gridmap.locating import Gazetteer, Matcher
from gridmap.storage import create_store

#: What people leave out, the longest first.
ENDINGS = (
    "社区居民委员会", "社区居委会", "村民委员会", "居民委员会", "街道办事处", "地区办事处",
    "村委会", "居委会", "办事处",
)  # fmt: skip
#: What tells one kind of unit from another and is left out too where nothing is to be told.
LEVELS = ("街道", "地区", "社区", "镇", "乡", "村", "区")

FORMS: dict[str, Callable[[str], str]] = {
    "whole": lambda name: name,
    "short": lambda name: short(name),
    "whole in a sentence": lambda name: f"您好，我要反映{name}门口垃圾没人清运，请尽快处理。",
    "short in a sentence": lambda name: f"我住在{short(name)}，楼道堆物一直没人管",
}


def short(name: str) -> str:
    """Leave out what says that it is an office."""
    ending = next((one for one in ENDINGS if name.endswith(one)), "")
    stem = name.removesuffix(ending)
    return stem if len(stem) > 1 else name


def bare(name: str) -> str:
    """Leave out the kind of unit as well: 长辛店 of 长辛店镇 and of 长辛店街道办事处."""
    stem = short(name)
    level = next((one for one in LEVELS if stem.endswith(one)), "")
    return stem.removesuffix(level) if len(stem) > len(level) + 1 else stem


@pytest.fixture(scope="module")
def names(real_data: Path) -> dict[str, str]:
    """Key of each unit, and its name."""
    path = real_data / "fengtai" / "fengtai-units-2016.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {f"unit/general/{row['code']}": row["name"] for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def matcher(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Matcher:
    folder = tmp_path_factory.mktemp("fengtai")
    with closing(create_store(f"geopackage:///{folder / 'gridmap.gpkg'}")) as store:
        import_units(
            store,
            real_data / "fengtai" / "fengtai-units-2016.csv",
            level="auto",
            code="code",
            name="name",
            parent="parent",
            datum="gcj02",
        )
        return Matcher(Gazetteer.from_store(store))


def sharers(names: dict[str, str], key: str, form: str) -> set[str]:
    """Name all units that a name may mean: whole names told whole, short ones told bare."""
    same = short if form.startswith("short") else str
    wanted = same(names[key])
    by_name = {other for other, name in names.items() if same(name) == wanted}
    if form.startswith("short") and wanted == bare(names[key]):
        by_name |= {other for other, name in names.items() if bare(name) == wanted}
    return by_name


@pytest.mark.parametrize("form", FORMS)
def test_a_name_leads_to_its_unit(matcher: Matcher, names: dict[str, str], form: str) -> None:
    assert len(names) == 411
    missed = []
    for key, name in names.items():
        text = FORMS[form](name)
        wanted = sharers(names, key, form)
        found = matcher.find(text)
        listed = {one.entry.key for one in found.candidates}
        alone = found.entry is not None and {found.entry.key} == wanted == {key}
        if not alone and listed != wanted:
            missed.append((text, found.entry and found.entry.key, sorted(listed), sorted(wanted)))
    print(f"{form}: {len(missed)} of {len(names)} missed")
    assert not missed, missed[:20]


def test_several_units_share_a_name(names: dict[str, str]) -> None:
    """What is asked is not empty: some names do mean several units."""
    shared = defaultdict(set)
    for key, name in names.items():
        shared[bare(name)].add(key)
    several = {name: keys for name, keys in shared.items() if len(keys) > 1}
    print(len(several), "bare names are shared:", " ".join(several))
    assert {"长辛店", "卢沟桥", "南苑"} <= several.keys()
