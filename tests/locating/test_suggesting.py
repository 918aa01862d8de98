"""Suggestions while somebody types: hanzi, pinyin, initials, Latin letters, numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.locating import Gazetteer, Matcher, Rows
from gridmap.locating.sounds import initials, pinyin
from gridmap.locating.suggesting import Lines, Suggester

ALPHABET = "拂汀雅居长阳银行街ab1 "


def gazetteer() -> Gazetteer:
    """Estates with buildings, a street with houses, a bank, and streets of a Latin town."""
    rows = Rows()
    box = (117.0, 40.0, 117.01, 40.01)
    estate = rows.add("place/1", "estate", "拂汀雅居", box=box)
    rows.add("place/2", "estate", "拂汀园小区", box=box)
    for number in (1, 2, 10, 11, 101):
        rows.add(
            f"place/{10 + number}", "building", f"拂汀雅居{number}号楼", parent=estate,
            point=(117.001, 40.001),
        )  # fmt: skip
    building = rows.key.index("place/11")
    for number in (1, 2):
        rows.add(
            f"place/{200 + number}", "entrance", f"{number}单元", number=str(number),
            parent=building, point=(117.001, 40.001),
        )  # fmt: skip
    rows.add("street/映屿街", "road", "映屿街", box=box)
    for house in (3, 38, 4):
        rows.add(
            f"place/{300 + house}", "address", None, street="映屿街", number=f"{house}号",
            point=(117.001, 40.001),
        )  # fmt: skip
    rows.add("place/400", "service", "示例银行长阳支行", category="bank", point=(117.0, 40.0))
    rows.add("street/Grand Avenue", "road", "Grand Avenue", box=box)
    rows.add(
        "place/500", "address", None, street="Grand Avenue", number="69-17", point=(117.0, 40.0)
    )
    rows.add("unit/general/1", "community", "拂汀社区", code="1", box=box)
    rows.add("place/600", "estate", "旧拂汀里", valid=(0, 1))
    return Gazetteer.build(rows)


SUGGESTER = Suggester(gazetteer())


def labels(typed: str, limit: int = 10) -> list[str]:
    return [entry.label for entry in SUGGESTER.suggest(typed, limit)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("拂汀雅", "拂汀雅居"),
        ("futingya", "拂汀雅居"),
        ("FuTing YaJ", "拂汀雅居"),
        ("fu ting ya ju", "拂汀雅居"),
        ("fu'ting'yuan", "拂汀园小区"),
        ("ftyj", "拂汀雅居"),
        ("扶亭雅居", "拂汀雅居"),
        ("雅居", "拂汀雅居"),
        ("拂汀社", "拂汀社区"),
        ("yinhangchangyang", "示例银行长阳支行"),
        ("slyhcyzh", "示例银行长阳支行"),
        ("grand av", "Grand Avenue"),
        ("grandaven", "Grand Avenue"),
        ("69-17 grand", "69-17 Grand Avenue"),
    ],
)
def test_ways_to_type_a_name(typed: str, first: str) -> None:
    assert labels(typed)[0] == first


def test_number_alone_is_no_name() -> None:
    assert labels("69") == []


@pytest.mark.parametrize("typed", ["拂汀雅居1", "futingyaju1", "ftyj1", "拂汀雅1"])
def test_number_behind_a_name_is_looked_for_there(typed: str) -> None:
    assert labels(typed) == [f"拂汀雅居{number}号楼" for number in (1, 10, 11, 101)]


@pytest.mark.parametrize("typed", ["拂汀雅居1号楼", "拂汀雅居1栋", "futingyaju1haolou"])
def test_word_behind_a_number_ends_it(typed: str) -> None:
    assert labels(typed)[0] == "拂汀雅居1号楼"
    assert "拂汀雅居10号楼" not in labels(typed)


def test_entrances_of_a_building() -> None:
    assert labels("拂汀雅居1号楼2") == ["拂汀雅居1号楼 2单元"]
    assert labels("拂汀雅居1号楼2单元") == ["拂汀雅居1号楼 2单元"]


def test_houses_of_a_street_in_their_order() -> None:
    assert labels("映屿街3") == ["映屿街3号", "映屿街38号"]
    assert labels("yingyujie38hao") == ["映屿街38号"]


def test_units_and_estates_go_before_what_is_counted_in_them() -> None:
    assert labels("拂汀")[0] == "拂汀雅居"
    assert set(labels("拂汀")) == {"拂汀雅居", "拂汀园小区", "拂汀社区"}


def test_what_is_not_valid_now_is_not_suggested() -> None:
    assert "旧拂汀里" not in labels("拂汀里")


def test_limit_and_nothing() -> None:
    assert len(labels("拂", 2)) == 2
    assert labels("拂", 0) == []
    assert labels("") == []
    assert labels("，。！") == []
    assert Suggester(Gazetteer.build(Rows())).suggest("拂汀1") == []


def test_matcher_suggests() -> None:
    assert Matcher(gazetteer()).suggest("ftyj")[0].key == "place/1"


@given(st.text(max_size=90))
def test_whatever_is_typed_is_answered(typed: str) -> None:
    found = SUGGESTER.suggest(typed, 5)
    assert len(found) <= 5
    assert len({entry.key for entry in found}) == len(found)


@given(st.lists(st.text("abc", min_size=1, max_size=6)), st.text("abc", min_size=1, max_size=3))
def test_lines_are_found_as_a_scan_finds_them(texts: list[str], piece: str) -> None:
    lines = Lines(texts)
    assert list(lines.find(piece)) == [i for i, text in enumerate(texts) if piece in text]
    begun = [i for i, text in enumerate(texts) if text.startswith(piece)]
    assert list(lines.find(f"\n{piece}")) == begun
    assert list(lines.find(f"\n{piece}\n")) == [i for i, text in enumerate(texts) if text == piece]


@given(
    st.lists(st.text("拂汀雅居长阳银行街里", min_size=1, max_size=6), min_size=1, unique=True),
    st.text("拂汀雅居futingyaj", min_size=1, max_size=4),
)
def test_names_are_those_of_a_naive_scan(names: list[str], typed: str) -> None:
    rows = Rows()
    for number, name in enumerate(names):
        rows.add(f"place/{number}", "service", name)
    found = {entry.name for entry in Suggester(Gazetteer.build(rows)).suggest(typed, len(names))}
    meant = {
        name
        for name in names
        if typed in name
        or pinyin(typed) in pinyin(name)
        or (typed.isascii() and typed in initials(name))
    }
    assert found == meant
